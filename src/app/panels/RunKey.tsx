import { runColour, runDash } from '../charts/runStyle.ts';
import { labelOf } from '../runs/labels.ts';
import type { RunView } from '../runs/runView.ts';
import styles from './RunKey.module.css';

/** Which line is which run: a piece of it as it is drawn, so that the key does not rest on colour. */
export function RunKey({ runs }: { runs: readonly RunView[] }) {
  return (
    <ul className={styles.legend}>
      {runs.map((run, index) => (
        <li key={run.id}>
          <RunSwatch index={index} />
          {labelOf(run, runs)}
        </li>
      ))}
    </ul>
  );
}

/** A piece of the line of a run. @param index its place on the screen */
export function RunSwatch({ index }: { index: number }) {
  return (
    <svg className={styles.swatch} viewBox="0 0 24 8" aria-hidden="true">
      <line
        x1="0"
        x2="24"
        y1="4"
        y2="4"
        stroke={runColour(index)}
        strokeWidth={2.5}
        strokeDasharray={runDash(index)}
      />
    </svg>
  );
}
