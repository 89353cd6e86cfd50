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

/** The address asked for something that is not there. */
export function AddressNotice() {
  const problem = useLab(({ addressProblem }) => addressProblem);
  if (!problem) return null;
  return (
    <section role="alert" className="notice warn wide" aria-label="Address">
      <p>
        <strong>The address was read in part.</strong> {sentence(problem)} The page’s own settings stand
        instead.
      </p>
    </section>
  );
}
