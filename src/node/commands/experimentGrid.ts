import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { sourceByName } from '../../engine/data/index.ts';
import { ConfigError } from '../../engine/train/config.ts';
import {
  type Experiment,
  ExperimentError,
  parseExperiment,
  type Settings,
  unknownName,
} from '../../engine/train/experiment/experimentFile.ts';
import { type Cell, cells } from '../../engine/train/experiment/grid.ts';
import { flatten, identity } from '../../engine/train/experiment/resultRow.ts';
import { axesGiven, nameAndValue } from './axisFlag.ts';
import { setEntries } from './configFlags.ts';
import { flagValue, type Given, valuesOf } from './flags.ts';
import { readJson } from './readJson.ts';
import { UsageError } from './usageError.ts';

/** A run with its data's fingerprint and what tells it from others. */
export interface PlannedRun {
  cell: Cell;
  source: string;
  identity: string;
}

/**
 * Every run of an experiment's grid, as the flags change it.
 * @throws ExperimentError naming the file, and UsageError
 */
export async function readGrid(path: string, given: Given): Promise<{ title: string; grid: Cell[] }> {
  try {
    const plan = await readExperiment(path, given);
    return { title: plan.title, grid: gridOf(plan, given) };
  } catch (error) {
    if (!(error instanceof ExperimentError || error instanceof ConfigError)) throw error;
    throw new ExperimentError(`${path}: ${error.message}${/[.:?]$/.test(error.message) ? '' : '.'}`);
  }
}

/** @throws UsageError where a data file cannot be read */
export async function plannedRuns(chosen: readonly Cell[]): Promise<PlannedRun[]> {
  const fingerprints = new Map<string, string>();
  const runs: PlannedRun[] = [];
  for (const cell of chosen) {
    const { source } = cell.config.data;
    let fingerprint = fingerprints.get(source);
    if (fingerprint === undefined) {
      fingerprint = sourceByName(source) ? source : await digest(source, cell.labels.data);
      fingerprints.set(source, fingerprint);
    }
    const found = { source: fingerprint, config: flatten(cell.config) };
    runs.push({ cell, source: fingerprint, identity: identity(found) });
  }
  return runs;
}

/** @throws UsageError saying how to name the file, or to do without */
async function digest(path: string, label: string | undefined): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk);
  } catch {
    const advice = label
      ? `give it by --data ${label}=FILE, or leave it out with --axis data=A,B`
      : 'name another';
    throw new UsageError(`the data file '${path}' cannot be read: ${advice}.`);
  }
  return `sha256:${hash.digest('hex')}`;
}

/** What the data are called in the results: no path of this machine. */
export function sourceName(source: string): string {
  return sourceByName(source) ? source : basename(source);
}

/** `earthquakes-lstm-latent-diffusion-0-1a2b3c`: the labels, and what tells apart runs that share them. */
export function folderName({ cell, identity: id }: PlannedRun): string {
  const words = Object.values(cell.labels).map((label) =>
    label.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '-'),
  );
  return [...words, createHash('sha256').update(id).digest('hex').slice(0, 6)].join('-');
}

/** The file's experiment, its data files beside it unless `--data` names others. */
async function readExperiment(path: string, given: Given): Promise<Experiment> {
  const plan = parseExperiment(await readJson(path));
  const beside = (settings: Settings): Settings => {
    const source = settings['data.source'];
    if (typeof source !== 'string' || sourceByName(source)) return settings;
    return { ...settings, 'data.source': resolve(dirname(path), source) };
  };
  const axes: Experiment['axes'] = Object.fromEntries(
    Object.entries(plan.axes).map(([name, axis]) => [
      name,
      Array.isArray(axis)
        ? axis
        : Object.fromEntries(Object.entries(axis).map(([label, settings]) => [label, beside(settings)])),
    ]),
  );
  for (const text of valuesOf(given, 'data')) {
    const [name, file] = nameAndValue('data', text);
    const choices = axes.data as Record<string, Settings> | undefined;
    if (!choices?.[name]) {
      throw new UsageError(
        `'--data ${text}': ${unknownName("choice of the axis 'data'", name, Object.keys(choices ?? {}))}.`,
      );
    }
    axes.data = {
      ...choices,
      [name]: { ...choices[name], 'data.source': sourceByName(file) ? file : resolve(file) },
    };
  }
  return { ...plan, base: beside(plan.base), axes };
}

function gridOf(plan: Experiment, given: Given): Cell[] {
  return cells(plan, {
    profile: flagValue(given, 'profile'),
    set: setEntries(given),
    only: axesGiven(given),
  });
}
