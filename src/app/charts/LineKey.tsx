import styles from './OverlayKey.module.css';
import { Swatch } from './OverlayKey.tsx';
import { runColour, runDash } from './runStyle.ts';

/** Which line of a chart is which run. @param labels in the order in which they are drawn */
export function LineKey({ labels }: { labels: readonly string[] }) {
  return (
    <ul className={styles.key}>
      {labels.map((label, index) => (
        <li key={label}>
          <Swatch style={{ stroke: runColour(index), strokeWidth: 1.5, strokeDasharray: runDash(index) }} />
          {label}
        </li>
      ))}
    </ul>
  );
}
