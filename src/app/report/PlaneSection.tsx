import { useRef, useState } from 'react';
import type { PlaneData } from '../../engine/train/experiment/plane.ts';
import { PlaneKey } from '../charts/PlaneKey.tsx';
import { QualityPlane } from '../charts/QualityPlane.tsx';
import { FigureMenu } from '../figures/FigureMenu.tsx';
import styles from './report.module.css';

/** Quality against control, every run of the experiments a point: a plane for each set of data. */
export function PlaneSection({ plane: { points, data, comparison, x, y } }: { plane: PlaneData }) {
  const [across, setAcross] = useState(x[0]?.name ?? '');
  const [up, setUp] = useState(y[0]?.name ?? '');
  const picture = useRef<HTMLDivElement>(null);
  const xAxis = x.find(({ name }) => name === across);
  const yAxis = y.find(({ name }) => name === up);
  if (!xAxis || !yAxis) return null;
  const groups = [...new Set(points.map(({ group }) => group))];
  const doubt = points.some(({ untrusted }) => untrusted.includes(across));
  const floorOf = (set: string) => yAxis.floors?.[set] ?? Number.NaN;
  return (
    <section aria-label="Quality against control" className="panel">
      <header className="row">
        <h2>Quality against control, {points.length} runs</h2>
        <div className="tools">
          {[
            { label: 'Across', axes: x, value: across, choose: setAcross },
            { label: 'Up', axes: y, value: up, choose: setUp },
          ].map(({ label, axes, value, choose }) => (
            <label key={label} className="inline-choice">
              <span className="fine">{label}</span>
              <select value={value} onChange={({ target }) => choose(target.value)}>
                {axes.map((axis) => (
                  <option key={axis.name} value={axis.name}>
                    {axis.label}
                  </option>
                ))}
              </select>
            </label>
          ))}
          <FigureMenu
            target={picture}
            name="quality against control"
            caption={`${yAxis.label} against ${xAxis.label}, ${points.length} runs`}
            table={() => ({
              columns: ['run', 'group', 'data', xAxis.label, yAxis.label, ...(doubt ? ['trusted'] : [])],
              rows: points.map(({ label, group, data, values, untrusted }) => {
                const [right, high] = [values[across], values[up]];
                const trusted = untrusted.includes(across) ? 'no' : 'yes';
                return [
                  ...[label, group, data, right ?? Number.NaN, high ?? Number.NaN],
                  ...(doubt ? [trusted] : []),
                ];
              }),
            })}
          />
        </div>
      </header>
      <div ref={picture} className="stack">
        <div className={styles.planes}>
          {data.map((set) => (
            <div key={set}>
              {data.length > 1 && <h3>{set}</h3>}
              <QualityPlane
                points={points.flatMap(({ label, group, data, values, untrusted }, index) =>
                  data === set
                    ? [
                        {
                          id: String(index),
                          label,
                          group,
                          x: values[across] ?? Number.NaN,
                          y: values[up] ?? Number.NaN,
                          untrusted: untrusted.includes(across),
                        },
                      ]
                    : [],
                )}
                groups={groups}
                xLabel={xAxis.label}
                yLabel={yAxis.label}
                better={xAxis.better}
                floor={floorOf(set)}
                comparison={comparison[set] ?? undefined}
              />
            </div>
          ))}
        </div>
        <PlaneKey groups={groups} floor={data.some((set) => Number.isFinite(floorOf(set)))} />
      </div>
    </section>
  );
}
