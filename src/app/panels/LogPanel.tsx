import { useLab } from '../store.ts';

/** What the trainer said, latest first. */
export function LogPanel() {
  const log = useLab(({ run }) => run.log);
  if (log.length === 0) return null;
  return (
    <details className="panel">
      <summary>
        Log, {log.length} {log.length === 1 ? 'line' : 'lines'}
      </summary>
      <ol className="log fine" reversed>
        {log
          .map((line, index) => ({ line, key: `${index} ${line}` }))
          .toReversed()
          .map(({ line, key }) => (
            <li key={key}>{line}</li>
          ))}
      </ol>
    </details>
  );
}
