import { lastThirdOf } from './statistics.ts';

/** Nats per step over all positions, and over the last third of them; NaN where there is nothing to measure. */
export interface PerStep {
  all: number;
  lastThird: number;
  /** Standard errors of both, over series; NaN for fewer than two. Absent in files of versions that did not know them. */
  error?: { all: number; lastThird: number };
}

/** A number and its standard error. */
export interface Estimate {
  value: number;
  error: number;
}

/**
 * Mean over the valid positions of all series; NaN where none is. The last third is that of each series' own length.
 * @param values [n, seqLen] @param valid [n, seqLen], 1 where at least one feature is observed
 * @param lengths [n] where series are padded
 */
export function perStep(
  values: ArrayLike<number>,
  valid: ArrayLike<number>,
  seqLen: number,
  lengths?: ArrayLike<number>,
): PerStep {
  const { all, late } = sumsBySeries(values, valid, seqLen, lengths);
  const [whole, end] = [ratioEstimate(all), ratioEstimate(late)];
  return { all: whole.value, lastThird: end.value, error: { all: whole.error, lastThird: end.error } };
}

/** Over all positions; the error is NaN where it is not known. */
export function wholeOf({ all, error }: PerStep): Estimate {
  return { value: all, error: error?.all ?? Number.NaN };
}

/** Over the last third, over all positions where nothing is valid there; the error is NaN where it is not known. */
export function lateOf(measured: PerStep): Estimate {
  const { lastThird, error } = measured;
  if (Number.isNaN(lastThird)) return wholeOf(measured);
  return { value: lastThird, error: error?.lastThird ?? Number.NaN };
}

/** Sum of the valid values of each series, and how many they are. */
type Sums = { sum: number; count: number }[];

function sumsBySeries(...[values, valid, seqLen, lengths]: Parameters<typeof perStep>) {
  const series = Array.from({ length: Math.ceil(values.length / seqLen) });
  const [all, late]: [Sums, Sums] = [
    series.map(() => ({ sum: 0, count: 0 })),
    series.map(() => ({ sum: 0, count: 0 })),
  ];
  for (let i = 0; i < values.length; i++) {
    if (!(valid[i] as number)) continue;
    const n = Math.floor(i / seqLen);
    for (const sums of i % seqLen < lastThirdOf({ lengths, seqLen }, n) ? [all] : [all, late]) {
      const own = sums[n] as Sums[number];
      own.sum += values[i] as number;
      own.count++;
    }
  }
  return { all, late };
}

function ratio(sums: Sums): number {
  const total = sums.reduce((a, b) => ({ sum: a.sum + b.sum, count: a.count + b.count }), {
    sum: 0,
    count: 0,
  });
  return total.sum / total.count;
}

/** Standard error of a ratio of sums (Cochran 1977, section 2.11), since series may differ in length; of fewer than two it is NaN. */
function ratioEstimate(sums: Sums): Estimate {
  const measured = sums.filter(({ count }) => count > 0);
  const n = measured.length;
  const value = ratio(measured);
  const meanCount = measured.reduce((total, { count }) => total + count, 0) / n;
  const squares = measured.reduce((total, { sum, count }) => total + (sum - value * count) ** 2, 0);
  return { value, error: n < 2 ? Number.NaN : Math.sqrt(squares / (n * (n - 1))) / meanCount };
}

/**
 * Nats per step lost when latents are replaced (docs/dependence.md, What stands beside it): by those of other series in the swap test, by standard
 * normal noise in the noise test. All arrays [n, seqLen], log-likelihoods in nats.
 */
export function lostPerStep(
  original: ArrayLike<number>,
  replaced: ArrayLike<number>,
  valid: ArrayLike<number>,
  seqLen: number,
  lengths?: ArrayLike<number>,
): PerStep {
  return perStep(lostAt(original, replaced), valid, seqLen, lengths);
}

/** Nats lost at every position. */
export function lostAt(original: ArrayLike<number>, replaced: ArrayLike<number>): Float64Array {
  return Float64Array.from(
    { length: original.length },
    (_, i) => (original[i] as number) - (replaced[i] as number),
  );
}

/** Positions with at least one observed feature. @param mask [n, seqLen, featureSize] @returns [n, seqLen] */
export function validPositions(mask: Float32Array, featureSize: number): Float32Array {
  return Float32Array.from({ length: mask.length / featureSize }, (_, i) =>
    mask.subarray(i * featureSize, (i + 1) * featureSize).some((value) => value > 0) ? 1 : 0,
  );
}
