import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import * as v from 'valibot';
import { unscale } from '../../engine/data/index.ts';
import { type NamedArray, readSafetensors, SafetensorsError } from '../../engine/export/safetensors.ts';
import { schemaProblem } from '../../engine/export/schemaProblem.ts';
import { describedMethod } from '../../engine/methods/descriptions.ts';
import { meanMatrix } from '../../engine/metrics/meanMatrix.ts';
import { type Config, type GenerationMode, generationModes } from '../../engine/train/config.ts';
import type { EvaluationReport } from '../../engine/train/evaluationReport.ts';
import { latentCloud } from '../../engine/train/latentCloud.ts';
import type { Numbers, ReportRecord, ReportRun } from '../../engine/train/reportData.ts';
import { shellWord } from './flags.ts';
import { cloudPart, keptSeries, numbers, rounded, samplesPart } from './reportParts.ts';
import type { EvaluationSettings } from './results.ts';
import { RunFolder } from './runFolder.ts';
import type { RunRecord } from './runRecord.ts';
import { type Table, wholeRows } from './runTables.ts';
import { UsageError } from './usageError.ts';

/** Latents of each kind that a report keeps of a run. */
const keptPoints = 256;
/** The matrix of a longer series would make the file larger than everything else in it. */
const longestMatrix = 256;

/**
 * Reads the folder of a run for a report. What a run that was stopped has not got is left out, and said.
 * @throws UsageError where the folder holds no run, or a file in it is damaged
 */
export async function readReportRun(path: string): Promise<ReportRun> {
  const { config, run } = await RunFolder.open(path);
  const evaluation = await optional(join(path, 'evaluation.json'), parseEvaluation);
  const arrays = await optional(join(path, 'evaluation.safetensors'), readArrays);
  const method = describedMethod(config.method.name).label;
  const notes: string[] = [];
  if (!evaluation) {
    notes.push(`It has not been evaluated: 'npm run lab -- evaluate --run ${shellWord(path)}' does that.`);
  }
  return {
    label: `${method} (${basename(resolve(path))})`,
    dataset: basename(config.data.source),
    config: {
      ...config,
      ...settingsOf(config, evaluation?.settings),
      data: { ...config.data, source: basename(config.data.source) },
    },
    steps: run.steps,
    record: recordOf(run),
    features: run.features,
    losses: await readTable(path, 'loss.csv'),
    curves: curvesOf(await readTable(path, 'dependence.csv')),
    evaluation,
    matrix: arrays && matrixOf(arrays, run.seqLen, notes),
    samples: arrays && samplesOf(arrays, run),
    cloud: arrays && cloudOf(arrays, run.steps),
    notes,
  };
}

function recordOf({ version, adapter, started, state, seconds, split }: RunRecord): ReportRecord {
  return { version, adapter, started, state, seconds, split };
}

async function optional<T>(path: string, read: (bytes: Buffer, path: string) => T): Promise<T | undefined> {
  return existsSync(path) ? read(await readFile(path), path) : undefined;
}

const group = v.looseObject({});
/** What a report draws from. */
const evaluationSchema = v.looseObject({
  dependence: v.looseObject({ points: v.array(group), m0: group, mLocal: group }),
  swap: group,
  noise: group,
  control: group,
  scores: v.looseObject({ sample: group, 'noise-not-fed-back': group, mean: group }),
  counts: group,
  seeds: group,
  notes: v.array(v.string()),
});

/** What an evaluation was made with; one that does not say was made with the run's own settings. */
function settingsOf(config: Config, settings: EvaluationSettings | undefined): Partial<Config> {
  if (!settings) return {};
  return { evaluate: settings.evaluate, diffusion: { ...config.diffusion, ...settings.diffusion } };
}

function parseEvaluation(bytes: Buffer, path: string): EvaluationReport & { settings?: EvaluationSettings } {
  let input: unknown;
  try {
    input = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new UsageError(`${path} is not JSON: 'evaluate' writes it anew.`);
  }
  const result = v.safeParse(evaluationSchema, input);
  if (result.success) return input as EvaluationReport & { settings?: EvaluationSettings };
  throw new UsageError(`${path}: ${schemaProblem(result.issues[0])}: 'evaluate' writes it anew.`);
}

