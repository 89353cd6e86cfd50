import { expect, test } from 'vitest';
import { parseConfig } from '../../src/engine/train/config.ts';

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
