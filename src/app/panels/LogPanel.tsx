import { titleOf } from '../runs/labels.ts';
import { useRuns } from '../shown.ts';
import type { LabState } from '../store.ts';

const logged = ({ runs }: LabState) => runs.filter(({ log }) => log.length > 0);

/** What the trainers said, latest first, run by run. */
export function LogPanel() {
  const runs = useRuns(logged, 'log').toReversed();
  if (runs.length === 0) return <p className="soft">What the trainer has to say comes here.</p>;
  return (
    <div className="stack">
      {runs.map((run) => (
        <section key={run.id} aria-label={`Log of ${run.name}`}>
          <h3>{titleOf(run)}</h3>
          <ol className="log fine" reversed>
            {run.log
              .map((line, index) => ({ line, key: `${index} ${line}` }))
              .toReversed()
              .map(({ line, key }) => (
                <li key={key}>{line}</li>
              ))}
          </ol>
        </section>
      ))}
    </div>
  );
}
