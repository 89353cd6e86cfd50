import { sourceByName } from '../../engine/data/sources.ts';
import { describedMethod } from '../../engine/methods/descriptions.ts';
import { configKeys } from '../../engine/train/config.ts';
import type { Cell } from '../figures/tables.ts';
import { type ConfigKey, type Description, describe, settingAt, textOf } from '../settings/index.ts';
import type { RunView } from './runView.ts';

/** What to call a run among those drawn beside it: its method, and its name where that is not enough, as for a recording beside others. */
export function labelOf(run: RunView, among: readonly RunView[]): string {
  const { label } = describedMethod(run.config.method.name);
  const twins = among.filter(({ config }) => config.method.name === run.config.method.name);
  const alien = run.origin === 'recorded' && among.some(({ origin }) => origin !== 'recorded');
  return twins.length > 1 || alien ? `${label} (${run.name})` : label;
}

/** A run by its name and its method, as the title of what is said of it alone. */
export function titleOf({ name, config }: RunView): string {
  return `${name}, ${describedMethod(config.method.name).label}`;
}

/** Where a run stands on the screen, when two do. */
export function sideOf(index: number, count: number): 'left' | 'right' | undefined {
  return count === 2 ? (index === 0 ? 'left' : 'right') : undefined;
}

/** The config keys in which these runs differ, in the order of the schema. */
export function differingKeys(runs: readonly RunView[]): string[] {
  const [first] = runs;
  if (!first) return [];
  return configKeys.filter((key) =>
    runs.some(({ config }) => textOf(config, key) !== textOf(first.config, key)),
  );
}

/** A setting as its control shows it; figures are grouped as those of steps are. */
export function settingText({ config }: RunView, key: string): string {
  const value = settingAt(config, key);
  const { choices, empty = '–' }: Partial<Description> = describe[key as ConfigKey] ?? {};
  if (value === null) return empty;
  const known = choices?.[String(value)] ?? (key === 'data.source' && sourceByName(String(value))?.title);
  if (known) return known;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return value.toLocaleString('en', { maximumFractionDigits: 20 });
  return Array.isArray(value) ? value.join(', ') || '–' : String(value);
}

/** A setting as a file has it, for a program to read; empty where there is none. */
export function settingCell({ config }: RunView, key: string): Cell {
  const value = settingAt(config, key);
  if (value === null) return '';
  return typeof value === 'number' ? value : textOf(config, key);
}

/** When these were measured, for the caption of a figure, e.g. `training step 500`. */
export function stepsText(measured: readonly { step: number }[]): string {
  const steps = [...new Set(measured.map(({ step }) => step))].sort((a, b) => a - b);
  return `training step${steps.length > 1 ? 's' : ''} ${steps.map((step) => step.toLocaleString('en')).join(' and ')}`;
}

/** Whether the recorded pair is what is drawn, latent diffusion on the left: only then is it what the sentence says. */
export function recordedPair(shown: readonly RunView[]): boolean {
  const methods = shown.map(({ origin, config }) => origin === 'recorded' && config.method.name);
  return methods.join() === 'latent-diffusion,posterior-stable';
}
