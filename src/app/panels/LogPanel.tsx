import { useLab } from '../store.ts';

/** What the trainer said, latest first. */
export function LogPanel() {
  const log = useLab(({ run }) => run.log);
  if (log.length === 0) return null;
  return (
    <details className="panel">
      <summary>Log, {log.length} lines</summary>
      <ol className="log fine" reversed>
        {log.toReversed().map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ol>
    </details>
  );
}
