import { philox4x32 } from '../../data/random.ts';
import { decodeFreely, type OnnxModel, type OnProgress, reverseDiffusion } from './model.ts';
import { noiseSize } from './observation.ts';

/** Series that share one run of the noise generator, as in the lab's command. */
const batch = 256;
/** Philox keys of the three uses of noise, and the stream of the second; see train/evaluationPlans. */
const [initialNoise, reverseNoise, observationNoise] = [1, 2, 3];
const reverseStream = 10;
const firstStep = 0xffffffff;

/** What is fed back in free decoding, and whether noise is added: the lab's three generation modes. */
export const feedback = {
  sample: { addNoise: true, feedNoise: true },
  'noise-not-fed-back': { addNoise: true, feedNoise: false },
  mean: { addNoise: false, feedNoise: false },
} as const;

/** New series, [count, T, D], in the data's own units. */
export interface GeneratedSeries {
  count: number;
  seqLen: number;
  featureSize: number;
  values: Float32Array;
}

/**
 * New series from a bundle, latents and all, with the noise that `lab generate` takes for the same seed.
 * @param onProgress throwing in it cancels
 */
export async function generateSeries(
  model: OnnxModel,
  { count, seed, mode }: { count: number; seed: number; mode: keyof typeof feedback },
  onProgress?: OnProgress,
): Promise<GeneratedSeries> {
  const { seqLen, latentSize, features, scaler, reverseSteps } = model.description;
  const width = features.length;
  const values = new Float32Array(count * seqLen * width);
  // A reverse step and a position cost about the same: the share done counts both.
  const perBatch = reverseSteps.length + seqLen;
  const batches = Math.ceil(count / batch);
  for (let chunk = 0; chunk < batches; chunk++) {
    const here = Math.min(batch, count - chunk * batch);
    const run = (Math.imul(seed, 0x9e3779b1) + chunk) >>> 0;
    const share = (from: number, part: number) => (done: number) =>
      onProgress?.((chunk + (from + part * done) / perBatch) / batches);
    const latents = (key: number, stream: number, step: number) =>
      normals(here * latentSize, { key, stream, step, run });
    const z = await reverseDiffusion(
      model,
      latents(initialNoise, 0, firstStep),
      (step) => latents(reverseNoise, reverseStream, step),
      share(0, reverseSteps.length),
    );
    const size = noiseSize(model.description);
    const noise = normals(seqLen * batch * size, { key: observationNoise, stream: 0, step: 0, run });
    const ofHere = new Float32Array(seqLen * here * size);
    for (let t = 0; t < seqLen; t++) {
      const start = t * batch * size;
      ofHere.set(noise.subarray(start, start + here * size), t * here * size);
    }
    const series = await decodeFreely(model, z, ofHere, feedback[mode], share(reverseSteps.length, seqLen));
    values.set(series, chunk * batch * seqLen * width);
  }
  for (let i = 0; i < values.length; i++) {
    const d = i % width;
    values[i] = (values[i] as number) * (scaler.standardDeviation[d] ?? 1) + (scaler.mean[d] ?? 0);
  }
  return { count, seqLen, featureSize: width, values };
}

/** Standard normals as shaders/philox_fill makes them: Box-Muller of words of Philox at (element / 4, stream, step, run). */
function normals(
  count: number,
  { key, stream, step, run }: Record<'key' | 'stream' | 'step' | 'run', number>,
): Float32Array {
  const values = new Float32Array(count);
  for (let block = 0; block * 4 < count; block++) {
    const words = philox4x32([block, stream, step, run], [key, 0]);
    for (let pair = 0; pair < 2; pair++) {
      const radius = Math.sqrt(-2 * Math.log(((words[2 * pair] as number) >>> 8) * 2 ** -24 + 2 ** -24));
      const angle = 2 * Math.PI * ((words[2 * pair + 1] as number) >>> 8) * 2 ** -24;
      values[4 * block + 2 * pair] = radius * Math.cos(angle); // writes past the end are dropped
      values[4 * block + 2 * pair + 1] = radius * Math.sin(angle);
    }
  }
  return values;
}
