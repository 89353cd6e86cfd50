import { RandomStream } from '../data/random.ts';
import { takeRows } from '../data/takeRows.ts';
import type { WindowSet } from '../data/types.ts';
import { lostPerStep, type PerStep, validPositions } from '../metrics/likelihood.ts';
import type { LatentUse } from '../metrics/verdict.ts';
import type { Between, Evaluator } from './evaluator.ts';

/** Streams of the seed. */
const swapStream = 11;
const noiseStream = 12;

/** Log-likelihoods [n, T] with the encoder's latents, with exchanged ones and with noise, and what was lost. */
export interface MeasuredUse {
  use: LatentUse;
  /** [n, T], 1 where at least one feature is observed. */
  valid: Float32Array;
  original: Float32Array;
  swappedLatents: Float32Array;
  swapped: Float32Array;
  noiseLatents: Float32Array;
  noise: Float32Array;
}

/** The swap test and the noise test (docs/dependence.md, What stands beside it). @param latents of the windows, [n, Z] */
export async function measureUse(
  evaluator: Evaluator,
  windows: WindowSet,
  latents: Float32Array,
  seed: number,
  between?: Between,
): Promise<MeasuredUse> {
  const { count, seqLen, featureSize, lengths } = windows;
  const swappedLatents = takeRows(
    new Float32Array(latents.length),
    latents,
    cycle(count, new RandomStream(seed, swapStream)),
  );
  const random = new RandomStream(seed, noiseStream);
  const noiseLatents = Float32Array.from(latents, () => random.normal());
  const original = await evaluator.logLikelihood(windows, latents, between);
  const swapped = await evaluator.logLikelihood(windows, swappedLatents, between);
  const noise = await evaluator.logLikelihood(windows, noiseLatents, between);
  const valid = validPositions(windows.mask, featureSize);
  const [all, lastThird] = [Number.NaN, Number.NaN];
  const nothing: PerStep = { all, lastThird, error: { all, lastThird } };
  const use: LatentUse = {
    // A window alone has none to exchange latents with.
    swap: count > 1 ? lostPerStep(original, swapped, valid, seqLen, lengths) : nothing,
    noise: lostPerStep(original, noise, valid, seqLen, lengths),
  };
  return { use, valid, original, swappedLatents, swapped, noiseLatents, noise };
}

/** A random order in which no row stays where it is: one cycle through all of them (Sattolo 1986). */
function cycle(count: number, random: RandomStream): number[] {
  const order = Array.from({ length: count }, (_, n) => n);
  for (let n = count - 1; n > 0; n--) {
    const other = random.integer(n);
    [order[n], order[other]] = [order[other] as number, order[n] as number];
  }
  return order;
}
