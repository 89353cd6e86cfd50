import { squaredDistances } from './squaredDistances.ts';
import type { PlainMetric } from './types.ts';

const most = 1000;

/**
 * Maximum mean discrepancy of points a [n, d] and b [m, d] under k(x, y) = exp(-|x - y|^2 / (2 s^2)), s the median distance
 * between two different points of both sets together (Gretton et al. 2012, the biased estimate, which is never below 0).
 */
export function maximumMeanDiscrepancy(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  dimensions: number,
): number {
  const sides = [squaredDistances(a, a, dimensions), squaredDistances(b, b, dimensions)] as const;
  const across = squaredDistances(a, b, dimensions);
  const scale = 2 * (medianOfPairs([...sides], across) || 1);
  const mean = (distances: Float64Array) =>
    distances.reduce((sum, distance) => sum + Math.exp(-distance / scale), 0) / distances.length;
  return Math.sqrt(Math.max(0, mean(sides[0]) + mean(sides[1]) - 2 * mean(across)));
}

/** Median of the squared distances of all pairs of different points. */
function medianOfPairs(sides: readonly Float64Array[], across: Float64Array): number {
  const within = sides.flatMap((distances) => {
    const n = Math.sqrt(distances.length);
    return Array.from({ length: n }, (_, i) => distances.subarray(i * n + i + 1, (i + 1) * n));
  });
  const all = new Float64Array(within.reduce((sum, row) => sum + row.length, across.length));
  let at = 0;
  for (const part of [...within, across]) {
    all.set(part, at);
    at += part.length;
  }
  all.sort();
  const middle = all.length / 2;
  return ((all[Math.ceil(middle) - 1] as number) + (all[Math.floor(middle)] as number)) / 2;
}

/** MMD of whole windows with the median heuristic. */
export const mmd: PlainMetric = {
  name: 'mmd',
  label: 'MMD',
  direction: 'lower',
  help: 'Maximum mean discrepancy between generated and real windows under a Gaussian kernel as wide as the median distance; missing values count as 0 on both sides.',
  costly: true,
  score(generated, real) {
    const dimensions = real.seqLen * real.featureSize;
    const part = (values: Float32Array | Float64Array) => values.subarray(0, most * dimensions);
    return maximumMeanDiscrepancy(part(generated.values), part(real.values), dimensions);
  },
};
