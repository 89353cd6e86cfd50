import { metrics } from '../../metrics/index.ts';
import { generationModes } from '../config.ts';
import { ExperimentError, unknownName } from './experimentFile.ts';
import { type ResultRow, valueAt } from './resultRow.ts';

/** A number of a run that a table can show, or a chart can draw. */
export interface Measure {
  name: string;
  label: string;
  /** Path in a row. */
  path: string;
  /** Path of the same number for real against real, where there is one. */
  floorPath?: string;
  /** Where a good value lies, where one is known. */
  better?: 'lower' | 'higher' | 'one';
  /** Divided by the mean of latent diffusion with the same data, networks, budget and adapter. */
  relative?: boolean;
  unit?: string;
  /** Path of what says whether the number can be trusted, where something does. */
  trustPath?: string;
}

const scoreMeasures: Measure[] = metrics.flatMap(({ name, label, direction }) =>
  generationModes.map((mode) => ({
    name: mode === 'sample' ? name : `${name}@${mode}`,
    label: mode === 'sample' ? label : `${label} (${mode})`,
    path: `evaluation.scores.${mode}.${name}.value`,
    floorPath: `evaluation.scores.${mode}.${name}.floor`,
    better: direction,
  })),
);

const trustPath = 'evaluation.dependence.trusted';

/** Every measure with a name; a path into a row's evaluation is one too. */
export const measures: readonly Measure[] = [
  {
    name: 'logLikelihood',
    label: 'log-likelihood',
    path: 'evaluation.logLikelihood.all',
    better: 'higher',
    unit: 'nats a step',
  },
  {
    name: 'swap',
    label: 'swap, last third',
    path: 'evaluation.swap.lastThird',
    better: 'higher',
    unit: 'nats a step',
  },
  { name: 'noise', label: 'noise, last third', path: 'evaluation.noise.lastThird', unit: 'nats a step' },
  { name: 'control', label: 'control', path: 'evaluation.control.correlation', better: 'one' },
  { name: 'controlSpread', label: 'spread of control', path: 'evaluation.control.spread', better: 'one' },
  { name: 'm0', label: 'm_{t,0}, last third', path: 'evaluation.dependence.m0.lastThird', trustPath },
  {
    name: 'mLocal',
    label: 'm_{t,t-1}, last third',
    path: 'evaluation.dependence.mLocal.lastThird',
    trustPath,
  },
  { name: 'residual', label: 'residual', path: 'evaluation.dependence.residual', better: 'lower' },
  ...scoreMeasures,
  { name: 'trainSeconds', label: 'training', path: 'seconds.train', unit: 's', better: 'lower' },
  { name: 'stepSeconds', label: 'training step', path: 'seconds.trainStep', unit: 's', better: 'lower' },
  {
    name: 'stepCpuSeconds',
    label: 'training step, all cores',
    path: 'cpuSeconds.trainStep',
    unit: 's',
    better: 'lower',
  },
  { name: 'samplingSeconds', label: 'sampling', path: 'seconds.sampling', unit: 's', better: 'lower' },
  {
    name: 'trainingTime',
    label: 'training time / latent diffusion',
    path: 'trainStep',
    relative: true,
    better: 'lower',
  },
  {
    name: 'samplingTime',
    label: 'sampling time / latent diffusion',
    path: 'sampling',
    relative: true,
    better: 'lower',
  },
];

/** The measure of that name, or at that path. @throws ExperimentError with the nearest one */
export function measureNamed(name: string): Measure {
  const found = measures.find((measure) => measure.name === name);
  if (found) return found;
  if (!name.includes('.'))
    throw new ExperimentError(
      unknownName(
        'value',
        name,
        measures.map((one) => one.name),
      ),
    );
  const path = /^(evaluation|seconds|cpuSeconds|split)\.|^steps$/.test(name) ? name : `evaluation.${name}`;
  const floorPath = path.endsWith('.value') ? path.replace(/value$/, 'floor') : undefined;
  return { name, label: name, path, floorPath };
}

/** A number of a row; NaN where the row has none. */
export function numberAt(row: ResultRow, path: string): number {
  const value = valueAt(row, path);
  return typeof value === 'number' ? value : Number.NaN;
}

/** A measure of one row. @param all the rows among which the row of latent diffusion is looked for */
export function measureOf(row: ResultRow, measure: Measure, all: readonly ResultRow[]): number {
  if (!measure.relative) return numberAt(row, measure.path);
  const path = `${clockOf(row)}.${measure.path}`;
  const key = settingKey(row);
  const references = all.filter(
    (other) =>
      other.status === 'finished' &&
      other.config['method.name'] === 'latent-diffusion' &&
      settingKey(other) === key,
  );
  return numberAt(row, path) / mean(references.map((other) => numberAt(other, path)).filter(Number.isFinite));
}

/**
 * Which clock compares runs on this adapter: a software GPU works on the processor, where other programs take their share of the
 * wall time; a GPU's work is no time of the process.
 */
function clockOf({ adapter }: ResultRow): 'cpuSeconds' | 'seconds' {
  return /llvmpipe|lavapipe|swiftshader/i.test(adapter) ? 'cpuSeconds' : 'seconds';
}

/** What two runs share that differ in nothing but method and seed. */
function settingKey({ config, source, adapter }: ResultRow): string {
  const entries = Object.entries({ ...config, 'data.source': source }).filter(
    ([key]) => !key.startsWith('method.') && key !== 'train.seed',
  );
  return JSON.stringify([adapter, entries.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** NaN of nothing. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
