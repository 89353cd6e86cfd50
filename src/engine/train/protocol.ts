import type { PreparedData } from '../data/types.ts';
import type { MemoryPart } from '../gpu/memory.ts';
import type { DependenceCurve } from '../metrics/dependenceSummary.ts';
import type { Config, GenerationMode } from './config.ts';

export type { DependenceCurve, DependencePoint } from '../metrics/dependenceSummary.ts';

/** One row of loss.csv; NaN where a phase does not compute the term. */
export interface LossRow {
  step: number;
  total: number;
  vi: number;
  cs: number;
  dm: number;
  kl: number;
  /** Norm of the gradient before clipping: the model's, or the denoiser's once it trains alone. */
  gradNorm: number;
  lr: number;
}

/** Real and generated series side by side, [count, seqLen, featureSize] each, in the data's own units. */
export interface SampleSet {
  step: number;
  /** NaN where nothing was observed. */
  real: Float32Array;
  /** Row n has the same latent in every mode. */
  generated: Record<GenerationMode, Float32Array>;
  count: number;
  seqLen: number;
  featureSize: number;
}

/**
 * Latents on the plane in which those of held-out series vary most, [n, 2] each. A method with a posterior encodes to its
 * mean. Draws of N(0, I) would lie around `origin`, with spread 1 along both axes.
 */
export interface LatentCloud {
  step: number;
  encoded: Float32Array;
  /** By the reverse diffusion. */
  sampled: Float32Array;
  /** Where z = 0 lies. */
  origin: [x: number, y: number];
  /** Share of the encoded latents' variance along each axis. */
  explained: [x: number, y: number];
}

export interface Progress {
  /** Steps done. */
  step: number;
  steps: number;
  phase: 'joint' | 'denoiser';
  stepsPerSecond: number;
  secondsLeft: number;
}

export interface Failure {
  cause: 'device-lost' | 'out-of-memory' | 'validation' | 'non-finite' | 'internal';
  message: string;
  /** What was kept. */
  saved: string;
  /** What to do next. */
  advice: string;
}

export interface MemoryEstimate {
  bytes: number;
  parts: MemoryPart[];
}

export type TrainerState = 'running' | 'paused' | 'finished' | 'stopped';

/** What a trainer reports. */
export type TrainerEvent =
  | { type: 'ready'; adapter: string; bytes: number; parts: MemoryPart[]; steps: number }
  | { type: 'losses'; rows: LossRow[] }
  | { type: 'progress'; progress: Progress }
  | { type: 'dependence'; curve: DependenceCurve }
  | { type: 'samples'; samples: SampleSet }
  | { type: 'cloud'; cloud: LatentCloud }
  | { type: 'state'; state: TrainerState }
  | { type: 'log'; message: string }
  | { type: 'failed'; failure: Failure };

/** What the page tells its worker. */
export type TrainerCommand =
  | { type: 'probe' }
  | { type: 'load'; config: Config; data: PreparedData }
  | { type: 'run' }
  | { type: 'pause' }
  | { type: 'step' }
  | { type: 'reset' };
