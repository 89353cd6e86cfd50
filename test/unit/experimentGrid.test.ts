import { describe, expect, test } from 'vitest';
import { defaults, setKeys } from '../../src/engine/train/config.ts';
import { parseExperiment } from '../../src/engine/train/experiment/experimentFile.ts';
import { cells } from '../../src/engine/train/experiment/grid.ts';
import { measureNamed, measureOf } from '../../src/engine/train/experiment/measures.ts';
import { changedKeys, flatten, type ResultRow } from '../../src/engine/train/experiment/resultRow.ts';

describe('a key that is set more than once', () => {
  const plan = parseExperiment({
    base: { 'model.hiddenSize': 64, 'train.steps': 100 },
    axes: { size: { small: { 'model.hiddenSize': 8, 'train.steps': 50 }, usual: {} } },
    profiles: { quick: { set: { 'train.steps': 5 }, axes: {} } },
  });
  const steps = (changes?: Parameters<typeof cells>[1]) =>
    cells(plan, changes).map(({ config }) => config.train.steps);

  test('has the value of an axis rather than the base', () => {
    expect(cells(plan).map(({ config }) => config.model.hiddenSize)).toEqual([8, 64]);
    expect(steps()).toEqual([50, 100]);
  });

  test('has the value of a profile rather than an axis, and that of the command over all', () => {
    expect(steps({ profile: 'quick' })).toEqual([5, 5]);
    expect(steps({ profile: 'quick', set: [['train.steps', '3']] })).toEqual([3, 3]);
  });

  test('has the value of a later axis rather than an earlier one', () => {
    const twice = parseExperiment({
      axes: { budget: { short: { 'train.steps': 5 } }, size: { large: { 'train.steps': 500 }, usual: {} } },
    });
    expect(cells(twice).map(({ config }) => config.train.steps)).toEqual([500, 5]);
  });
});

describe('times relative to latent diffusion', () => {
  /** A run that took so many seconds a training step. */
  function row(method: string, seconds: number, changes: Partial<ResultRow> = {}, steps = '100'): ResultRow {
    const set = { 'method.name': method, 'train.steps': steps };
    const config = flatten(setKeys(defaults, Object.entries(set)));
    return {
      experiment: 'test',
      labels: { method },
      status: 'finished',
      version: '1',
      adapter: 'a card',
      date: '',
      source: 'reveal',
      config,
      changed: changedKeys(config),
      split: { train: 1, validation: 1, test: 1 },
      steps: 100,
      seconds: { train: 100 * seconds, trainStep: seconds, sampling: 1 },
      cpuSeconds: { train: 1, trainStep: 1, sampling: 1 },
      ...changes,
    };
  }
  const time = measureNamed('trainingTime');
  const reference = row('latent-diffusion', 2);
  const one = row('posterior-stable', 6);

  test('are relative to the mean of its finished runs: one that failed is no measure', () => {
    const failed = row('latent-diffusion', 40, {
      status: 'failed',
      failure: { cause: 'non-finite', message: '' },
    });
    expect(measureOf(one, time, [failed, reference, one])).toBe(3);
    expect(measureOf(one, time, [failed, one])).toBeNaN();
    expect(measureOf(one, time, [reference, row('latent-diffusion', 4), one])).toBe(2);
  });

  test('are relative to runs of the same budget, data and adapter alone', () => {
    expect(measureOf(one, time, [reference])).toBe(3);
    for (const other of [
      row('latent-diffusion', 2, {}, '200'),
      row('latent-diffusion', 2, { source: 'sha256:12' }),
      row('latent-diffusion', 2, { adapter: 'another card' }),
    ])
      expect(measureOf(one, time, [other])).toBeNaN();
  });
});
