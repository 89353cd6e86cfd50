import { squaredDistances } from '../../src/engine/metrics/squaredDistances.ts';
import { wassersteinOnLine } from '../../src/engine/metrics/wasserstein.ts';

type Values = Float32Array | Float64Array;

/**
 * Sliced Wasserstein-2 (Rabin et al. 2011; Bonneel et al. 2015): the root of the mean, over directions, of W_2^2 between
 * the projections. Samples of unequal size are compared exactly, see {@link wassersteinOnLine}.
 * @param a points [.., dimensions] @param b points [.., dimensions] @param directions unit vectors [.., dimensions]
 */
export function slicedWasserstein2(a: Values, b: Values, dimensions: number, directions: Values): number {
  const count = directions.length / dimensions;
  let sum = 0;
  for (let k = 0; k < count; k++) {
    const direction = directions.subarray(k * dimensions, (k + 1) * dimensions);
    sum += wassersteinOnLine(project(a, direction).sort(), project(b, direction).sort(), 2);
  }
  return Math.sqrt(sum / count);
}

function project(points: Values, direction: Values): Float64Array {
  const dimensions = direction.length;
  const result = new Float64Array(points.length / dimensions);
  for (let n = 0; n < result.length; n++) {
    let sum = 0;
    for (let d = 0, at = n * dimensions; d < dimensions; d++, at++)
      sum += (points[at] as number) * (direction[d] as number);
    result[n] = sum;
  }
  return result;
}

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
