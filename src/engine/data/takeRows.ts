/**
 * Copies the rows at `rows` of an array into `result`, in that order; a row may come twice.
 * @param result [rows, size], which gives the size @param values [.., size]
 */
export function takeRows<T extends Float32Array | Float64Array>(
  result: T,
  values: Float32Array | Float64Array,
  rows: readonly number[],
): T {
  const size = result.length / rows.length;
  for (const [to, from] of rows.entries())
    result.set(values.subarray(from * size, (from + 1) * size), to * size);
  return result;
}
