import { expect, test } from 'vitest';
import { defaults, parseConfig, parseStoredConfig } from '../../src/engine/train/config.ts';

test('a config that was stored before a setting came means what it meant then; a user’s takes the default', () => {
  const { penaltyShare, ...method } = defaults.method;
  const before = { ...defaults, method };
  expect(parseStoredConfig(before).method.penaltyShare).toBe(1);
  expect(parseConfig(before).method.penaltyShare).toBe(penaltyShare);
  expect(before.method).not.toHaveProperty('penaltyShare'); // what was stored stays as it is
  expect(parseStoredConfig(defaults)).toEqual(defaults);
});

test.each([null, 7, [], { method: 3 }])('what is no config at all is refused: %j', (stored) => {
  const refusal = (read: (input: unknown) => unknown) => {
    try {
      return read(stored);
    } catch (error) {
      return String(error);
    }
  };
  expect(refusal(parseStoredConfig)).toEqual(refusal(parseConfig));
});
