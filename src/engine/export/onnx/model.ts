import type { ReverseStep } from '../../diffusion/schedule.ts';
import type { ExportedConfig } from '../exportedRun.ts';
import type { StateTensor } from './decoderStep.ts';
import type { Dimension } from './graph.ts';
import { named, noiseSize, type Outputs, observe } from './observation.ts';

/** A tensor that goes into a graph or comes out of it. */
export type GraphTensor =
  | { type: 'float32'; dims: readonly number[]; data: Float32Array }
  | { type: 'int64'; dims: readonly number[]; data: BigInt64Array };

/** A loaded graph, on whatever runs it. */
export interface RunnableGraph {
  run(feeds: Record<string, GraphTensor>): Promise<Record<string, Float32Array>>;
}

/** What is beside the graphs of a bundle: bundle.json. */
export interface BundleDescription {
  format: 'posterior-lab-onnx';
  formatVersion: 1;
  /** Version of this project. */
  version: string;
  label: string;
  config: ExportedConfig;
  seqLen: number;
  latentSize: number;
  backbone: string;
  features: readonly string[];
  scaler: { mean: readonly number[]; standardDeviation: readonly number[] };
  /** What the decoder's outputs are: mean and log_sigma, or those of a mixture. */
  likelihood: string;
  state: readonly StateTensor[];
  sampler: 'diffusion' | 'prior';
  /** z <- a z + b epsilonHat(z, timestep) + s noise, in this order; none where latents are drawn from N(0, I). */
  reverseSteps: readonly ReverseStep[];
}

/** The graphs of a bundle, ready to run. */
export interface OnnxModel {
  description: BundleDescription;
  encoder: RunnableGraph;
  denoiser?: RunnableGraph;
  decoder: RunnableGraph;
}

/** Called between two runs of a graph; throwing ends the work. @param done share of the whole */
export type OnProgress = (done: number) => void | Promise<void>;

const floats = (data: Float32Array, dims: readonly number[]): GraphTensor => ({
  type: 'float32',
  dims,
  data,
});
const integers = (values: readonly number[]): GraphTensor => ({
  type: 'int64',
  dims: [values.length],
  data: BigInt64Array.from(values, BigInt),
});

/** @param x and mask [n, T, D], scaled @returns latents [n, Z] */
export async function encode(
  { encoder, description }: OnnxModel,
  x: Float32Array,
  mask: Float32Array,
): Promise<Float32Array> {
  const { seqLen, features } = description;
  const dims = [x.length / (seqLen * features.length), seqLen, features.length];
  return named(await encoder.run({ x: floats(x, dims), mask: floats(mask, dims) }), 'z');
}

/** @param z [n, Z] @param timesteps [n] @returns [n, Z] */
export async function predictNoise(
  { denoiser, description }: OnnxModel,
  z: Float32Array,
  timesteps: readonly number[],
): Promise<Float32Array> {
  if (!denoiser) throw new Error('this bundle has no denoiser: its method draws latents from N(0, I)');
  const dims = [z.length / description.latentSize, description.latentSize];
  return named(await denoiser.run({ z: floats(z, dims), timestep: integers(timesteps) }), 'epsilonHat');
}

/** The reverse diffusion from standard normals z [n, Z], which it overwrites. @param noise of reverse step k, [n, Z]; asked for where s > 0 */
export async function reverseDiffusion(
  model: OnnxModel,
  z: Float32Array,
  noise: (step: number) => Float32Array,
  onProgress?: OnProgress,
): Promise<Float32Array> {
  const { reverseSteps, latentSize } = model.description;
  const count = z.length / latentSize;
  for (const [k, { timestep, a, b, s }] of reverseSteps.entries()) {
    await onProgress?.(k / reverseSteps.length);
    const epsilonHat = await predictNoise(model, z, new Array(count).fill(timestep));
    const drawn = s > 0 ? noise(k) : undefined;
    for (let i = 0; i < z.length; i++) {
      z[i] = a * (z[i] as number) + b * (epsilonHat[i] as number) + (drawn ? s * (drawn[i] as number) : 0);
    }
  }
  return z;
}

/**
 * Runs the decoder step from position to position.
 * @param z [n, Z] @param feed what position t feeds to the next one, [n, D], given the graph's outputs there
 */
export async function decodePositions(
  { decoder, description }: OnnxModel,
  z: Float32Array,
  feed: (position: number, outputs: Outputs) => Float32Array,
  onProgress?: OnProgress,
): Promise<void> {
  const { seqLen, features, latentSize, state: tensors } = description;
  const count = z.length / latentSize;
  let state = Object.fromEntries(
    tensors.map(({ name, shape }) => {
      const dims = shape.map((size: Dimension) => (typeof size === 'number' ? size : count));
      return [name, floats(new Float32Array(dims.reduce((a, b) => a * b, 1)), dims)];
    }),
  );
  let fed = new Float32Array(count * features.length);
  for (let t = 0; t < seqLen; t++) {
    await onProgress?.(t / seqLen);
    const result = await decoder.run({
      z: floats(z, [count, latentSize]),
      x: floats(fed, [count, features.length]),
      position: integers([t]),
      ...state,
    });
    state = Object.fromEntries(
      Object.entries(state).map(([name, { dims }]) => [name, floats(named(result, `next_${name}`), dims)]),
    );
    fed = new Float32Array(feed(t, result));
  }
}

/** Free decoding. @param noise standard normals [T, n, noiseSize] @returns scaled series [n, T, D] */
export async function decodeFreely(
  model: OnnxModel,
  z: Float32Array,
  noise: Float32Array,
  { addNoise, feedNoise }: { addNoise: boolean; feedNoise: boolean },
  onProgress?: OnProgress,
): Promise<Float32Array> {
  const { seqLen, features, latentSize } = model.description;
  const [count, width] = [z.length / latentSize, features.length];
  const series = new Float32Array(count * seqLen * width);
  const size = noiseSize(model.description) * count;
  const feed = (t: number, outputs: Outputs) => {
    const { mean, drawn } = observe(model.description, outputs, noise.subarray(t * size, (t + 1) * size));
    const shown = addNoise ? drawn : mean;
    for (let n = 0; n < count; n++) {
      series.set(shown.subarray(n * width, (n + 1) * width), (n * seqLen + t) * width);
    }
    return feedNoise ? drawn : mean;
  };
  await decodePositions(model, z, feed, onProgress);
  return series;
}
