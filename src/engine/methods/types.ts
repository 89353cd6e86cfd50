import type { Randomness } from '../diffusion/randomness.ts';
import type { ParameterArena } from '../gpu/parameterArena.ts';
import type { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import type { PenaltyName } from '../kernels/objective.ts';
import type { NetworkShape } from '../layers/backbone.ts';
import type { DenoiserShape } from '../layers/denoiser.ts';
import type { DecoderWiring } from '../layers/latentPath.ts';

/** Sizes that fix the parameters and the plans. */
export interface ModelShape extends NetworkShape {
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
  /** Share of a batch's series whose penalty a training step takes. */
  penaltyShare: number;
  /** What the noise of a penalty row is: N(0, I), another series' v, or half of the rows each. */
  negatives: 'tail' | 'perm' | 'mix';
  /** l_ref of the hinge: N(0, I), or a mixture fitted to the training values. */
  reference: 'standard' | 'fitted';
  klWeight: number;
  klSchedule: 'linear' | 'logistic' | 'cyclical';
  /** Share of the joint phase, or of a cycle, over which the KL weight rises. */
  klRamp: number;
  klCycles: number;
  maskProbability: number;
  /** lambda of the mutual information constraint. */
  mutualInformation: number;
  /** K, latents drawn for each series. */
  importanceSamples: number;
  /** L of the Brenier map. */
  inverseLipschitz: number;
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

/** Tables that a method's options fill. */
export interface MethodTables {
  /** [steps]: the KL term's weight at each optimiser step */
  klWeights: Tensor;
  /** [components, 1 + 2D], see mixtureLogDensity; planned where `reference` is fitted */
  reference?: Tensor;
}

export interface ObjectiveContext {
  builder: PlanBuilder;
  model: Model;
  batch: Batch;
  randomness: Randomness;
  tables: TimestepTables & MethodTables;
  /** u32 [4], the optimiser's step in element 0; backward kernels alone read it. */
  clock: Tensor;
  numTimesteps: number;
  options: MethodOptions;
}

/** What a method leaves for the report and for the diffusion. */
export interface Objective {
  /** The latents the diffusion learns, [B, Z]; detached there. */
  latents: Tensor;
  /** [rows]: the likelihood term of each series, then, where there is a penalty, that of each. */
  likelihoodLoss: Tensor;
  /** KL of each series, [B]; zeros where the method has none. */
  klLoss: Tensor;
  lambda: number;
}

/** A term of the loss: likelihood, penalty, KL, denoiser. */
export type LossTerm = 'vi' | 'cs' | 'kl' | 'dm';

/** What a method says of itself: plain data. */
export interface MethodDescription {
  name: string;
  label: string;
  /** One sentence for the card. */
  summary: string;
  /** TeX of the objective. */
  formula: string;
  /** What its loss is made of. */
  terms: readonly LossTerm[];
  /** The settings it reads. */
  options: readonly (keyof MethodOptions)[];
  /** Where the latents of new series come from: the reverse diffusion, or N(0, I); then no denoiser is trained. */
  sampler: 'diffusion' | 'prior';
}

/** A generative method: an objective over the shared layers. */
export interface Method extends MethodDescription {
  /** Numbers the encoder's head puts out, as a multiple of latentSize. */
  headsPerLatent: 1 | 2;
  /** Whether the latent passes through batch normalisation, whose statistics belong to the model. */
  normalised: boolean;
  /** How z and the values enter the decoder. */
  wiring(options: MethodOptions): DecoderWiring;
  /** Weight of the KL term when `progress`, in [0, 1], of the joint phase is done; 0 where there is none. */
  klWeight(options: MethodOptions, progress: number): number;
  /** Records the loss of a batch. Its gradients flow from `builder.backward()`. */
  record(context: ObjectiveContext): Objective;
  /** Records what the encoder says of given series: v [B, Z], or means and log variances of q(z | X), [B, 2Z]. */
  posterior(builder: PlanBuilder, model: Model, batch: Batch): Tensor;
  /** Records latents [B, Z] of it: v as it is; of q(z | X) draws by the noise [B, Z], without it the means. */
  latents(builder: PlanBuilder, posterior: Tensor, noise?: Tensor): Tensor;
}
