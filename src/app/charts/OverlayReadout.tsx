import { type RefObject, useEffect } from 'react';
import { percent } from '../format.ts';
import { Swatch } from './OverlayKey.tsx';
import styles from './OverlayReadout.module.css';
import type { OverlayRun, Show } from './overlayRows.ts';
import { lineStyle } from './overlayStyle.ts';

/** Every run at the position under the pointer, or where the arrow keys have come to. */
export function OverlayReadout(props: {
  position?: number;
  runs: readonly OverlayRun[];
  show: Show;
  active: RefObject<number | undefined>;
}) {
  const { position, runs, show, active } = props;
  const known = position !== undefined && runs.some(({ curve }) => curve?.points[position - 1]);
  useEffect(() => {
    active.current = known ? position : undefined;
  }, [active, known, position]);
  if (!known) return null;
  return (
    <table className={styles.readout}>
      <thead>
        <tr>
          <th scope="col">Position {position}</th>
          {show !== 'local' && <th scope="col">from z</th>}
          {show !== 'global' && <th scope="col">from before</th>}
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => {
          const point = run.curve?.points[position - 1];
          if (!point) return null;
          return (
            <tr key={run.id}>
              <th scope="row">
                {runs.length > 1 && <Swatch style={lineStyle(run, false, false)} />} {run.label}
              </th>
              {show !== 'local' && <Share value={point.m0} band={[point.m0q25, point.m0q75]} />}
              {show !== 'global' && <Share value={point.mLocal} band={[point.mLocalQ25, point.mLocalQ75]} />}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Share({ value, band }: { value: number; band: readonly [number, number] }) {
  return (
    <td>
      {percent(value)} <span className={styles.band}>({band.map(percent).join(' to ')})</span>
    </td>
  );
}
