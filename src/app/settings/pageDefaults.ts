import { type Config, ConfigError, configKeys, defaults, setKeys } from '../../engine/train/config.ts';

/**
 * Sizes at which a curve moves within seconds on an integrated GPU and within minutes on a software adapter. The
 * command's own defaults are larger.
 */
export const pageDefaults: Config = setKeys(defaults, [
  ['data.source', 'reveal'],
  ['data.window', '32'],
  ['data.stride', '32'],
  ['model.hiddenSize', '32'],
  ['model.latentSize', '8'],
  ['train.batchSize', '32'],
  ['train.steps', '1000'],
  ['diffusion.sampleSteps', '20'],
  ['evaluate.times', '20'],
  ['evaluate.dependenceSeries', '32'],
]);

/** Settings from an address: every `a.b=c` whose key is known is set over the page's defaults. */
export interface AddressSettings {
  config: Config;
  /** Keys that the address names: choosing another data set leaves them alone. */
  pinned: ReadonlySet<string>;
  /** What was wrong with the address, as one sentence; the defaults stand then. */
  problem?: string;
}

/** Reads settings from the query of an address, e.g. `?train.steps=20&model.hiddenSize=8`. */
export function settingsFromAddress(search: string): AddressSettings {
  const entries = [...new URLSearchParams(search)].filter(([key]) => key.includes('.'));
  try {
    return { config: setKeys(pageDefaults, entries), pinned: new Set(entries.map(([key]) => key)) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { config: pageDefaults, pinned: new Set(), problem: error.message };
  }
}

/** The query that gives these settings again: only what differs from the page's defaults. */
export function addressOf(config: Config): string {
  const differing = configKeys
    .map((key) => [key, textOf(config, key)] as const)
    .filter(([key, text]) => text !== textOf(pageDefaults, key));
  return differing.length > 0
    ? `?${differing.map(([key, text]) => `${key}=${encodeURIComponent(text)}`).join('&')}`
    : '';
}

/** The value at a dotted key, as setKey reads it back. */
export function textOf(config: Config, key: string): string {
  const value = settingAt(config, key);
  return Array.isArray(value) ? value.join(',') : String(value);
}

/** The value at a dotted key. */
export function settingAt(config: Config, key: string): unknown {
  return key.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], config);
}
