import * as v from 'valibot';
import { schemaProblem } from '../../export/schemaProblem.ts';
import { beforeTheirTime, type Config, configKeys, defaults } from '../config.ts';
import type { EvaluationReport } from '../evaluationReport.ts';
import type { Failure } from '../protocol.ts';
import { ExperimentError } from './experimentFile.ts';

/** Every config key with its value, in one level. */
export type FlatConfig = Record<string, unknown>;

/** evaluation.json of a run, its dependence by position as two lists. NaN is null, as JSON has it. */
export interface RowEvaluation extends Omit<EvaluationReport, 'dependence'> {
  dependence: Omit<EvaluationReport['dependence'], 'points'> & {
    m0ByPosition: number[];
    mLocalByPosition: number[];
  };
}

/** One line of an experiment's results. */
export interface ResultRow {
  experiment: string;
  /** The run's label on every axis. */
  labels: Record<string, string>;
  status: 'finished' | 'failed';
  failure?: Pick<Failure, 'cause' | 'message'>;
  version: string;
  adapter: string;
  /** When the run began, ISO. */
  date: string;
  /** The built-in name, or `sha256:` and the digest of the file, so that the same data are known wherever they lie. */
  source: string;
  /** What differs from the defaults, and all keys; `data.source` of a file is its name without its folder. */
  changed: FlatConfig;
  config: FlatConfig;
  /** Windows of each part. */
  split: { train: number; validation: number; test: number };
  /** Optimiser steps done. */
  steps: number;
  /** Wall seconds: training, with its validations and live curves; generating the series that are scored. */
  seconds: { train: number; trainStep: number; sampling: number | null };
  /** The same in seconds of the process on all cores: what compares on a software GPU that others use too. */
  cpuSeconds: { train: number; trainStep: number; sampling: number | null };
  evaluation?: RowEvaluation;
}

const counts = v.looseObject({});
const rowSchema = v.looseObject({
  labels: v.record(v.string(), v.string()),
  status: v.picklist(['finished', 'failed']),
  adapter: v.string(),
  source: v.string(),
  config: v.record(v.string(), v.unknown()),
  seconds: counts,
  cpuSeconds: counts,
  evaluation: v.optional(counts),
});

const flatDefaults = flatten(defaults);

/** A config in one level. */
export function flatten(config: Config): FlatConfig {
  return Object.fromEntries(configKeys.map((key) => [key, valueAt(config, key)]));
}

/** The value at a path of keys with dots; undefined where there is none. */
export function valueAt(object: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | null)?.[key], object);
}

/** The keys that differ from the defaults. */
export function changedKeys(config: FlatConfig): FlatConfig {
  return Object.fromEntries(
    Object.entries(config).filter(
      ([key, value]) => JSON.stringify(value) !== JSON.stringify(flatDefaults[key]),
    ),
  );
}

/**
 * What tells runs apart: every key of the config, with the data by content. A key that a row was written without stands at
 * today's default, or at what it stood for before it came, so that a new setting leaves old results valid, while a changed
 * default does not.
 */
export function identity({ config, source }: Pick<ResultRow, 'config' | 'source'>): string {
  const full: FlatConfig = { ...flatDefaults, ...beforeTheirTime, ...config, 'data.source': source };
  return JSON.stringify(
    Object.keys(full)
      .sort()
      .map((key) => [key, full[key]]),
  );
}

/** What of an evaluation goes into a row. */
export function rowEvaluation(report: EvaluationReport): RowEvaluation {
  const { points, ...dependence } = report.dependence;
  const m0ByPosition = points.map(({ m0 }) => Number(m0.toPrecision(6)));
  const mLocalByPosition = points.map(({ mLocal }) => Number(mLocal.toPrecision(6)));
  return { ...report, dependence: { ...dependence, m0ByPosition, mLocalByPosition } };
}

/** A row and where it stands. */
export interface PlacedRow {
  row: ResultRow;
  /** `file:line` */
  place: string;
}

/**
 * The rows of a results file. Its last line may be torn, where the process was killed while it wrote, or whole without a line end,
 * as some editors leave it.
 * @returns the rows, and the length in characters of what is whole
 * @throws ExperimentError naming the line that is none
 */
export function parseRows(text: string, file: string): { rows: PlacedRow[]; whole: number } {
  const ended = text.lastIndexOf('\n') + 1;
  const whole = isJson(text.slice(ended)) ? text.length : ended;
  const rows = text
    .slice(0, whole)
    .split('\n')
    .flatMap((line, index) => {
      const place = `${file}:${index + 1}`;
      return line.trim() === '' ? [] : [{ row: parseRow(line, place), place }];
    });
  return { rows, whole };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function parseRow(line: string, place: string): ResultRow {
  let input: unknown;
  try {
    input = JSON.parse(line.replace(/^\uFEFF/, '')); // an editor's mark in front of the first line
  } catch {
    throw new ExperimentError(`${place} is not JSON: mend or delete the line`);
  }
  const result = v.safeParse(rowSchema, input);
  if (!result.success) throw new ExperimentError(`${place} is no result: ${schemaProblem(result.issues[0])}`);
  return input as ResultRow;
}

/** Whether a row settles its run: a failure that the same config would meet again does, a lost device does not. */
export function isSettled({ status, failure }: ResultRow): boolean {
  return status === 'finished' || failure?.cause === 'non-finite';
}

/**
 * Rows of several files, each run once. Within a file a later row of a run replaces an earlier one that did not settle it.
 * @throws ExperimentError naming both lines where two rows of one run differ in what was measured (times aside)
 */
export function mergeRows(all: readonly PlacedRow[]): PlacedRow[] {
  const kept = new Map<string, PlacedRow>();
  for (const placed of all) {
    const key = identity(placed.row);
    const before = kept.get(key);
    if (!before || (!isSettled(before.row) && isSettled(placed.row))) kept.set(key, placed);
    else if (isSettled(placed.row) && measured(before.row) !== measured(placed.row)) {
      throw new ExperimentError(
        `${before.place} and ${placed.place} are of the same run and differ in what they measured: delete one of them`,
      );
    }
  }
  return [...kept.values()];
}

/** What two rows of one run must agree in: the words of notes may have changed since. */
function measured({ status, failure, evaluation }: ResultRow): string {
  const { seconds: _, notes: _n, ...rest } = evaluation ?? { seconds: undefined, notes: undefined };
  return JSON.stringify([status, failure?.cause, evaluation ? rest : null]);
}
