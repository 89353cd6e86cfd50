import { type DependenceParts, dependenceResidual } from './dependence.ts';
import { lastThirdStart, mean, quantile } from './statistics.ts';

/** Dependence of h_t at one position (1-based) on z (m0) and on the last input (mLocal), with quartiles over series. */
export interface DependencePoint {
  position: number;
  m0: number;
  m0q25: number;
  m0q75: number;
  mLocal: number;
  mLocalQ25: number;
  mLocalQ75: number;
}

export interface DependenceCurve {
  /** Of the optimiser. */
  step: number;
  points: DependencePoint[];
  /** max over t of |sum_j m_{t,j} - 1|, by ratio of sums. */
  residual: number;
  quadrature: number;
  series: number;
}

/** Means of a curve over the last third of its positions. */
export function lastThird(points: readonly DependencePoint[]): { m0: number; mLocal: number } {
  const late = points.slice(lastThirdStart(points.length));
  return { m0: mean(late.map(({ m0 }) => m0)), mLocal: mean(late.map(({ mLocal }) => mLocal)) };
}

/**
 * Dependence over series (docs/dependence.md): the ratio of sums, which still adds to 1 over j, and the quartiles of the
 * series' own ratios. Series whose D_t is zero have no ratio and are left out of the quartiles; series that end before a
 * position have no part in it, and positions that none reaches have no point.
 */
export function summariseDependence(parts: DependenceParts, step: number): DependenceCurve {
  const { count, seqLen, reached = seqLen, numeratorGlobal, numeratorLocal, denominator, quadrature } = parts;
  const over = (numerator: Float64Array, t: number) => {
    let [sum, total] = [0, 0];
    const ratios: number[] = [];
    for (let n = 0; n < count; n++) {
      const [above, below] = [numerator[n * seqLen + t] as number, denominator[n * seqLen + t] as number];
      sum += above;
      total += below;
      if (below > 0) ratios.push(above / below);
    }
    const sorted = Float64Array.from(ratios).sort();
    const value = total > 0 ? sum / total : 0;
    const quartile = (p: number) => (sorted.length > 0 ? quantile(sorted, p) : 0);
    return { value, low: quartile(0.25), high: quartile(0.75) };
  };
  const points = Array.from({ length: reached }, (_, t) => {
    const [global, local] = [over(numeratorGlobal, t), over(numeratorLocal, t)];
    return {
      position: t + 1,
      m0: global.value,
      m0q25: global.low,
      m0q75: global.high,
      mLocal: local.value,
      mLocalQ25: local.low,
      mLocalQ75: local.high,
    };
  });
  return { step, points, residual: dependenceResidual(parts), quadrature, series: count };
}
