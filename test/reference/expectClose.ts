/**
 * Fails with the worst index where |actual - expected| > absolute + relative |expected| anywhere; the tolerances of a kernel
 * against its float64 reference by default.
 */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { absolute = 1e-5, relative = 1e-4, label = 'values' } = {},
): void {
  if (actual.length !== expected.length) {
    throw new Error(`${label}: ${actual.length} values, but ${expected.length} are expected`);
  }
  let [worst, at] = [0, -1];
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i] as number, expected[i] as number];
    const excess = Number.isFinite(a)
      ? Math.abs(a - e) / (absolute + relative * Math.abs(e))
      : Number.POSITIVE_INFINITY;
    if (!(excess <= worst)) [worst, at] = [excess, i];
  }
  if (!(worst <= 1)) {
    throw new Error(
      `${label}: at ${at} of ${expected.length} the value is ${actual[at]}, the reference ${expected[at]}: ${worst.toFixed(1)} times the tolerance`,
    );
  }
}
