import {
  type Config,
  ConfigError,
  configKeys,
  defaults,
  setKeys,
  textOfValue,
} from '../../engine/train/config.ts';
import { noPart, type View, viewDefaults, viewEntries, viewFromAddress } from '../view.ts';

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
  ['model.sigma', '0.5'],
  ['train.batchSize', '32'],
  ['train.steps', '1000'],
  ['diffusion.sampleSteps', '20'],
  ['evaluate.times', '20'],
  ['evaluate.dependenceSeries', '32'],
  ['evaluate.costly', 'false'],
]);

/** Settings from an address: every `a.b=c` whose key is known is set over the page's defaults. */
export interface AddressSettings {
  config: Config;
  view: View;
  /** Keys that the address names: choosing another data set leaves them alone. */
  pinned: ReadonlySet<string>;
  /** What was wrong with the address, a sentence for each fault; where one is in a setting, the defaults stand for all of them. */
  problems: readonly string[];
}

/** Reads an address's query, e.g. `?train.steps=20&model.hiddenSize=8&mode=mean`: keys with a dot are settings, others the view. */
export function settingsFromAddress(search: string): AddressSettings {
  const entries = [...new URLSearchParams(search)].filter(([key]) => key.includes('.'));
  const { view, problems } = viewFromAddress(search);
  const { config, faults } = configOf(entries);
  return {
    config: faults.length > 0 ? pageDefaults : config,
    view,
    pinned: new Set(faults.length > 0 ? [] : entries.map(([key]) => key)),
    problems: [...new Set([...faults, ...problems])],
  };
}

function configOf(entries: readonly [key: string, text: string][]): { config: Config; faults: string[] } {
  const known = entries.filter(([key]) => configKeys.includes(key));
  const unknown = entries.filter((entry) => !known.includes(entry)).map(([key]) => noPart(key, configKeys));
  try {
    return { config: setKeys(pageDefaults, known), faults: unknown };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { config: pageDefaults, faults: [...unknown, ...error.problems] };
  }
}

/** The query that gives these settings and this view again: only what differs from the page's own. */
export function addressOf(config: Config, view: View = viewDefaults): string {
  const differing = configKeys
    .map((key) => [key, textOf(config, key)] as const)
    .filter(([key, text]) => text !== textOf(pageDefaults, key));
  const entries = [...differing, ...viewEntries(view)];
  // Commas and slashes stay as they are: an address is for reading.
  const written = (text: string) => encodeURIComponent(text).replace(/%(2C|2F)/g, decodeURIComponent);
  return entries.length > 0 ? `?${entries.map(([key, text]) => `${key}=${written(text)}`).join('&')}` : '';
}

/** The value at a dotted key, as setKey reads it back. */
export function textOf(config: Config, key: string): string {
  return textOfValue(settingAt(config, key));
}

/** The value at a dotted key. */
export function settingAt(config: Config, key: string): unknown {
  return key.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], config);
}
