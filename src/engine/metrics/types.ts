import type { GpuScores } from './gpuScores.ts';

/** Series on the CPU, z-scored and padded to one length. A WindowSet is one. */
export interface SeriesBatch {
  count: number;
  seqLen: number;
  featureSize: number;
  /** [count, seqLen, featureSize]; 0 where missing. */
  values: Float32Array | Float64Array;
  /** [count, seqLen, featureSize]; 1 where observed, 0 in the padding. */
  mask: Float32Array;
  /** [count], positions of each series before its padding; absent where all fill `seqLen`. */
  lengths?: ArrayLike<number>;
}

/** Called between pieces of long work; throwing ends the work. */
export type Between = () => void | Promise<void>;

/** How well a classifier tells generated series from real ones it has not seen. */
export interface Discrimination {
  /** Share it puts on the right side. */
  accuracy: number;
  /** Area under the ROC curve: 0.5 is chance, 1 is certain. */
  area: number;
}

/** What every metric of one comparison shares. */
export interface ScoreContext {
  /** All held-out series: their statistics standardise what a metric compares. */
  reference: SeriesBatch;
  /** Unit vectors of that many dimensions, [directions, dimensions] row-major; the same ones at every call. */
  directions(dimensions: number): Float64Array;
  /** What is computed and trained on a GPU; absent where there is none. */
  gpu?: GpuScores;
}

/** Where a good score lies. */
export type Direction = 'lower' | 'higher' | 'one';

/** A distance, or a ratio, between generated and real series. */
export interface Metric {
  /** The key in files, e.g. `slicedWasserstein`. */
  name: string;
  /** The name on the screen. */
  label: string;
  direction: Direction;
  /** One sentence: what it measures. */
  help: string;
  /** False where the shape leaves nothing to measure; absent means always true. */
  applies?(shape: { seqLen: number; featureSize: number }): boolean;
  /** Takes seconds: left out unless costly scores are asked for. */
  costly?: true;
  /** Computed on a GPU: left out where there is none. */
  needsGpu?: true;
  score(generated: SeriesBatch, real: SeriesBatch, context: ScoreContext): number | Promise<number>;
}

/** A metric that is computed at once. */
export interface PlainMetric extends Metric {
  score(generated: SeriesBatch, real: SeriesBatch, context: ScoreContext): number;
}

/** One metric of one set of generated series. */
export interface Score {
  /** Generated against real; between samples as large as the floor's. */
  value: number;
  /** Real against real: one half of the held-out series against the other. */
  floor: number;
  /** The mean series, all zeros after scaling, against real. */
  zero: number;
}
