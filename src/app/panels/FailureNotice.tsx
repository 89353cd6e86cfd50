import { useShallow } from 'zustand/react/shallow';
import type { Failure } from '../../engine/train/protocol.ts';
import { sentence } from '../format.ts';
import { CloseButton } from '../shell/CloseButton.tsx';
import { liveRuns, useLab } from '../store.ts';

const causes = {
  'device-lost': 'The GPU was lost',
  'out-of-memory': 'The run does not fit into the GPU’s memory',
  validation: 'The GPU refused a command',
  'non-finite': 'The numbers ran away',
  unreadable: 'What was stored cannot be used',
  internal: 'Something went wrong in the training',
} as const;

/** A failed run, or the end of the worker that trains them: the cause, what was kept, and the next action. */
export function FailureNotice() {
  const failed = useLab(useShallow((state) => liveRuns(state).filter(({ failure }) => failure)));
  const crash = useLab((state) => state.crash);
  return (
    <>
      {crash && <Failed failure={crash} />}
      {failed.map(
        ({ id, name, failure }) =>
          failure && <Failed key={id} failure={failure} name={failed.length > 1 ? name : undefined} />,
      )}
    </>
  );
}

function Failed({ failure, name }: { failure: Failure; name?: string }) {
  const { cause, message, saved, advice } = failure;
  return (
    <section role="alert" className="notice bad wide" aria-label="Failure">
      <h2>
        {causes[cause]}
        {name !== undefined && ` (${name})`}
      </h2>
      <p>{message}</p>
      <p>
        <strong>Kept:</strong> {saved}
      </p>
      <p>
        <strong>Next:</strong> {advice}
      </p>
    </section>
  );
}

/** Faults of an address that are told; of more it is said how many. */
const toldFaults = 3;

/** The address asked for something that is not there: a setting, or a file, which is not missed once one is open. */
export function AddressNotice() {
  const problems = useLab(({ addressProblems }) => addressProblems);
  const file = useLab(({ addressFile, data }) => (data.dataset?.kind === 'file' ? undefined : addressFile));
  if (problems.length === 0 && file === undefined) return null;
  const more = problems.length - toldFaults;
  const told = problems.slice(0, toldFaults).map(sentence).join(' ');
  return (
    <section role="alert" className="notice warn wide" aria-label="Address">
      <div className="notice-head">
        <div>
          {problems.length > 0 && (
            <p>
              <strong>The address was read in part.</strong> {told}
              {more > 0 && ` ${more} more ${more === 1 ? 'fault is' : 'faults are'} in it.`} The page’s own
              settings stand instead.
            </p>
          )}
          {file !== undefined && (
            <p>
              <strong>The address names the file {file},</strong> which is on another machine or not open:
              open it to go on. Until then the page has data of its own; all other settings are the address’s.
            </p>
          )}
        </div>
        <CloseButton
          label="Dismiss"
          onClose={() => useLab.setState({ addressProblems: [], addressFile: undefined })}
        />
      </div>
    </section>
  );
}
