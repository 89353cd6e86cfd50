import type { Randomness } from '../diffusion/randomness.ts';
import type { ParameterArena } from '../gpu/parameterArena.ts';
import type { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import type { PenaltyName, SigmaRange } from '../kernels/objective.ts';
import type { NetworkShape } from '../layers/backbone.ts';
import type { DenoiserShape } from '../layers/denoiser.ts';

/** Sizes that fix the parameters and the plans. */
export interface ModelShape extends NetworkShape {
  sigma: SigmaRange;
  denoiser: DenoiserShape;
}

/** Parameters on the GPU. */
export interface Model {
  shape: ModelShape;
  arena: ParameterArena;
  /** Running statistics [2, Z] of the latent's batch normalisation; unused by methods without it. */
  running: Tensor;
}

/** A batch, position-major: both [T, B, D]. */
export interface Batch {
  x: Tensor;
  mask: Tensor;
}

/** Settings of the objectives; each method reads its own. */
export interface MethodOptions {
  inferenceEnd: number;
  collapseStart: number;
  gamma: number;
  eta: number;
  lambdaCS: number;
  penalty: PenaltyName;
  klWeight: number;
}

/** Tables by timestep 0..L. */
export interface TimestepTables {
  /** [L + 1, 2]: sqrt(alphaBar), sqrt(1 - alphaBar) */
  schedule: Tensor;
  /** [L + 1, 2]: weight of a likelihood row, weight of a penalty row */
  weights: Tensor;
  /** [L + 1, embeddingSize], see timeEmbedding */
  embedding: Tensor;
}

export interface ObjectiveContext {
  builder: PlanBuilder;
  model: Model;
  batch: Batch;
  randomness: Randomness;
  tables: TimestepTables;
  numTimesteps: number;
  options: MethodOptions;
}

/** What a method leaves for the report and for the diffusion. */
export interface Objective {
  /** The latents the diffusion learns, [B, Z]; detached there. */
  latents: Tensor;
  /** [rows]: series of the likelihood term, then, where there is a penalty, series of it. */
  likelihoodLoss: Tensor;
  /** KL of each series, [B]; zeros where the method has none. */
  klLoss: Tensor;
  lambda: number;
  klWeight: number;
}

/** A generative method: an objective over the shared layers. */
export interface Method {
  name: string;
  label: string;
  /** One sentence for the card. */
  summary: string;
  /** TeX of the objective. */
  formula: string;
  /** Numbers the encoder's head puts out, as a multiple of latentSize. */
  headsPerLatent: 1 | 2;
  /** Whether the latent passes through batch normalisation, whose statistics belong to the model. */
  normalised: boolean;
  /** Records the loss of a batch. Its gradients flow from `builder.backward()`. */
  record(context: ObjectiveContext): Objective;
  /** Records the latents of given series, without noise: [B, Z]. */
  encode(builder: PlanBuilder, model: Model, batch: Batch): Tensor;
}
