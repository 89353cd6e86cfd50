import type { LengthCounts } from './lengths.ts';

/** What a series is for. */
export type Part = 'train' | 'validation' | 'test';
export const parts: readonly Part[] = ['train', 'validation', 'test'];

/** One series in the data's own units. */
export interface Series {
  id: string;
  /** What it is split with, a patient for example: series of one group stand in one part. Absent: by itself. */
  group?: string;
  /** What the data say it is for; of a set, all series have it or none. */
  part?: Part;
  length: number;
  /** [length, D] row-major; 0 where missing. */
  values: Float64Array;
  /** [length, D]; 1 where observed. */
  mask: Uint8Array;
  /** [length], as read. */
  times?: Float64Array;
}

export interface SeriesSet {
  features: string[];
  series: Series[];
  /** Unit of `times`, where it is known. */
  timeUnit?: string;
  /** Whether times count from the start of each series (and not from a calendar's origin). */
  relativeTimes?: boolean;
}

/**
 * Series of one length, scaled: windows cut from longer ones, or whole series padded at their end. What training and
 * evaluation read.
 */
export interface WindowSet {
  count: number;
  seqLen: number;
  featureSize: number;
  /** [count, seqLen, featureSize] z-scored; 0, the mean, where missing: what encoder and decoder are fed there. */
  values: Float32Array;
  /** [count, seqLen, featureSize]; 1 where observed, 0 in the padding. */
  mask: Float32Array;
  /** [count], positions of each before its padding; absent where every series fills the window. */
  lengths?: Uint32Array;
  /** The series each window was cut from. */
  ids: string[];
}

/** z = (x - mean) / standardDeviation per feature, fitted on the training part alone. */
export interface Scaler {
  mean: number[];
  standardDeviation: number[];
}

export interface PreparedData {
  features: string[];
  train: WindowSet;
  validation: WindowSet;
  test: WindowSet;
  scaler: Scaler;
  /** Lengths of the training series, from which generated series draw theirs; absent where all fill the window. */
  lengths?: LengthCounts;
  /** Plain sentences on what was guessed, dropped or cut. */
  notes: string[];
}

/** Where in a file a fault lies, and the window that would do where one is too long. */
export interface DataFault {
  /** The header is row 1. */
  row?: number;
  column?: string;
  window?: number;
}

/** A file that cannot be used: one sentence, with what is known of the fault. */
export class DataError extends Error {
  constructor(
    message: string,
    readonly fault: DataFault = {},
  ) {
    super(message);
    this.name = 'DataError';
  }
}
