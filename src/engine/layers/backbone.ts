import type { Gpu } from '../gpu/device.ts';
import type { ParameterArena, ParameterSpec } from '../gpu/parameterArena.ts';
import type { Plan } from '../gpu/plan.ts';
import type { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import type { SigmaRange } from '../kernels/objective.ts';
import type { DecoderWiring, LatentPath } from './latentPath.ts';
import type { Likelihood, StepTensors } from './likelihoods/likelihood.ts';
import type { LinearWeights } from './linear.ts';

/** Sizes of encoder and decoder. */
export interface NetworkShape {
  /** Name of the backbone. */
  backbone: string;
  seqLen: number;
  featureSize: number;
  hiddenSize: number;
  latentSize: number;
  /** Width in which z and each value enter the decoder. */
  tokenSize: number;
  layers: number;
  /** Attention heads; read by the Transformer alone. */
  heads: number;
  /** Start of the forget gate's bias in the decoder; read by the LSTM alone. */
  forgetBias: number;
  /** Name of the likelihood, and the Gaussians in it where it is a mixture. */
  likelihood: string;
  components: number;
  sigma: SigmaRange;
  wiring: DecoderWiring;
}

/** Encoder and decoder with their parameters. */
export interface Networks {
  shape: NetworkShape;
  arena: ParameterArena;
}

/** The decoder's input: z's tokens [rows, tokenSize], then tokens of values [T - 1, series, tokenSize]; row r has series r mod `series`. */
export interface Tokens {
  first: Tensor;
  rest: Tensor;
  /** Added to the row's token at every position, [rows, tokenSize]. */
  everywhere?: Tensor;
}

/** The decoder's input on the path of a dependence evaluation. */
export interface TokenPath {
  /** At the far end, and at the start, with one row for all series. */
  end: Tokens;
  start: Tokens;
  /**
   * Records into the tangents' plan what z adds at every node of `points` [4 + nodes] and its tangent there, since the way z
   * takes may bend: tokens [2 nodes series, tokenSize], the values before the tangents.
   */
  latents(points: Tensor): LatentPath;
}

/** What both plans of a dependence evaluation read and leave. */
export interface DependenceRecord {
  /** D_t = h_t(x) - h_t(0), [T, series, H]. */
  delta: Tensor;
  /** Ranges [start, end) of the positions that seed two directions, then the nodes in [0, 1]: [4 + nodes], written before each run. */
  points: Tensor;
  /** <D_t, tangent of h_t> for both directions and for the last input alone, [nodes * series, T, 3]. */
  products: Tensor;
}

/** How x_t is drawn and what is fed back in free-running generation. */
export interface GenerationOptions {
  addNoise: boolean;
  feedNoise: boolean;
}

/** What stands around the backbone in generation. */
export interface DecoderEnds {
  /** z's tokens [rows, tokenSize]. */
  first: Tensor;
  /** What z adds to the token of every position, [rows, tokenSize], and to the head's output, [rows, headSize]. */
  everywhere?: Tensor;
  skipHead?: Tensor;
  /** The token of a value, [tokenSize, D], no bias. */
  valueToken: Tensor;
  head: Required<LinearWeights>;
  sigma: SigmaRange;
  /** What the head's output is drawn from: position t, and what is fed back. */
  likelihood: Likelihood;
  observe: (builder: PlanBuilder, tensors: StepTensors) => void;
  /** Standard normals, [T, rows, noiseSize]. */
  noise: Tensor;
  /** The series, [T, rows, D]. */
  x: Tensor;
}

/** Free-running generation; the plan it was recorded to runs before it. */
export interface Generator {
  plans: readonly Plan[];
  /** @param between called between submits; throwing ends the generation */
  run(gpu: Gpu, options: GenerationOptions, between?: () => void | Promise<void>): Promise<void>;
}

/** What a backbone says of itself and of sizes, without its kernels. */
export interface BackboneDescription {
  name: string;
  label: string;
  /** Layers where the config names none. */
  defaultLayers: number;
  /** What is wrong with these sizes, as one sentence naming the key. */
  problem(model: { hiddenSize: number; heads: number }): string | undefined;
}

/** A sequence model that encoder and decoder are built on. Each function records into the builder it is given. */
export interface Backbone extends BackboneDescription {
  /** Width of the decoder's tokens, for a wanted one. */
  tokenSize(shape: { hiddenSize: number; tokenSize: number }): number;
  /** Width of what `encode` gives. */
  pooledSize(shape: NetworkShape): number;
  encoderParameters(shape: NetworkShape): ParameterSpec[];
  decoderParameters(shape: NetworkShape): ParameterSpec[];
  /** One vector per series over its valid positions: x and mask [T, B, D] -> [B, pooledSize]. */
  encode(builder: PlanBuilder, networks: Networks, x: Tensor, mask: Tensor): Tensor;
  /** h_t, the state after token t - 1, for every t at once: [T, rows, H]. */
  decode(builder: PlanBuilder, networks: Networks, tokens: Tokens): Tensor;
  /** Records the ends of the path gamma(s) = s x into one plan, the tangents at its nodes into another. */
  dependence(
    path: PlanBuilder,
    tangents: PlanBuilder,
    networks: Networks,
    tokens: TokenPath,
  ): DependenceRecord;
  /** Records what comes before the first position into `start`, and plans of its own for the positions. */
  generator(start: PlanBuilder, networks: Networks, ends: DecoderEnds): Generator;
}

const mostNodes = 8;
/** Bytes that the scratch of tangents may take. */
const scratchBudget = 64 * 2 ** 20;

/**
 * Nodes of the path in one submit, short enough that a pause is not kept waiting: a power of two, so that it divides the
 * number of nodes of a rule.
 * @param elements of scratch that a node takes
 */
export function nodesAtATime(elements: number): number {
  let nodes = mostNodes;
  while (nodes > 1 && elements * nodes * 4 > scratchBudget) nodes /= 2;
  return nodes;
}
