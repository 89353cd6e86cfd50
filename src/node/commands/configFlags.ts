import { type Config, ConfigError, defaults, parseConfig, setKeys } from '../../engine/train/config.ts';
import { type Flag, flagValue, type Given } from './flags.ts';
import { readJson } from './readJson.ts';
import { UsageError } from './usageError.ts';

/** Flags that stand for a key of the config, and the two that reach every key. */
export const configFlags: readonly Flag[] = [
  {
    name: 'data',
    value: 'FILE',
    key: 'data.source',
    help: 'a table (CSV, gzip, Parquet), or a built-in name',
  },
  { name: 'id', value: 'COL', key: 'data.id', help: 'column that tells series apart' },
  { name: 'time', value: 'COL', key: 'data.time', help: 'column of times' },
  {
    name: 'features',
    value: 'A,B,C',
    key: 'data.features',
    help: 'columns to learn; all numeric ones if absent',
  },
  { name: 'group', value: 'COL', key: 'data.group', help: 'column of patients: the split is by it' },
  { name: 'part', value: 'COL', key: 'data.part', help: 'column that says train, validation or test' },
  {
    name: 'items',
    value: 'A,B,C',
    key: 'data.items',
    help: 'items of a table of measurements (MIMIC) to learn',
  },
  { name: 'bin', value: 'HOURS', key: 'data.bin', help: 'hours of one position of such a table' },
  { name: 'labels', value: 'FILE', key: 'data.labels', help: 'names of its items: d_items.csv' },
  {
    name: 'layout',
    value: 'KIND',
    key: 'data.layout',
    help: 'windows, or whole series padded to the longest',
  },
  {
    name: 'window',
    value: 'N',
    key: 'data.window',
    help: 'positions of a window; the most of a whole series',
  },
  {
    name: 'stride',
    value: 'N',
    key: 'data.stride',
    help: 'from window to window; the window itself if absent',
  },
  {
    name: 'gap',
    value: 'KIND',
    key: 'data.gap',
    help: 'time since the last row as a feature: none, linear, log',
  },
  {
    name: 'method',
    value: 'NAME',
    key: 'method.name',
    help: 'posterior-stable, latent-diffusion, ...: see lab info',
  },
  { name: 'backbone', value: 'NAME', key: 'model.backbone', help: 'lstm or transformer' },
  { name: 'steps', value: 'N', key: 'train.steps', help: 'optimiser steps, the denoiser alone included' },
  {
    name: 'seed',
    value: 'N',
    key: 'train.seed',
    help: 'of weights, batches and noise (the split has data.seed)',
  },
  { name: 'set', value: 'a.b=c', many: true, help: 'any key of the config; may be repeated' },
  { name: 'config', value: 'FILE', help: 'a config to start from, such as the config.json of a run' },
];

/**
 * The config of a command: the defaults, under the file of --config, under the flags, under --set.
 * @throws UsageError or ConfigError in one sentence
 */
export async function readConfig(given: Given): Promise<Config> {
  const file = flagValue(given, 'config');
  const base = file === undefined ? defaults : await readConfigFile(file);
  const entries = given.flatMap(({ name, value }): [string, string][] => {
    const key = configFlags.find((flag) => flag.name === name)?.key;
    return key ? [[key, value]] : [];
  });
  const window = flagValue(given, 'window');
  if (window !== undefined && flagValue(given, 'stride') === undefined) {
    entries.unshift(['data.stride', window]);
  }
  return setKeys(base, [...entries, ...setEntries(given)]);
}

/** The keys and texts of every --set. @throws UsageError where there is no '=' */
export function setEntries(given: Given): [key: string, text: string][] {
  return given
    .filter(({ name }) => name === 'set')
    .map(({ value }) => {
      const at = value.indexOf('=');
      if (at < 1) throw new UsageError(`'--set ${value}' is not of the form key=value.`);
      return [value.slice(0, at).trim(), value.slice(at + 1)];
    });
}

async function readConfigFile(path: string): Promise<Config> {
  const input = await readJson(path);
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new UsageError(`the config file '${path}' is not a JSON object.`);
  }
  // What a run adds to its own config.json is no setting.
  const { run: _, ...settings } = input as Record<string, unknown>;
  try {
    return parseConfig(settings);
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError(`${path}: ${error.message}`);
    throw error;
  }
}
