/**
 * Dependence matrix over series by the ratio of sums (docs/dependence.md): m_{t,j} of each series weighted by its ||D_t||^2.
 * @param matrices [n, T, T], row t - 1, column j @param denominators ||D_t||^2, [n, T]
 * @returns the matrix [T, T], zero where j >= t, and max over t of |sum_j m_{t,j} - 1|
 */
export function meanMatrix(
  matrices: ArrayLike<number>,
  denominators: ArrayLike<number>,
  seqLen: number,
): { values: Float32Array; residual: number } {
  const count = denominators.length / seqLen;
  const values = new Float32Array(seqLen * seqLen);
  let residual = 0;
  for (let t = 0; t < seqLen; t++) {
    let total = 0;
    for (let n = 0; n < count; n++) total += denominators[n * seqLen + t] as number;
    if (total === 0) continue;
    let sum = 0;
    for (let j = 0; j <= t; j++) {
      let numerator = 0;
      for (let n = 0; n < count; n++) {
        const row = n * seqLen + t;
        numerator += (matrices[row * seqLen + j] as number) * (denominators[row] as number);
      }
      values[t * seqLen + j] = numerator / total;
      sum += numerator / total;
    }
    residual = Math.max(residual, Math.abs(sum - 1));
  }
  return { values, residual };
}
