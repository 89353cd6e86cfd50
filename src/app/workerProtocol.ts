import type { ColumnFacts } from '../engine/data/columnFacts.ts';
import type { EventItem } from '../engine/data/events.ts';
import type { Form } from '../engine/data/form.ts';
import type { ReadProgress } from '../engine/data/readSource.ts';
import type { DataFault } from '../engine/data/types.ts';
import type { Config } from '../engine/train/config.ts';
import type { ParityCase } from '../engine/train/exportAnswers.ts';
import type {
  Answers,
  ExportKind,
  Failure,
  PilotEvent,
  Question,
  RunNeeds,
  StepTrial,
  TrainerEvent,
} from '../engine/train/protocol.ts';

import type { Mapping } from './data/mapping.ts';
import type { KeepReport, KeptData, RunLabel } from './keep/keptRun.ts';
import type { OwnFiles } from './runs/runView.ts';

/** What is in a data set before it is cut into windows. Generators have no columns to map. */
export interface Dataset {
  /** The built-in name, or the file's name. */
  name: string;
  kind: 'generator' | 'sample' | 'file';
  /** Header of the table; empty for a generator. */
  columns: string[];
  /** Columns that hold numbers throughout, and so may be features. */
  numeric: string[];
  rows: number;
  /** What a look at every cell told of each column; nothing for a generator. */
  facts: readonly ColumnFacts[];
  /** The guess, which the page puts into the settings for the user to correct. */
  mapping: Mapping;
  /** How the table is read, and what it would be known as. */
  form: Form;
  knownAs: Form;
  /** Gap feature that suits the table. */
  gap?: 'log';
  /** Of a table of measurements: what can be chosen, the most frequent first. */
  items: readonly EventItem[];
  /** Why the columns were guessed so, a sentence each. */
  reasons: string[];
}

/** A few series to look at, [count, seqLen, featureSize], in the data's own units; NaN where nothing was observed. */
export interface Preview {
  values: Float32Array;
  count: number;
  seqLen: number;
  featureSize: number;
  ids: string[];
}

/** What a run with these settings would train on and need. */
export interface PreparedSummary {
  features: string[];
  /** Whether these are whole series, each of its own length. */
  whole: boolean;
  /** Windows, or whole series, of each part. */
  counts: { train: number; validation: number; test: number };
  notes: string[];
  preview: Preview;
  needs: RunNeeds;
}

/** A file or setting that cannot be used: the sentence to show, and its place. */
export interface DataFailure extends DataFault {
  message: string;
}

/**
 * Where the data come from: a generator's name, the address of a bundled sample, a file, with names for its items perhaps, or
 * files kept from an earlier visit.
 */
export type DataOrigin = { name: string; address?: string; file?: Blob; labels?: Blob; kept?: KeptData };

/** A run to be trained: from random weights, from those of a file, or on from a checkpoint. */
export interface LoadedRun {
  run: string;
  config: Config;
  /** A checkpoint file to go on from, or the one that is kept; its history comes as events of the run first. */
  checkpoint?: Uint8Array | 'kept';
  /** A model.safetensors to begin with. */
  weights?: Uint8Array;
}

/** What short runs are made for: the surface over N and M, or the choice of N, M and lambda_CS. */
export type PilotPurpose = 'sweep' | 'choice';

/** Page to worker. Every answer repeats its `request`, so that late answers to old questions can be told. */
export type WorkerCommand =
  | { type: 'probe' }
  | { type: 'open'; request: number; origin: DataOrigin; config: Config }
  /** Guesses anew from the table that is open, with other settings or with names for its items. */
  | { type: 'guess'; request: number; config: Config; labels?: Blob }
  /** Ends the reading of a file; what was open before stays. */
  | { type: 'cancel' }
  | { type: 'prepare'; request: number; config: Config }
  /** Compiles what runs with these settings will need, on what was prepared last, so that they begin at once. */
  | { type: 'compile'; configs: readonly Config[] }
  /** Gives up every trainer there is and builds one for each run on what was prepared last. The windows stay in the worker. */
  | { type: 'load'; runs: readonly LoadedRun[] }
  /** Of all runs loaded last, side by side. */
  | { type: 'run' }
  | { type: 'pause' }
  | { type: 'step' }
  | { type: 'reset' }
  /** Steps a second at the most; null for as fast as it goes. */
  | { type: 'speed'; limit: number | null }
  | { type: 'ask'; run: string; question: Question }
  /** Trains a short run of each config, one after the other, on what was prepared last; pilot runs before them stop. */
  | { type: 'pilot'; purpose: PilotPurpose; configs: readonly Config[] }
  | { type: 'stop-pilot' }
  /** From now on runs are kept on this machine. What is kept already is reported, and then the past of every run that ended. */
  | { type: 'keep' }
  /** What the page calls a run; of a run that is to be loaded it comes first. */
  | { type: 'label'; run: string; label: RunLabel }
  /** Removes what is kept of all runs. */
  | { type: 'forget' }
  /** The model of a run as a file, or what its exported graphs are to be held against. */
  | { type: 'export'; run: string; request: number; what: ExportKind | 'parity' };

/** The commands of some types. */
export type Command<T extends WorkerCommand['type']> = Extract<WorkerCommand, { type: T }>;

/** Worker to page. */
export type WorkerEvent =
  | { type: 'run'; run: string; event: TrainerEvent }
  | { type: 'answer'; run: string; question: Question; answer: Answers[Question] }
  | { type: 'no-answer'; run: string; question: Question; message: string }
  /** The GPU that runs are trained on; `fallback` is the browser's software GPU. */
  | { type: 'adapter'; name: string; fallback: boolean }
  /** How many pipelines the device has, those of the last `compile` among them. */
  | { type: 'compiled'; pipelines: number }
  /** What a step takes on that GPU, once for each, before it has trained anything. */
  | { type: 'tried'; trial: StepTrial }
  | { type: 'no-webgpu'; reason: 'no-api' | 'no-adapter'; message: string }
  | { type: 'exported'; request: number; result: Uint8Array | ParityCase }
  | { type: 'not-exported'; request: number; message: string }
  | { type: 'reading'; request: number; progress: ReadProgress }
  | { type: 'cancelled'; request: number }
  /** With the user's own files, where they were kept from an earlier visit. */
  | { type: 'opened'; request: number; dataset: Dataset; files?: OwnFiles }
  | { type: 'prepared'; request: number; summary: PreparedSummary }
  | { type: 'data-failed'; request: number; failure: DataFailure }
  | { type: 'kept'; report: KeepReport }
  /** What a kept run reported on an earlier visit. */
  | { type: 'past'; run: string; events: readonly TrainerEvent[] }
  | { type: 'pilot'; purpose: PilotPurpose; event: PilotEvent }
  /** The worker itself has stopped. */
  | { type: 'crashed'; failure: Failure };
