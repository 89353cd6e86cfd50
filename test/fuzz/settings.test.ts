import fc from 'fast-check';
import { expect, test } from 'vitest';
import { settingsFromAddress } from '../../src/app/settings/index.ts';
import { ConfigError, configKeys, defaults, parseConfig, setKeys } from '../../src/engine/train/config.ts';
import { fuzz } from './fuzz.ts';

const value = fc.oneof(
  fc.double().map(String),
  fc.integer().map(String),
  fc.constantFrom(
    '',
    'null',
    'true',
    'false',
    'NaN',
    'Infinity',
    '-1',
    '1e309',
    'lstm',
    'reveal',
    '__proto__',
    '[]',
    'a,b,,',
  ),
  fc.string({ maxLength: 20 }),
);
const key = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...configKeys) },
  fc.constantFrom(
    '__proto__.a',
    'constructor.prototype',
    'data',
    'data.',
    '.',
    'beside',
    'lesson',
    'hide',
    'theme',
  ),
  fc.string({ maxLength: 20 }),
);
const pairs = fc.array(fc.tuple(key, value), { maxLength: 6 });

test('an address is read, or its problem is said and the defaults stand', () =>
  fuzz(
    fc.oneof(
      pairs.map((entries) => `?${new URLSearchParams(entries)}`),
      fc.string({ maxLength: 200 }).map((text) => `?${text}`),
    ),
    (search) => {
      const { config, problems } = settingsFromAddress(search);
      expect(parseConfig(config)).toEqual(config);
      for (const problem of problems) expect(problem).toMatch(/^\S.{10,}/s);
    },
    [],
  ));

test('settings are taken, or refused by key', () =>
  fuzz(pairs, (entries) => setKeys(defaults, entries), [ConfigError]));

/** A config with any JSON in the place of one of its parts. */
const configs = fc
  .tuple(fc.constantFrom(...configKeys, ...Object.keys(defaults)), fc.jsonValue())
  .map(([path, replacement]) => {
    const copy = JSON.parse(JSON.stringify(defaults));
    const parts = path.split('.');
    const last = parts.pop() as string;
    parts.reduce((at, part) => at[part], copy)[last] = replacement;
    return copy;
  });

test('a config file is taken, or refused by key', () =>
  fuzz(fc.oneof({ weight: 4, arbitrary: configs }, fc.jsonValue()), parseConfig, [ConfigError]));
