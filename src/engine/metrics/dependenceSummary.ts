import type { DependenceParts } from './dependence.ts';
import { dependenceResidual } from './dependence.ts';

/** The dependence of one position, with quartiles over series. */
export interface DependencePoint {
  /** 1-based position t: h_t is what p(x_t) is read from. */
  position: number;
  /** m_{t,0}: on the latent. */
  m0: number;
  m0q25: number;
  m0q75: number;
  /** m_{t,t-1}: on the last input; at t = 1 that is the latent itself. */
  mLocal: number;
  mLocalQ25: number;
  mLocalQ75: number;
}

/** The dependence curves of one evaluation. */
export interface DependenceCurve {
  step: number;
  points: DependencePoint[];
  /** max over t of |sum_j m_{t,j} - 1| */
  residual: number;
  /** Nodes of the quadrature in the end. */
  quadrature: number;
  /** Held-out series measured. */
  series: number;
}

/**
 * Curves over positions: the ratio of sums over series (the mean of per-series ratios is ruled by outliers), and the
 * quartiles of the per-series ratios as a band.
 */
export function summariseDependence(parts: DependenceParts, step: number): DependenceCurve {
  const points = Array.from({ length: parts.seqLen }, (_, t) => {
    const global = summarise(parts.numeratorGlobal, parts, t);
    const local = summarise(parts.numeratorLocal, parts, t);
    return {
      position: t + 1,
      m0: global.ratio,
      m0q25: global.q25,
      m0q75: global.q75,
      mLocal: local.ratio,
      mLocalQ25: local.q25,
      mLocalQ75: local.q75,
    };
  });
  return {
    step,
    points,
    residual: dependenceResidual(parts),
    quadrature: parts.quadrature,
    series: parts.count,
  };
}

function summarise(numerators: Float64Array, { denominator, count, seqLen }: DependenceParts, t: number) {
  let [sum, total] = [0, 0];
  const ratios: number[] = [];
  for (let n = 0; n < count; n++) {
    const numerator = numerators[n * seqLen + t] ?? 0;
    const length = denominator[n * seqLen + t] ?? 0;
    sum += numerator;
    total += length;
    if (length > 0) ratios.push(numerator / length);
  }
  ratios.sort((a, b) => a - b);
  return { ratio: total > 0 ? sum / total : 0, q25: quantile(ratios, 0.25), q75: quantile(ratios, 0.75) };
}

/** Linear interpolation between order statistics; 0 for no values. */
function quantile(sorted: readonly number[], q: number): number {
  if (sorted.length === 0) return 0;
  const place = q * (sorted.length - 1);
  const low = sorted[Math.floor(place)] as number;
  const high = sorted[Math.ceil(place)] as number;
  return low + (high - low) * (place - Math.floor(place));
}
