import { type Config, ConfigError, defaults, setKeys } from '../config.ts';
import {
  type Axes,
  axisName,
  type Experiment,
  ExperimentError,
  type Settings,
  unknownName,
} from './experimentFile.ts';

/** One run of an experiment. */
export interface Cell {
  /** Its label on every axis, in the order of the axes. */
  labels: Record<string, string>;
  config: Config;
}

/** What the command line changes in an experiment. */
export interface GridChanges {
  profile?: string;
  /** Keys and texts set in every run, over everything else. */
  set?: readonly (readonly [key: string, text: string])[];
  /** Axis and the labels, or values, that are left of it. */
  only?: readonly (readonly [axis: string, labels: readonly string[]])[];
}

/**
 * Every run of an experiment: the axes' Cartesian product, the last axis fastest.
 * @throws ExperimentError on names that are not there and on a run with two names, ConfigError on a run that cannot be, which it names
 */
export function cells(experiment: Experiment, changes: GridChanges = {}): Cell[] {
  const profile = profileOf(experiment, changes.profile);
  const axes = narrowed({ ...experiment.axes, ...profile.axes }, changes.only ?? []);
  for (const key of [...Object.keys(profile.set), ...(changes.set ?? []).map(([key]) => key)]) {
    if (!Array.isArray(axes[key])) continue;
    throw new ExperimentError(
      `'${key}' is an axis and cannot be set: choose its values with --axis ${key}=A,B`,
    );
  }
  let combinations: { labels: Record<string, string>; settings: Settings }[] = [{ labels: {}, settings: {} }];
  for (const [name, choices] of Object.entries(choicesOf(axes))) {
    combinations = combinations.flatMap(({ labels, settings }) =>
      choices.map((choice) => ({
        labels: { ...labels, [name]: choice.label },
        settings: { ...settings, ...choice.settings },
      })),
    );
  }
  const all = combinations.map(({ labels, settings }): Cell => {
    const entries = [
      ...texts(experiment.base),
      ...texts(settings),
      ...texts(profile.set),
      ...(changes.set ?? []),
    ];
    try {
      return { labels, config: setKeys(defaults, entries) };
    } catch (error) {
      if (error instanceof ConfigError) throw new ConfigError(`run ${nameOf(labels)}: ${error.message}`);
      throw error;
    }
  });
  checkApart(all);
  return all;
}

/** @throws ExperimentError where two runs are one: it would be made twice, and be lost under one of its names */
function checkApart(all: readonly Cell[]): void {
  const byConfig = new Map<string, Cell>();
  for (const cell of all) {
    const key = JSON.stringify(cell.config);
    const same = byConfig.get(key);
    if (same)
      throw new ExperimentError(
        `the runs ${nameOf(same.labels)} and ${nameOf(cell.labels)} have the same settings: leave one of them out`,
      );
    byConfig.set(key, cell);
  }
}

/** A run in words: its labels, in the order of the axes; the values of keys after the key's last part. */
export function nameOf(labels: Readonly<Record<string, string>>): string {
  const parts = Object.entries(labels).map(([axis, label]) =>
    /^-?[\d.]+(e-?\d+)?$|^(true|false|null)$/.test(label) ? `${axis.split('.').at(-1)} ${label}` : label,
  );
  return parts.length > 0 ? parts.join(', ') : 'the only one';
}

/** The cells of one shard of `count`: every `count`-th, from `index` (0 is the first) on. */
export function shardOf(all: readonly Cell[], index: number, count: number): Cell[] {
  return all.filter((_, position) => position % count === index);
}

interface Choice {
  label: string;
  settings: Settings;
}

function choicesOf(axes: Axes): Record<string, Choice[]> {
  return Object.fromEntries(
    Object.entries(axes).map(([name, axis]) => {
      if (Array.isArray(axis)) {
        return [name, axis.map((value) => ({ label: String(value), settings: { [name]: value } }))];
      }
      return [name, Object.entries(axis).map(([label, settings]) => ({ label, settings }))];
    }),
  );
}

function profileOf({ profiles }: Experiment, name: string | undefined): { set: Settings; axes: Axes } {
  if (name === undefined) return { set: {}, axes: {} };
  const profile = profiles[name];
  if (!profile) throw new ExperimentError(unknownName('profile', name, Object.keys(profiles)));
  return profile;
}

/** An axis of labels keeps those that are named; an axis of a key takes the values given. */
function narrowed(axes: Axes, only: NonNullable<GridChanges['only']>): Axes {
  const left: Axes = { ...axes };
  for (const [given, labels] of only) {
    const name = axisName(Object.keys(axes), given);
    const axis = left[name] as Axes[string];
    if (Array.isArray(axis)) {
      left[name] = [...labels];
      continue;
    }
    const choices = axis as Record<string, Settings>;
    left[name] = Object.fromEntries(
      wholeLabels(labels, Object.keys(choices)).map((label) => {
        const settings = choices[label];
        if (!settings) {
          throw new ExperimentError(`axis '${name}': ${unknownName('choice', label, Object.keys(choices))}`);
        }
        return [label, settings];
      }),
    );
  }
  return left;
}

/** Labels may have commas of their own: pieces that are one label together are taken for that. */
export function wholeLabels(pieces: readonly string[], known: readonly string[]): string[] {
  const bare = (label: string) =>
    label
      .split(',')
      .map((piece) => piece.trim())
      .join(',');
  const found: string[] = [];
  for (let start = 0; start < pieces.length; ) {
    let label = pieces[start] as string;
    let taken = 1;
    for (let end = pieces.length; end > start + 1; end--) {
      const together = known.find((one) => bare(one) === pieces.slice(start, end).join(','));
      if (together === undefined) continue;
      [label, taken] = [together, end - start];
      break;
    }
    found.push(label);
    start += taken;
  }
  return found;
}

function texts(settings: Settings): [key: string, text: string][] {
  return Object.entries(settings).map(([key, value]) => [key, String(value)]);
}
