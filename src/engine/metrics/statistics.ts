import type { SeriesBatch } from './types.ts';

/** First position (0-based) of the last third of a series of that length. */
export function lastThirdStart(seqLen: number): number {
  return Math.floor((2 * seqLen) / 3);
}

/** First position (0-based) of the last third of one series of a batch: of its own length, not of its padding. */
export function lastThirdOf(
  { lengths, seqLen }: Pick<SeriesBatch, 'lengths' | 'seqLen'>,
  series: number,
): number {
  return lastThirdStart(lengths?.[series] ?? seqLen);
}

/** Mean of some numbers; 0 for none. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return values.length > 0 ? sum / values.length : 0;
}

/** Standard deviation (divided by n); 0 for none. */
export function standardDeviation(values: ArrayLike<number>): number {
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += ((values[i] as number) - centre) ** 2;
  return values.length > 0 ? Math.sqrt(sum / values.length) : 0;
}

/**
 * Whether values scaled by the data's deviation spread by more than the rounding of single precision: below that nothing varies, and
 * a ratio to it means nothing.
 */
export function varies(spread: number): boolean {
  return spread > 1e-6;
}

/** Pearson's correlation; 0 where one side does not vary. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [centreA, centreB] = [mean(a), mean(b)];
  let [product, squareA, squareB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [(a[i] as number) - centreA, (b[i] as number) - centreB];
    product += x * y;
    squareA += x * x;
    squareB += y * y;
  }
  const scale = Math.sqrt(squareA * squareB);
  return scale > 1e-12 * a.length ? product / scale : 0;
}

/** The p-quantile of sorted numbers, interpolated linearly between order statistics (Hyndman and Fan's type 7). */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  if (sorted.length === 0) return Number.NaN;
  const place = p * (sorted.length - 1);
  const low = Math.floor(place);
  const [a, b] = [sorted[low] as number, sorted[Math.min(low + 1, sorted.length - 1)] as number];
  return a + (place - low) * (b - a);
}

/** Observed values of one feature at positions [start, end) of all series. */
export function observed(
  { count, seqLen, featureSize, values, mask }: SeriesBatch,
  feature: number,
  start = 0,
  end = seqLen,
): Float64Array {
  const result = new Float64Array(count * (end - start));
  let size = 0;
  for (let n = 0; n < count; n++) {
    for (let t = start; t < end; t++) {
      const at = (n * seqLen + t) * featureSize + feature;
      if (mask[at] as number) result[size++] = values[at] as number;
    }
  }
  return result.subarray(0, size);
}

/** Mean of one feature of one series over observed positions [start, seqLen); undefined where none is observed. */
export function seriesMean(
  { seqLen, featureSize, values, mask }: SeriesBatch,
  series: number,
  feature: number,
  start = 0,
): number | undefined {
  let [sum, size] = [0, 0];
  for (let t = start; t < seqLen; t++) {
    const at = (series * seqLen + t) * featureSize + feature;
    if (!(mask[at] as number)) continue;
    sum += values[at] as number;
    size++;
  }
  return size > 0 ? sum / size : undefined;
}
