import { useState } from 'react';
import { bytes } from '../format.ts';
import { lab } from '../lab.ts';
import { useLab } from '../store.ts';

/** What is kept on this machine, how much room it takes, and how to forget it. */
export function KeptRuns() {
  const kept = useLab((state) => state.kept);
  const [sure, setSure] = useState(false);
  if (!kept) return null;
  const { status, problem, runs, unread = [], quota } = kept;
  const count = runs.length + unread.length;
  const number = count === 1 ? '1 run is' : `${count} runs are`;
  const forget = () => {
    lab.forget();
    setSure(false);
  };
  return (
    <section aria-label="Kept runs" className="stack">
      {problem && <p className="warn">{problem}</p>}
      {status === 'elsewhere' && <p>Another tab of this page keeps its runs; this one keeps nothing.</p>}
      {status === 'keeping' && count === 0 && (
        <p className="fine">
          Runs that you train are kept in this browser, on this machine, and are sent nowhere.
        </p>
      )}
      {status === 'keeping' && count > 0 && (
        <p className="fine">
          {number} kept in this browser: {bytes(kept.bytes)}
          {quota !== undefined && ` of the ${bytes(quota)} that it allows`}. They stay on this machine, with
          the files they were trained on, and are sent nowhere.
        </p>
      )}
      {status === 'keeping' && count > 0 && (
        <div className="chips">
          {sure ? (
            <>
              <button type="button" onClick={forget}>
                Forget {count === 1 ? 'the run' : `all ${count}`} for good
              </button>
              <button type="button" onClick={() => setSure(false)}>
                Keep them
              </button>
            </>
          ) : (
            <button type="button" onClick={() => setSure(true)}>
              Forget all…
            </button>
          )}
        </div>
      )}
    </section>
  );
}
