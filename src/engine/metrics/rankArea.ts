/**
 * Area under the ROC curve: the probability that a positive scores above a negative, ties counting half (Mann and Whitney's
 * U over n m). 0.5 is chance, 1 a perfect ranking; NaN where a side is empty.
 */
export function rankArea(positives: ArrayLike<number>, negatives: ArrayLike<number>): number {
  const [above, below] = [Float64Array.from(positives).sort(), Float64Array.from(negatives).sort()];
  let [lower, notHigher, wins] = [0, 0, 0];
  for (const score of above) {
    while (lower < below.length && (below[lower] as number) < score) lower++;
    while (notHigher < below.length && (below[notHigher] as number) <= score) notHigher++;
    wins += (lower + notHigher) / 2;
  }
  return wins / (above.length * below.length);
}
