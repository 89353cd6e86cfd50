/**
 * W_p to the power p between two samples on a line, exact for samples of any two sizes: the integral over u of
 * |F^-1(u) - G^-1(u)|^p, both quantile functions being steps. Neither sample may be empty.
 * @param a sorted @param b sorted
 */
export function wassersteinOnLine(a: Float64Array, b: Float64Array, p: 1 | 2): number {
  const power = (i: number, j: number) => {
    const difference = Math.abs((a[i] as number) - (b[j] as number));
    return p === 1 ? difference : difference * difference;
  };
  let sum = 0;
  if (a.length === b.length) {
    for (let i = 0; i < a.length; i++) sum += power(i, i);
    return sum / a.length;
  }
  // Levels are counted in units of 1 / (|a| |b|), so that no step is lost to rounding.
  const levels = a.length * b.length;
  for (let level = 0, i = 0, j = 0; level < levels; ) {
    const next = Math.min((i + 1) * b.length, (j + 1) * a.length);
    sum += (next - level) * power(i, j);
    level = next;
    if (level === (i + 1) * b.length) i++;
    if (level === (j + 1) * a.length) j++;
  }
  return sum / levels;
}

/**
 * Sliced Wasserstein-2 (Rabin et al. 2011; Bonneel et al. 2015): the root of the mean, over directions, of W_2^2 between
 * the projections. Samples of unequal size are compared exactly, see {@link wassersteinOnLine}.
 * @param a points [.., dimensions] @param b points [.., dimensions] @param directions unit vectors [.., dimensions]
 */
export function slicedWasserstein2(
  a: Float32Array | Float64Array,
  b: Float32Array | Float64Array,
  dimensions: number,
  directions: Float64Array,
): number {
  const count = directions.length / dimensions;
  const onA = new Float64Array(a.length / dimensions);
  const onB = new Float64Array(b.length / dimensions);
  let sum = 0;
  for (let k = 0; k < count; k++) {
    const direction = directions.subarray(k * dimensions, (k + 1) * dimensions);
    sum += wassersteinOnLine(project(a, direction, onA), project(b, direction, onB), 2);
  }
  return Math.sqrt(sum / count);
}

function project(
  points: Float32Array | Float64Array,
  direction: Float64Array,
  result: Float64Array,
): Float64Array {
  const dimensions = direction.length;
  for (let n = 0; n < result.length; n++) {
    let sum = 0;
    for (let d = 0, at = n * dimensions; d < dimensions; d++, at++)
      sum += (points[at] as number) * (direction[d] as number);
    result[n] = sum;
  }
  return result.sort();
}
