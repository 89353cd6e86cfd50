import styles from './OverlayKey.module.css';
import type { OverlayRun, Show } from './overlayRows.ts';
import { lineStyle } from './overlayStyle.ts';
import { rem } from './textScale.ts';

/** Which line is what. */
export function OverlayKey({ runs, show }: { runs: readonly OverlayRun[]; show: Show }) {
  const [first] = runs;
  if (!first) return null;
  const alone = runs.length === 1;
  const kinds = [
    { local: false, text: 'from z, m', sub: 't,0', on: show !== 'local' },
    { local: true, text: 'from the value before, m', sub: 't,t−1', on: show !== 'global' },
  ].filter(({ on }) => on);
  return (
    <ul className={styles.key}>
      {!alone &&
        runs.map((run) => (
          <li key={run.id} className={run.emphasis ? styles.emphasis : undefined}>
            <Swatch style={lineStyle(run, show === 'local', false)} />
            {run.label}
          </li>
        ))}
      {(alone || show !== 'global') &&
        kinds.map(({ local, text, sub }) => (
          <li key={sub} className={alone ? undefined : styles.kind}>
            <Swatch
              style={
                alone
                  ? lineStyle(first, local, true)
                  : { stroke: 'var(--ink-soft)', strokeWidth: local ? 1.25 : 2.75 }
              }
              ring={local && !alone}
            />
            <span>
              {text}
              <sub>{sub}</sub>
            </span>
          </li>
        ))}
    </ul>
  );
}

/** A piece of line, as long in every place. */
export function Swatch({
  style,
  ring = false,
}: {
  style: React.SVGAttributes<SVGLineElement>;
  ring?: boolean;
}) {
  return (
    <svg width={rem(28)} height={rem(10)} viewBox="0 0 28 10" aria-hidden="true">
      <line x1="0" x2="28" y1="5" y2="5" {...style} />
      {ring && <circle cx="14" cy="5" r="3" fill="var(--paper)" stroke={style.stroke} strokeWidth="1.25" />}
    </svg>
  );
}
