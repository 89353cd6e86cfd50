import type { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { fillIntegers, fillNormal, type RandomSource } from '../kernels/random.ts';

/** Uses of randomness within one step; each is a stream of its own. */
export type Stream =
  | 'batch'
  | 'latent timestep'
  | 'latent noise'
  | 'denoiser timestep'
  | 'denoiser noise'
  | 'reverse noise'
  | 'observation noise'
  | 'input mask'
  | 'negative';

const streams: readonly Stream[] = [
  'batch',
  'latent timestep',
  'latent noise',
  'denoiser timestep',
  'denoiser noise',
  'reverse noise',
  'observation noise',
  'input mask',
  'negative',
];

/** Where an objective gets its random tensors from: Philox on the GPU, or given values in a test. */
export interface Randomness {
  /** Standard normals. */
  normal(stream: Stream, shape: readonly number[]): Tensor;
  /** u32; consecutive parts, each uniform on {low, ..., high}. */
  integers(stream: Stream, parts: readonly { count: number; low: number; high: number }[]): Tensor;
}

/** Draws new numbers at every step of the source's clock. */
export function philox(builder: PlanBuilder, source: RandomSource): Randomness {
  return {
    normal(stream, shape) {
      const output = builder.tensor(stream, shape);
      fillNormal(builder, source, 2 * streams.indexOf(stream), output);
      return output;
    },
    integers(stream, parts) {
      const output = builder.tensor(stream, [parts.reduce((sum, { count }) => sum + count, 0)]);
      let start = 0;
      for (const [index, part] of parts.entries()) {
        fillIntegers(builder, source, output, {
          start,
          ...part,
          stream: 2 * streams.indexOf(stream) + index,
        });
        start += part.count;
      }
      return output;
    },
  };
}
