import * as v from 'valibot';
import type { PreparedData } from '../data/types.ts';
import { crc32 } from '../export/crc32.ts';
import {
  type NamedArray,
  readSafetensors,
  SafetensorsError,
  writeSafetensors,
} from '../export/safetensors.ts';
import { schemaProblem } from '../export/schemaProblem.ts';
import { type Config, parseStoredConfig } from './config.ts';
import { readHistory, type StoredHistory } from './history.ts';
import type { TrainerEvent } from './protocol.ts';

/** Raised when the file's layout changes. */
const checkpointVersion = 1;

const whole = v.pipe(v.number(), v.integer());
const countersSchema = v.strictObject({
  /** Optimiser steps done. */
  step: whole,
  /** Step of the last evaluation, -1 before the first. */
  evaluatedAt: whole,
  /** Quadrature nodes of the last curve. */
  nodes: whole,
  /** Step of the last validation, -1 before the first. */
  validatedAt: whole,
  /** The best validation objective so far; null before the first. */
  best: v.nullable(v.number()),
  /** Whether the posteriors of the second phase are frozen. */
  frozen: v.boolean(),
  /** What the learning rates are multiplied by: halved with every rollback. */
  rateScale: v.number(),
  /** Rollbacks after a loss that was no longer a finite number. */
  rollbacks: whole,
});

/** What a trainer knows beside its tensors. */
export type Counters = v.InferOutput<typeof countersSchema>;

/** Before the first step. */
export const atStart: Counters = {
  step: 0,
  evaluatedAt: -1,
  nodes: 0,
  validatedAt: -1,
  best: null,
  frozen: false,
  rateScale: 1,
  rollbacks: 0,
};

/**
 * A run between two steps: training on from here gives the bits of never having stopped. Tensors, float32, by name: every
 * parameter; `adam.moment1.NAME` and `adam.moment2.NAME`; the running statistics; `best.NAME`, the best snapshot, once there is
 * one; `latents`, what the encoder says of the training windows
 * ([n, Z], or [n, 2Z] where that is a distribution), once it is frozen.
 */
export interface Checkpoint {
  config: Config;
  /** See `fingerprint`. */
  data: string;
  counters: Counters;
  tensors: Map<string, NamedArray>;
}

/** A checkpoint that cannot be read, or does not belong to the run: one sentence. */
export class CheckpointError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CheckpointError';
  }
}

/** Tells data sets apart: the CRC-32 of all windows and masks. */
export function fingerprint({ train, validation, test }: PreparedData): string {
  return crc32(...[train, validation, test].flatMap(({ values, mask }) => [values, mask]));
}

const prefix = 'history/';

/** A checkpoint as a safetensors file, with a checksum, and with what was reported so far where that is given. */
export function writeCheckpoint(
  { config, data, counters, tensors }: Checkpoint,
  history?: StoredHistory,
): Uint8Array<ArrayBuffer> {
  return writeRun(config, { data, counters: JSON.stringify(counters) }, tensors, history);
}

/** What a run reported whose weights are gone: the same kind of file, without counters and tensors to go on from. */
export function writeReports(config: Config, history: StoredHistory): Uint8Array<ArrayBuffer> {
  return writeRun(config, {}, new Map(), history);
}

function writeRun(
  config: Config,
  place: Record<string, string>,
  tensors: ReadonlyMap<string, NamedArray>,
  history: StoredHistory | undefined,
): Uint8Array<ArrayBuffer> {
  const all = new Map(tensors);
  for (const [name, array] of history?.tensors ?? []) all.set(prefix + name, array);
  const metadata: Record<string, string> = {
    format: 'posterior-lab checkpoint',
    version: String(checkpointVersion),
    config: JSON.stringify(config),
    ...place,
    ...(history && { history: history.text }),
  };
  return writeSafetensors(all, { ...metadata, crc32: checksum(all, metadata) }) as Uint8Array<ArrayBuffer>;
}

/** Reads a checkpoint, and the reports that its history repeats. @throws CheckpointError with the reason */
export function readCheckpoint(bytes: Uint8Array): { checkpoint: Checkpoint; history: TrainerEvent[] } {
  const { checkpoint, history } = readRun(bytes);
  if (!checkpoint)
    throw new CheckpointError(
      'The file holds what a run reported, and no weights: nothing can go on from it.',
    );
  return { checkpoint, history };
}

/**
 * Reads what `writeCheckpoint` or `writeReports` wrote.
 * @throws CheckpointError with the reason
 */
export function readRun(bytes: Uint8Array): {
  config: Config;
  /** Absent where the weights were gone. */
  checkpoint?: Checkpoint;
  history: TrainerEvent[];
} {
  const { tensors: all, metadata } = readFile(bytes);
  const { crc32: sum, ...rest } = metadata;
  if (rest.format !== 'posterior-lab checkpoint') {
    throw new CheckpointError('This safetensors file is no checkpoint of Posterior Lab.');
  }
  if (Number(rest.version) > checkpointVersion) {
    throw new CheckpointError(
      `The checkpoint has version ${rest.version}, and this program reads up to ${checkpointVersion}: update it.`,
    );
  }
  if (sum !== checksum(all, rest)) {
    throw new CheckpointError('The checkpoint is damaged: its checksum does not fit its content.');
  }
  const config = readPart('settings', () => parseStoredConfig(JSON.parse(rest.config ?? '')));
  const past = [...all].filter(([name]) => name.startsWith(prefix));
  const history = readPart('history', () =>
    rest.history === undefined
      ? []
      : readHistory({
          text: rest.history,
          tensors: new Map(past.map(([name, array]) => [name.slice(prefix.length), array])),
        }),
  );
  if (rest.counters === undefined) return { config, history };
  const counters = readPart('counters', () => v.parse(countersSchema, JSON.parse(rest.counters ?? '')));
  const tensors = new Map([...all].filter(([name]) => !name.startsWith(prefix)));
  return { config, checkpoint: { config, data: rest.data ?? '', counters, tensors }, history };
}

/** @throws CheckpointError where a run with these settings, on these data, cannot go on from the checkpoint */
export function checkFits(checkpoint: Checkpoint, config: Config, data: PreparedData): void {
  const place = ({ data: { source: _, ...rest }, ...others }: Config) => JSON.stringify([rest, others]);
  if (place(checkpoint.config) !== place(config)) {
    throw new CheckpointError(
      'The checkpoint was made with other settings than the run has: start the run anew.',
    );
  }
  if (checkpoint.data !== fingerprint(data)) {
    throw new CheckpointError(
      'The checkpoint was made on other data than these: open the data it was trained on, or start the run anew.',
    );
  }
}

function readFile(bytes: Uint8Array) {
  try {
    return readSafetensors(bytes);
  } catch (error) {
    if (error instanceof SafetensorsError) throw new CheckpointError(error.message);
    throw error;
  }
}

/** @throws CheckpointError naming the part, with the reader's own reason */
function readPart<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const reason = error instanceof v.ValiError ? schemaProblem(error.issues[0]) : (error as Error).message;
    throw new CheckpointError(`The checkpoint's ${name} cannot be read: ${reason.replace(/\.$/, '')}.`);
  }
}

/** Over names, shapes and numbers of the tensors, and every line of the metadata. */
function checksum(
  tensors: ReadonlyMap<string, NamedArray>,
  metadata: Readonly<Record<string, string>>,
): string {
  const names = [...tensors].map(([name, { shape }]) => [name, shape]);
  const lines = Object.entries(metadata).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const text = new TextEncoder().encode(JSON.stringify([names, lines]));
  return crc32(text, ...[...tensors.values()].map(({ data }) => data));
}
