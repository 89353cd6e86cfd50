import type { Config } from '../../engine/train/config.ts';
import type { History } from '../../engine/train/history.ts';
import type { TrainerEvent } from '../../engine/train/protocol.ts';

/** A run on its way into a project: its checkpoint file, or where its weights are gone what the page knows of it. */
export interface RunToSave {
  name: string;
  dataset: string;
  shown: boolean;
  pinned: boolean;
  content: { checkpoint: Uint8Array | Blob } | { config: Config; history: History };
}

/** The data on their way into a project. */
export interface DataToSave {
  source: string;
  table?: File;
  labels?: File;
  /** Whether the files go in; else only what they are known by. */
  included: boolean;
}

/** A file that runs were trained on, and its content where the project had it. */
export interface KnownFile {
  name: string;
  size: number;
  crc32: string;
  file?: File;
}

/** A run of a project that was opened. */
export interface OpenedRun {
  name: string;
  dataset: string;
  shown: boolean;
  pinned: boolean;
  config: Config;
  history: TrainerEvent[];
  /** What it can go on from, where its weights were not gone. */
  saved?: { step: number; file: Blob };
}

export interface OpenedProject {
  data: { source: string; table?: KnownFile; labels?: KnownFile };
  runs: OpenedRun[];
}

/** Page to the worker of projects: one command, then the worker is done with. */
export type ProjectCommand =
  | { type: 'write'; data: DataToSave; runs: RunToSave[] }
  | { type: 'read'; file: Blob };

/** Worker to page. */
export type ProjectEvent =
  /** With the number of runs that are in it, and a sentence for everything that could not go in. */
  | { type: 'written'; file: Blob; runs: number; problems: string[] }
  | { type: 'read'; project: OpenedProject }
  | { type: 'failed'; message: string };
