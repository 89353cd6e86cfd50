import type { ParameterSpec } from '../../gpu/parameterArena.ts';
import type { PlanBuilder } from '../../gpu/planBuilder.ts';
import type { Tensor } from '../../gpu/tensor.ts';
import type { SigmaRange } from '../../kernels/objective.ts';
import type { LikelihoodDescription } from './descriptions.ts';

/** Sizes of what the decoder's head puts out. */
export interface LikelihoodShape {
  featureSize: number;
  /** Gaussians in a mixture. */
  components: number;
  sigma: SigmaRange;
}

/** Tensors of one position of free-running generation. */
export type StepTensors = Record<'clock' | 'head' | 'noise' | 'x' | 'fed', Tensor>;

/** p(x_t | z, x_<t), from what the decoder's head puts out. */
export interface Likelihood extends LikelihoodDescription {
  /** Numbers that the head puts out at a position. */
  headSize(shape: LikelihoodShape): number;
  /** Standard normals that drawing a position takes. */
  noiseSize(shape: LikelihoodShape): number;
  /** Whether a position is D numbers mu + sigma epsilon: then a recurrence may draw it in its own dispatch. */
  drawnByFeature: boolean;
  /** Where the head's bias starts otherwise than PyTorch's, if anywhere. */
  startOfBias?(shape: LikelihoodShape): Pick<ParameterSpec, 'wide'>;
  /** Records l [T, rows] of x [T, series, D] over observed features; row r has series r mod series. */
  forward(
    builder: PlanBuilder,
    tensors: Record<'head' | 'x' | 'mask' | 'logLikelihood', Tensor>,
    shape: LikelihoodShape,
  ): void;
  /** Records dHead [T, rows, headSize] from dLogLikelihood [T, rows]. */
  backward(
    builder: PlanBuilder,
    tensors: Record<'head' | 'x' | 'mask' | 'logLikelihood' | 'dLogLikelihood' | 'dHead', Tensor>,
    shape: LikelihoodShape,
  ): void;
  /** Records position t of x [T, rows, D] from the head [rows, headSize]; what is fed back is left in `fed`. */
  step(builder: PlanBuilder, tensors: StepTensors, shape: LikelihoodShape): void;
  /** E[x_t] of every row of heads [n, headSize], on the CPU: [n, D]. */
  means(heads: Float32Array, shape: LikelihoodShape): Float32Array;
}
