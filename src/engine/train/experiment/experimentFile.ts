import * as v from 'valibot';
import { instead } from '../../export/nearestName.ts';
import { schemaProblem } from '../../export/schemaProblem.ts';
import { configKeys } from '../config.ts';

/** The value of a config key in an experiment file; a list of texts for `data.features`. */
export type Setting = number | string | boolean | null | string[];
/** Config keys with dots, e.g. `{ "method.name": "latent-diffusion" }`. */
export type Settings = Record<string, Setting>;
/** What varies: values of the config key that the axis is named after, or labelled choices that set any keys. */
export type Axis = readonly Setting[] | Readonly<Record<string, Settings>>;
export type Axes = Record<string, Axis>;

/** An experiment: `base` under every run, and one run for each combination of one value from every axis. */
export interface Experiment {
  title: string;
  base: Settings;
  axes: Axes;
  /** Variants, such as `quick`: keys set over `base` in every run, and axes that take the place of those above. */
  profiles: Record<string, { set: Settings; axes: Axes }>;
}

/** An experiment that cannot be run as written: one sentence with the place. */
export class ExperimentError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ExperimentError';
  }
}

const setting = v.union([v.number(), v.string(), v.boolean(), v.null(), v.array(v.string())]);
const settings = v.record(v.string(), setting);
const values = v.array(setting);
const choices = v.record(v.string(), settings);
const axis = v.lazy<typeof values | typeof choices>((input) => (Array.isArray(input) ? values : choices));
const axes = v.record(v.string(), axis);
const profile = { set: v.optional(settings, {}), axes: v.optional(axes, {}) };
const file = {
  title: v.optional(v.string(), ''),
  base: v.optional(settings, {}),
  axes: v.optional(axes, {}),
  profiles: v.optional(v.record(v.string(), v.strictObject(profile)), {}),
};
const schema = v.strictObject(file);

/** Checks what a file holds. @throws ExperimentError with the place, and the nearest key where one is unknown */
export function parseExperiment(input: unknown): Experiment {
  const result = v.safeParse(schema, input);
  if (!result.success) {
    const issue = result.issues[0];
    const unknown = issue.type === 'strict_object' && issue.expected === 'never';
    const path = (v.getDotPath(issue) ?? '').split('.');
    const known = Object.keys(path.length > 1 ? profile : file);
    throw new ExperimentError(
      unknown ? unknownName('key', path.at(-1) as string, known) : schemaProblem(issue),
    );
  }
  const experiment = result.output;
  checkKeys("'base'", experiment.base);
  checkAxes('', experiment.axes);
  for (const [name, { set, axes }] of Object.entries(experiment.profiles)) {
    checkKeys(`profile '${name}'`, set);
    checkAxes(`profile '${name}', `, axes);
  }
  return experiment;
}

/** `unknown key 'a'; did you mean 'b'?` */
export function unknownName(kind: string, name: string, known: readonly string[]): string {
  return `unknown ${kind} '${name}'${instead(name, known)}`;
}

/** The axis of that name, or of that last part of a key: `seed` is `train.seed`. @throws ExperimentError */
export function axisName(axes: readonly string[], given: string): string {
  const found = axes.includes(given) ? given : axes.find((axis) => axis.split('.').at(-1) === given);
  if (found === undefined) throw new ExperimentError(unknownName('axis', given, axes));
  return found;
}

function checkAxes(place: string, all: Axes): void {
  for (const [name, axis] of Object.entries(all)) {
    if (Object.keys(axis).length === 0) throw new ExperimentError(`${place}axis '${name}' has no choice`);
    if (Array.isArray(axis)) {
      if (!configKeys.includes(name)) throw new ExperimentError(`${place}axes: ${unknownKey(name)}`);
      continue;
    }
    for (const [label, set] of Object.entries(axis as Record<string, Settings>))
      checkKeys(`${place}axis '${name}', '${label}'`, set);
  }
}

function checkKeys(place: string, set: Settings): void {
  const wrong = Object.keys(set).find((key) => !configKeys.includes(key));
  if (wrong !== undefined) throw new ExperimentError(`${place}: ${unknownKey(wrong)}`);
}

function unknownKey(key: string): string {
  return unknownName('config key', key, configKeys);
}
