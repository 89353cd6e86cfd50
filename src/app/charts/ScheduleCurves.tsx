import styles from './ScheduleCurves.module.css';
import { bottom, decades, height, margin, type SchedulePlot, xOf, yOf } from './schedulePlot.ts';
import {
  likelihoodWeight,
  penaltyWeight,
  type SignalUnit,
  signalText,
  type Zones,
} from './scheduleTimesteps.ts';
import { rem } from './textScale.ts';
import { thin } from './thin.ts';
import { roundTicks } from './ticks.ts';

/** alphaBar, the weights of likelihood and penalty, and the zones they belong to, with axes and names. */
export function ScheduleCurves(
  props: Zones & { gamma: number; eta: number; unit: SignalUnit; plot: SchedulePlot },
) {
  const { alphaBar, N, M, gamma, eta, unit, plot } = props;
  const { width, last, logarithmic } = plot;
  const x = (i: number) => xOf(i, plot);
  const y = (value: number) => yOf(value, plot);
  const line = (from: number, to: number, value: (i: number) => number) => {
    const steps = thin(
      Array.from({ length: to - from + 1 }, (_, k) => from + k),
      200,
    );
    return `M${steps.map((i) => `${x(i).toFixed(1)} ${y(value(i)).toFixed(1)}`).join('L')}`;
  };
  const high = logarithmic ? Array.from({ length: decades + 1 }, (_, k) => 10 ** -k) : [0, 0.5, 1];
  // What is below the last decade is drawn on its line.
  const lowest = Math.min(...alphaBar, likelihoodWeight(alphaBar, gamma, N), penaltyWeight(alphaBar, eta, M));
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      width={rem(width)}
      height={rem(height)}
      role="img"
      aria-label={`alphaBar over ${last} timesteps; inference zone 0 to ${N}, collapse zone ${M} to ${last}`}
    >
      <rect
        className={styles.inference}
        x={x(0)}
        y={margin.top}
        width={x(N) - x(0)}
        height={bottom - margin.top}
      />
      <rect
        className={styles.collapse}
        x={x(M)}
        y={margin.top}
        width={x(last) - x(M)}
        height={bottom - margin.top}
      />
      <g className={styles.axis}>
        {high.map((value) => (
          <g key={value}>
            <line x1={margin.left} x2={width - margin.right} y1={y(value)} y2={y(value)} />
            <text x={margin.left - 5} y={y(value) + 4} textAnchor="end">
              {logarithmic && value === high.at(-1) && lowest < value && '≤\u2009'}
              {signalText(value)}
            </text>
          </g>
        ))}
        {roundTicks(0, last, unit === 'signal' || width < 300 ? 3 : 5).map((i) => (
          <text key={i} x={x(i)} y={bottom + 14} textAnchor={i === last ? 'end' : 'middle'}>
            {unit === 'steps' ? i : signalText(alphaBar[i] ?? Number.NaN)}
          </text>
        ))}
        <text x={(margin.left + width - margin.right) / 2} y={height - 4} textAnchor="middle">
          {unit === 'steps' ? 'timestep of the diffusion' : 'signal kept, at evenly spaced timesteps'}
        </text>
      </g>
      <path className={styles.likelihood} d={line(0, N, (i) => likelihoodWeight(alphaBar, gamma, i))} />
      <path className={styles.penalty} d={line(M, last, (k) => penaltyWeight(alphaBar, eta, k))} />
      <path className={styles.signal} d={line(0, last, (i) => alphaBar[i] ?? 0)} />
      <path className={styles.ends} d={`M${x(N)} ${margin.top}V${bottom}M${x(M)} ${margin.top}V${bottom}`} />
      <g className={styles.names}>
        <text x={x(N) + 10} y={bottom - 6}>
          N
        </text>
        <text x={x(M) - 10} y={bottom - 6} textAnchor="end">
          M
        </text>
        <text x={x(last * 0.36)} y={y(alphaBar[Math.round(last * 0.36)] ?? 0) - 8}>
          ᾱ
        </text>
      </g>
    </svg>
  );
}
