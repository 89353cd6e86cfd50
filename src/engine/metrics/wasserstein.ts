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
