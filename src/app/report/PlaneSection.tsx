import { useRef, useState } from 'react';
import type { PlaneData } from '../../engine/train/experiment/plane.ts';
import { QualityPlane } from '../charts/QualityPlane.tsx';
import { FigureMenu } from '../figures/FigureMenu.tsx';
import styles from './report.module.css';

/** Quality against control, every run of the experiments a point: a plane for each set of data. */
export function PlaneSection({ plane: { points, data, x, y } }: { plane: PlaneData }) {
  const [across, setAcross] = useState(x[0]?.name ?? '');
  const [up, setUp] = useState(y[0]?.name ?? '');
  const picture = useRef<HTMLDivElement>(null);
  const xAxis = x.find(({ name }) => name === across);
  const yAxis = y.find(({ name }) => name === up);
  if (!xAxis || !yAxis) return null;
  const groups = [...new Set(points.map(({ group }) => group))];
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
              columns: ['run', 'group', 'data', xAxis.label, yAxis.label],
              rows: points.map(({ label, group, data, values }) => {
                const [right, high] = [values[across], values[up]];
                return [label, group, data, right ?? Number.NaN, high ?? Number.NaN];
              }),
            })}
          />
        </div>
      </header>
      <div ref={picture} className={styles.planes}>
        {data.map((set) => (
          <div key={set}>
            {data.length > 1 && <h3>{set}</h3>}
            <QualityPlane
              points={points.flatMap(({ label, group, data, values }, index) =>
                data === set
                  ? [
                      {
                        id: String(index),
                        label,
                        group,
                        x: values[across] ?? Number.NaN,
                        y: values[up] ?? Number.NaN,
                      },
                    ]
                  : [],
              )}
              groups={groups}
              xLabel={xAxis.label}
              yLabel={yAxis.label}
              floor={yAxis.floors?.[set] ?? Number.NaN}
            />
          </div>
        ))}
      </div>
    </section>
  );
}
