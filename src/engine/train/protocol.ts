import type { MemoryPart } from '../gpu/memory.ts';
import type { Control } from '../metrics/control.ts';
import type { DependenceCurve } from '../metrics/dependenceSummary.ts';
import type { Estimate, PerStep } from '../metrics/likelihood.ts';
import type { SetDistance } from '../metrics/setDistance.ts';
import type { LatentUse } from '../metrics/verdict.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { GenerationMode } from './config.ts';
import type { EvaluationReport } from './evaluationReport.ts';

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
  /** Row n has the same latent, and of whole series the same length, in every mode; NaN after its end. */
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

/** The cloud of the model as it is, and the reverse diffusion that led to its samples, on the same plane. */
export interface LatentTrajectory extends LatentCloud {
  /** From the draws of N(0, I) at timestep L to the samples at 0; empty where the method samples its prior. */
  frames: { timestep: number; points: Float32Array }[];
}

export interface Progress {
  /** Steps done. */
  step: number;
  steps: number;
  phase: 'joint' | 'denoiser';
  stepsPerSecond: number;
  /** Milliseconds a step takes where nothing limits the speed; 0 before one was timed. A recording leaves it out. */
  stepTime?: number;
  secondsLeft: number;
}

export interface Failure {
  cause: 'device-lost' | 'out-of-memory' | 'validation' | 'non-finite' | 'unreadable' | 'internal';
  message: string;
  /** What was kept. */
  saved: string;
  /** What to do next. */
  advice: string;
}

/** What a run takes of a GPU. */
export interface RunNeeds {
  bytes: number;
  parts: MemoryPart[];
  /** Multiply-adds of a step of the joint phase. */
  work: number;
}

/** What a step of the joint phase took where one was tried, in milliseconds, and how much work that was, as in RunNeeds. */
export interface StepTrial {
  time: number;
  work: number;
}

export type TrainerState = 'running' | 'paused' | 'finished' | 'stopped';

/** What was measured of a short run, on windows of the validation part. In nats a step, errors over series. */
export interface PilotMeasures {
  /** Windows behind the numbers. */
  windows: number;
  logLikelihood: Estimate;
  /** Lost when latents are exchanged, and when they are noise: over the last third. */
  swap: Estimate;
  noise: Estimate;
  /** Mean of m_{t,0} over the last third. */
  m0: number;
  /** False where the residual of the dependence is so large that `m0` cannot be trusted. */
  trusted: boolean;
  /** Correlation of series and the mean-mode free runs from their latents. */
  control: number;
}

/** A pilot run either was measured, or failed for a reason. */
export type PilotResult =
  | { measures: PilotMeasures; failure?: undefined }
  | { measures?: undefined; failure: string };

/** What is reported of pilot runs, by their place among the configs. */
export type PilotEvent =
  | { type: 'progress'; index: number; share: number; seconds: number }
  | { type: 'result'; index: number; result: PilotResult; seconds: number }
  | { type: 'end'; stopped: boolean }
  /** The pilot as a whole came to nothing. */
  | { type: 'failed'; message: string };

/** What a trainer reports. */
export type TrainerEvent =
  | ({ type: 'ready'; adapter: string; steps: number } & RunNeeds)
  | { type: 'losses'; rows: LossRow[] }
  | { type: 'progress'; progress: Progress }
  | { type: 'dependence'; curve: DependenceCurve }
  | { type: 'samples'; samples: SampleSet }
  | { type: 'cloud'; cloud: LatentCloud }
  | { type: 'state'; state: TrainerState }
  | { type: 'log'; message: string }
  /** Everything there is to go on from, after a step. */
  | { type: 'checkpoint'; checkpoint: Checkpoint }
  /** Back at an earlier step: what was reported of later ones no longer counts, and is reported again. */
  | { type: 'rewound'; step: number }
  | { type: 'failed'; failure: Failure };

export type ProbeName = ProbeResult['probe'];

/** What a probe found; metrics/verdict puts it into words. Series are in the data's own units, NaN where not observed. */
export type ProbeResult = SwapResult | PriorResult | ZeroResult | ShuffleResult;

/** Of two series, the first one's `own`, and the `other`'s; [seqLen, featureSize] each. */
export interface OwnAndOther {
  own: Float32Array;
  other: Float32Array;
}

export interface SwapResult {
  probe: 'swap';
  step: number;
  use: LatentUse;
  /** Held-out windows behind `use`. */
  windows: number;
  /** The two series, among the first windows, whose latents are farthest apart. */
  picture: {
    seqLen: number;
    featureSize: number;
    ids: [own: string, other: string];
    real: OwnAndOther;
    /** Means one step ahead, given the true past of the first series, with its own latent and with the other's. */
    predicted: OwnAndOther;
    /** Mean-mode free runs from either latent. */
    freeRun: OwnAndOther;
  };
}

export interface PriorResult {
  probe: 'prior';
  step: number;
  use: LatentUse;
  windows: number;
  /** `first` is the set from N(0, I), `second` that of the diffusion. */
  distances: Record<GenerationMode, SetDistance>;
  /** [count, seqLen, featureSize] each. Row n has the same observation noise in both sets. */
  series: {
    count: number;
    seqLen: number;
    featureSize: number;
    fromPrior: Record<GenerationMode, Float32Array>;
    fromDiffusion: Record<GenerationMode, Float32Array>;
  };
}

export interface ZeroResult {
  probe: 'zero';
  step: number;
  use: LatentUse;
  windows: number;
  /** Nats per step lost when every latent is 0. */
  lost: PerStep;
  /** Mean-mode free runs. */
  series: {
    count: number;
    seqLen: number;
    featureSize: number;
    /** [count, seqLen, featureSize] */
    real: Float32Array;
    fromEncoded: Float32Array;
    /** [seqLen, featureSize] */
    fromZero: Float32Array;
  };
}

/** Dependence on windows with or without their order; m0 and mLocal are means over the last third. */
export interface ShuffledDependence {
  curve: DependenceCurve;
  m0: number;
  mLocal: number;
  control: Control;
}

export interface ShuffleResult {
  probe: 'shuffle';
  step: number;
  ordered: ShuffledDependence;
  shuffled: ShuffledDependence;
}

/** m_{t,j} over series, row t - 1, column j < t. */
export interface DependenceMatrix {
  step: number;
  seqLen: number;
  /** [seqLen, seqLen]; 0 where j >= t. */
  values: Float32Array;
  /** max over t of |sum_j m_{t,j} - 1|. */
  residual: number;
  quadrature: number;
  series: number;
}

/** What a run can be saved as: model.safetensors, a PyTorch program, a bundle of ONNX graphs, a checkpoint with its history. */
export type ExportKind = 'weights' | 'torch' | 'onnx' | 'checkpoint';

/** What can be asked of a model, and what the answer is. */
export interface Answers {
  swap: SwapResult;
  prior: PriorResult;
  zero: ZeroResult;
  shuffle: ShuffleResult;
  matrix: DependenceMatrix;
  trajectory: LatentTrajectory;
  scores: EvaluationReport;
  /** The same with the costly ones. */
  costlyScores: EvaluationReport;
}

export type Question = keyof Answers;
