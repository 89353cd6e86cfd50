import { useState } from 'react';
import type { PlaneData } from '../../engine/train/experiment/plane.ts';
import { QualityPlane } from '../charts/QualityPlane.tsx';

/** Quality against control, every run of the experiments a point. */
export function PlaneSection({ plane: { points, x, y } }: { plane: PlaneData }) {
  const [across, setAcross] = useState(x[0]?.name ?? '');
  const [up, setUp] = useState(y[0]?.name ?? '');
  const xAxis = x.find(({ name }) => name === across);
  const yAxis = y.find(({ name }) => name === up);
  if (!xAxis || !yAxis) return null;
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
        </div>
      </header>
      <QualityPlane
        points={points.map(({ label, group, values }, index) => ({
          id: String(index),
          label,
          group,
          x: values[across] ?? Number.NaN,
          y: values[up] ?? Number.NaN,
        }))}
        xLabel={xAxis.label}
        yLabel={yAxis.label}
        floor={yAxis.floor}
      />
    </section>
  );
}
