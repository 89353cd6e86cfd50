import { join } from 'node:path';
import * as v from 'valibot';
import type { LengthCounts } from '../../engine/data/lengths.ts';
import type { PreparedData, Scaler } from '../../engine/data/types.ts';
import { schemaProblem } from '../../engine/export/schemaProblem.ts';
import { type Config, ConfigError, parseStoredConfig } from '../../engine/train/config.ts';
import { UsageError } from './usageError.ts';
import { version } from './version.ts';

/** What a run adds to the config in config.json. */
export interface RunRecord {
  version: string;
  adapter: string;
  /** Columns as they were resolved; null where there is none. */
  columns: { id: string | null; time: string | null; features: string[] };
  /** Features the model sees: the columns, after the gap where there is one. */
  features: string[];
  seqLen: number;
  /** Of whole series: each length in the training part, and how many have it. */
  lengths?: LengthCounts;
  scaler: Scaler;
  /** Windows of each part. */
  split: { train: number; validation: number; test: number };
  /** What was guessed, dropped and cut. */
  notes: string[];
  /** Bytes on the GPU, as estimated and as allocated. */
  memoryBytes: number;
  started: string;
  state: 'running' | 'finished' | 'interrupted' | 'failed';
  /** Optimiser steps done. */
  steps: number;
  seconds: number;
}

/** The record of a run that is about to start. */
export function newRecord(
  config: Config,
  data: PreparedData,
  run: Pick<RunRecord, 'version' | 'adapter' | 'memoryBytes'>,
): RunRecord {
  const { id, time, features } = config.data;
  return {
    ...run,
    columns: { id, time, features },
    features: data.features,
    seqLen: data.train.seqLen,
    ...(data.lengths && { lengths: data.lengths }),
    scaler: data.scaler,
    split: { train: data.train.count, validation: data.validation.count, test: data.test.count },
    notes: data.notes,
    started: new Date().toISOString(),
    state: 'running',
    steps: 0,
    seconds: 0,
  };
}

/** config.json. */
export function configText(config: Config, run: RunRecord): string {
  return `${JSON.stringify({ ...config, run }, null, 2)}\n`;
}

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
/** What a run cannot do without; and the rest, which other versions may not have written. */
const recordSchema = v.looseObject({
  features: v.array(v.string()),
  seqLen: v.pipe(count, v.minValue(1)),
  scaler: v.looseObject({ mean: v.array(v.number()), standardDeviation: v.array(v.number()) }),
  version: v.optional(v.string(), 'unknown'),
  adapter: v.optional(v.string(), 'unknown'),
  split: v.optional(v.looseObject({ train: count, validation: count, test: count }), {
    ...{ train: 0, validation: 0, test: 0 },
  }),
  notes: v.optional(v.array(v.string()), []),
  started: v.optional(v.string(), ''),
  state: v.optional(v.string(), 'unknown'),
  steps: v.nullish(count, 0),
  seconds: v.nullish(v.number(), 0),
});

/** @param path of the folder @throws UsageError where it is no config.json of a run, or one with settings that this version does not know */
export function parseRecord(text: string, path: string): { config: Config; run: RunRecord } {
  const place = join(path, 'config.json');
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    // Said below.
  }
  if (!v.is(v.looseObject({ run: v.looseObject({}) }), record)) {
    throw new UsageError(`'${path}' holds no run: its config.json was not written by one.`);
  }
  const { run: stored, ...settings } = record;
  const run = v.safeParse(recordSchema, stored);
  if (!run.success) throw new UsageError(`${place}: of its run ${schemaProblem(run.issues[0])}.`);
  try {
    return { config: parseStoredConfig(settings), run: run.output as unknown as RunRecord };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const by = run.output.version;
    const other = by === version ? '' : ` (it was written by version ${by}, and this is ${version})`;
    throw new ConfigError(`${place}: ${error.message}${other}`);
  }
}
