/**
 * Per series and position, [count, seqLen] each: the numerators < D_t, integral of the tangent of h_t > for the latent,
 * for the last input and for all inputs together, and the denominator ||D_t||^2. m_{t,0} = numeratorGlobal / denominator;
 * numeratorSum / denominator is 1 but for the quadrature's error. Positions in the padding of a series hold zeros, so that a
 * ratio of sums is over the series that reach the position.
 */
export interface DependenceParts {
  numeratorGlobal: Float64Array;
  numeratorLocal: Float64Array;
  numeratorSum: Float64Array;
  denominator: Float64Array;
  count: number;
  seqLen: number;
  /** Positions that at least one series reaches; all where it is left out. */
  reached?: number;
  /** Nodes used in the end. */
  quadrature: number;
}

/** max over positions of |sum_j m_{t,j} - 1|, by ratio of sums over series. */
export function dependenceResidual({ numeratorSum, denominator, count, seqLen }: DependenceParts): number {
  let worst = 0;
  for (let t = 0; t < seqLen; t++) {
    let [numerator, total] = [0, 0];
    for (let n = 0; n < count; n++) {
      numerator += numeratorSum[n * seqLen + t] ?? 0;
      total += denominator[n * seqLen + t] ?? 0;
    }
    if (total > 0) worst = Math.max(worst, Math.abs(numerator / total - 1));
  }
  return worst;
}
