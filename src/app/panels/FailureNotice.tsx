import { useShallow } from 'zustand/react/shallow';
import { sentence } from '../format.ts';
import { liveRuns, useLab } from '../store.ts';

const causes = {
  'device-lost': 'The GPU was lost',
  'out-of-memory': 'The run does not fit into the GPU’s memory',
  validation: 'The GPU refused a command',
  'non-finite': 'The numbers ran away',
  unreadable: 'What was stored cannot be used',
  internal: 'Something went wrong in the training',
} as const;

/** A failed run: its cause, what was kept, and the next action. */
export function FailureNotice() {
  const failed = useLab(useShallow((state) => liveRuns(state).filter(({ failure }) => failure)));
  return failed.map(({ id, name, failure }) => (
    <section key={id} role="alert" className="notice bad wide" aria-label="Failure">
      <h2>
        {causes[failure?.cause ?? 'internal']}
        {failed.length > 1 && ` (${name})`}
      </h2>
      <p>{failure?.message}</p>
      <p>
        <strong>Kept:</strong> {failure?.saved}
      </p>
      <p>
        <strong>Next:</strong> {failure?.advice}
      </p>
    </section>
  ));
}

/** Faults of an address that are told; of more it is said how many. */
const toldFaults = 3;

/** The address asked for something that is not there. */
export function AddressNotice() {
  const problems = useLab(({ addressProblems }) => addressProblems);
  if (problems.length === 0) return null;
  const more = problems.length - toldFaults;
  const told = problems.slice(0, toldFaults).map(sentence).join(' ');
  return (
    <section role="alert" className="notice warn wide" aria-label="Address">
      <p>
        <strong>The address was read in part.</strong> {told}
        {more > 0 && ` ${more} more ${more === 1 ? 'fault is' : 'faults are'} in it.`} The page’s own settings
        stand instead.
      </p>
    </section>
  );
}
