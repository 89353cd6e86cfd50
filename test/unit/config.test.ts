import { expect, test } from 'vitest';
import { ConfigError, parseConfig } from '../../src/engine/train/config.ts';

test.each([
  ['DDPM cannot undo a step without noise', { betaStart: 0, sampler: 'ddpm' }],
  ['nothing is left of the signal', { betaEnd: 1 }],
  ['the signal left is below what a number can hold', { betaEnd: 0.999 }],
  ['there is no noise at all', { betaStart: 0, betaEnd: 0 }],
])('a schedule whose reverse is no number is refused: %s', (_, diffusion) => {
  expect(() => parseConfig({ diffusion })).toThrow('give steps that cannot be reversed');
});

test.each([
  ['DDIM passes over the step without noise', { betaStart: 0 }],
  ['a single step undoes all', { sampleSteps: 1 }],
  ['many timesteps', { numTimesteps: 10_000 }],
  ['cosine', { schedule: 'cosine', sampler: 'ddpm' }],
])('others are taken: %s', (_, diffusion) => {
  expect(() => parseConfig({ diffusion })).not.toThrow();
});

test.each([
  [{ data: { split: { train: 0.3, validation: 0.1, test: 0.1 } } }, "'data.split' adds up to 0.5"],
  [{ data: { split: { train: 0, validation: 0.5, test: 0.5 } } }, "'data.split' must leave something"],
  [{ data: { split: { train: 0.5, validation: 0.5, test: 0 } } }, "'data.split' must leave something"],
  [{ method: { inferenceEnd: 900, collapseStart: 900 } }, "'method.inferenceEnd' (900) must be below"],
  [{ method: { collapseStart: 1001 } }, "'method.collapseStart' (1001) must be at most"],
  [{ diffusion: { betaStart: 0.03 } }, "'diffusion.betaStart' must not be above"],
  [{ train: { learningRate: 1e-6 } }, "'train.minLearningRate' must not be above"],
])('settings that contradict each other are refused: %j', (settings, message) => {
  expect(() => parseConfig(settings)).toThrow(ConfigError);
  expect(() => parseConfig(settings)).toThrow(message);
});

test.each([
  { data: { split: { train: 0.7, validation: 0, test: 0.3 } } },
  { method: { inferenceEnd: 899, collapseStart: 900 } },
  { method: { collapseStart: 1000 } },
  { train: { learningRate: 1e-5, minLearningRate: 1e-5 } },
])('settings at the edge of what may be are taken: %j', (settings) => {
  expect(parseConfig(settings)).toMatchObject(settings);
});

test('every contradiction is told', () => {
  const settings = { method: { inferenceEnd: 950 }, train: { learningRate: 1e-6 } };
  const refused = () => {
    try {
      return parseConfig(settings);
    } catch (error) {
      return (error as ConfigError).problems.length;
    }
  };
  expect(refused()).toBe(2);
});
