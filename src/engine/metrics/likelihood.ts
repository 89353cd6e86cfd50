import { lastThirdOf } from './statistics.ts';

/** Nats per step over all positions, and over the last third of them; NaN where there is nothing to measure. */
export interface PerStep {
  all: number;
  lastThird: number;
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
  let [sum, count, sumLate, countLate] = [0, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    if (!(valid[i] as number)) continue;
    sum += values[i] as number;
    count++;
    if (i % seqLen < lastThirdOf({ lengths, seqLen }, Math.floor(i / seqLen))) continue;
    sumLate += values[i] as number;
    countLate++;
  }
  return { all: sum / count, lastThird: sumLate / countLate };
}

/**
 * Nats per step lost when latents are replaced (METHOD section 7): by those of other series in the swap test, by standard
 * normal noise in the noise test. All arrays [n, seqLen], log-likelihoods in nats.
 */
export function lostPerStep(
  original: ArrayLike<number>,
  replaced: ArrayLike<number>,
  valid: ArrayLike<number>,
  seqLen: number,
  lengths?: ArrayLike<number>,
): PerStep {
  const lost = Float64Array.from(
    { length: original.length },
    (_, i) => (original[i] as number) - (replaced[i] as number),
  );
  return perStep(lost, valid, seqLen, lengths);
}

/** Positions with at least one observed feature. @param mask [n, seqLen, featureSize] @returns [n, seqLen] */
export function validPositions(mask: Float32Array, featureSize: number): Float32Array {
  return Float32Array.from({ length: mask.length / featureSize }, (_, i) =>
    mask.subarray(i * featureSize, (i + 1) * featureSize).some((value) => value > 0) ? 1 : 0,
  );
}
