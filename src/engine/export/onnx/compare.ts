import type { WindowSet } from '../../data/types.ts';
import { decodePositions, encode, type OnnxModel, predictNoise } from './model.ts';
import type { Outputs } from './observation.ts';

/** What our kernels gave for a case; see train/kernelOutputs. */
export interface KernelOutputs {
  /** [n, Z] */
  latents: Float32Array;
  /** [n, Z]; empty where there is no denoiser. */
  epsilonHat: Float32Array;
  /** [T, n, headSize] */
  head: Float32Array;
}

/** Largest difference of each graph from our kernels; a NaN counts as infinite. */
export interface Differences {
  encoder: number;
  denoiser?: number;
  decoder: number;
}

/** Below this an export is what was trained. */
export const parityTolerance = 1e-4;

/**
 * Runs the graphs of a model on a case and compares: the latents, the noise predicted in them, and what the decoder gives at every
 * position with the latents and the true values before.
 */
export async function compareWithKernels(
  model: OnnxModel,
  { count, seqLen, featureSize, values, mask }: WindowSet,
  timesteps: readonly number[],
  ours: KernelOutputs,
): Promise<Differences> {
  const encoder = largestDifference(await encode(model, values, mask), ours.latents);
  const denoiser = model.denoiser
    ? largestDifference(await predictNoise(model, ours.latents, timesteps), ours.epsilonHat)
    : undefined;
  const headSize = ours.head.length / (seqLen * count);
  let decoder = 0;
  await decodePositions(model, ours.latents, (t, outputs) => {
    for (let n = 0; n < count; n++) {
      const at = (t * count + n) * headSize;
      const expected = expectedOutputs(ours.head.subarray(at, at + headSize), model.description);
      const found = rowOf(outputs, n, count);
      decoder = Math.max(decoder, largestDifference(found, expected));
    }
    const place = (i: number) => (Math.floor(i / featureSize) * seqLen + t) * featureSize + (i % featureSize);
    return Float32Array.from({ length: count * featureSize }, (_, i) => values[place(i)] ?? 0);
  });
  return { encoder, ...(denoiser !== undefined && { denoiser }), decoder };
}

/** The decoder's outputs of one series, in the order of the head. */
function rowOf(outputs: Outputs, n: number, count: number): number[] {
  return ['mean', 'log_weights', 'means', 'log_sigma', 'log_sigmas', 'coupling'].flatMap((name) => {
    const all = outputs[name];
    return all ? Array.from(all.subarray((n * all.length) / count, ((n + 1) * all.length) / count)) : [];
  });
}

/** The same from a head of the kernels, [mu, raw] or [logits, means, raw, entries]. */
function expectedOutputs(head: Float32Array, { likelihood, features, config }: OnnxModel['description']) {
  const { sigma, components = 1 } = config.model as { sigma: number | null; components?: number };
  const logSigma = (raw: number) => (sigma === null ? -3 + 4 / (1 + Math.exp(-raw)) : Math.log(sigma));
  const width = features.length;
  const values = Array.from(head);
  if (likelihood === 'gaussian') return [...values.slice(0, width), ...values.slice(width).map(logSigma)];
  const logits = values.slice(0, components);
  const top = Math.max(...logits);
  const total = top + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - top), 0));
  const deviations = components * (1 + width);
  const coupling = deviations + components * width;
  return [
    ...logits.map((logit) => logit - total),
    ...values.slice(components, deviations),
    ...values.slice(deviations, coupling).map(logSigma),
    ...values.slice(coupling).map((raw) => 4 * Math.tanh(raw / 4)),
  ];
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs((a[i] as number) - (b[i] as number));
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return largest;
}