function readArrays(bytes: Buffer, path: string): Map<string, NamedArray> {
  try {
    return readSafetensors(bytes).tensors;
  } catch (error) {
    if (error instanceof SafetensorsError) throw new UsageError(`${path}: ${error.message}`);
    throw error;
  }
}

/** Rows of numbers below a header; an empty cell, and a number that stopped being one, is null. */
async function readTable(folder: string, table: Table): Promise<Numbers[]> {
  const text = (await optional(join(folder, table), (bytes) => bytes.toString('utf8'))) ?? '';
  return wholeRows(table, text).map((line) =>
    line.split(',').map((cell) => (cell === '' ? null : rounded(Number(cell)))),
  );
}

function curvesOf(rows: readonly Numbers[]): ReportRun['curves'] {
  const steps = new Map<number, Numbers[]>();
  for (const row of rows) {
    const step = row[0] ?? 0;
    steps.set(step, [...(steps.get(step) ?? []), row]);
  }
  return [...steps].map(([step, points]) => ({
    step,
    residual: points[0]?.[8] ?? 0,
    points: points.map((row) => row.slice(1, 8)),
  }));
}

function matrixOf(
  arrays: ReadonlyMap<string, NamedArray>,
  seqLen: number,
  notes: string[],
): ReportRun['matrix'] {
  const matrices = arrays.get('dependence');
  const denominators = arrays.get('dependence_denominator');
  if (!matrices || !denominators) return undefined;
  if (seqLen > longestMatrix) {
    notes.push(`Its matrix of ${seqLen} positions is left out: it would make up most of this file.`);
    return undefined;
  }
  const { values, residual } = meanMatrix(matrices.data, denominators.data, seqLen);
  return { values: numbers(values, 3), seqLen, residual, series: matrices.shape[0] ?? 0 };
}

function samplesOf(arrays: ReadonlyMap<string, NamedArray>, run: RunRecord): ReportRun['samples'] {
  const windows = arrays.get('windows');
  const mask = arrays.get('feature_mask')?.data;
  if (!windows) return undefined;
  const { seqLen } = run;
  const featureSize = run.features.length;
  const sets = generationModes.map((mode) => arrays.get(`generated_${mode.replaceAll('-', '_')}`));
  const count = Math.min(keptSeries, windows.shape[0] ?? 0, ...sets.map((set) => set?.shape[0] ?? 0));
  const first = (data: ArrayLike<number>) =>
    unscale(
      Float32Array.from({ length: count * seqLen * featureSize }, (_, i) => data[i] as number),
      run.scaler,
    );
  const real = first(windows.data).map((value, i) => (mask && !mask[i] ? Number.NaN : value));
  const lengths = arrays.get('generated_lengths')?.data;
  const ended = (i: number) => {
    const place = Math.floor(i / featureSize);
    return (place % seqLen) + 1 > (lengths?.[Math.floor(place / seqLen)] ?? seqLen);
  };
  const untilEnd = (values: Float32Array) => values.map((value, i) => (ended(i) ? Number.NaN : value));
  const generated = Object.fromEntries(
    generationModes.map((mode, k) => [mode, untilEnd(first(sets[k]?.data ?? []))]),
  ) as Record<GenerationMode, Float32Array>;
  return samplesPart({ count, seqLen, featureSize, real, generated });
}

function cloudOf(arrays: ReadonlyMap<string, NamedArray>, step: number): ReportRun['cloud'] {
  const [encoded, sampled] = [arrays.get('latents'), arrays.get('sampled_latents')];
  const width = encoded?.shape[1];
  if (!encoded || !sampled || !width || (encoded.shape[0] ?? 0) < 2) return undefined;
  const few = ({ data }: NamedArray) =>
    Float32Array.from({ length: Math.min(data.length, keptPoints * width) }, (_, i) => data[i] as number);
  return cloudPart(latentCloud(step, width, few(encoded), few(sampled)));
}
