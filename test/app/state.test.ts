import { expect, test } from 'vitest';
import { LossHistory } from '../../src/app/lossHistory.ts';
import { afterEvent, newRun } from '../../src/app/runView.ts';
import {
  addressOf,
  advancedGroups,
  describe,
  pageDefaults,
  settingsFromAddress,
} from '../../src/app/settings/index.ts';
import { methods } from '../../src/engine/methods/index.ts';
import { configKeys } from '../../src/engine/train/config.ts';
import type { DependenceCurve, LossRow } from '../../src/engine/train/protocol.ts';

const row = (step: number): LossRow => ({
  step,
  total: step,
  vi: step,
  cs: 0,
  dm: 1,
  kl: Number.NaN,
  gradNorm: 1,
  lr: 1e-3,
});
const curve = (step: number): DependenceCurve => ({
  step,
  points: [],
  residual: 0,
  quadrature: 8,
  series: 1,
});

test('the losses of a long run stay few, in order, and cover the whole of it', () => {
  const losses = new LossHistory();
  const rows = Array.from({ length: 20_000 }, (_, step) => row(step));
  for (let start = 0; start < rows.length; start += 64) losses.add(rows.slice(start, start + 64));
  expect(losses.steps.length).toBeLessThan(4096);
  expect(losses.steps.length).toBeGreaterThan(2000);
  expect(losses.steps).toEqual(losses.steps.toSorted((a, b) => a - b));
  expect(losses.steps[0]).toBe(1);
  expect(losses.last?.step).toBe(19_999);
  const [a = 0, b = 0] = losses.steps;
  expect(losses.terms.vi[0]).toBeCloseTo((b - a - 1) / 2);
});

test('stopping a run forgets what it measured and keeps what it was loaded with', () => {
  let run = newRun({ key: 'settings', method: 'latent-diffusion' });
  run = afterEvent(run, { type: 'losses', rows: [row(0)] });
  run = afterEvent(run, { type: 'dependence', curve: curve(1) });
  run = afterEvent(run, { type: 'state', state: 'stopped' });
  expect(run).toMatchObject({ key: 'settings', method: 'latent-diffusion', status: 'idle', curves: [] });
  expect(run.losses.first).toBeUndefined();
});

test('a curve that is measured again takes the place of the one of its step', () => {
  let run = newRun();
  for (const step of [0, 10, 10]) run = afterEvent(run, { type: 'dependence', curve: curve(step) });
  expect(run.curves.map(({ step }) => step)).toEqual([0, 10]);
});

test('an address gives its settings, and the settings their address', () => {
  const { config, pinned } = settingsFromAddress('?train.steps=20&model.hiddenSize=8&theme=dark');
  expect([config.train.steps, config.model.hiddenSize]).toEqual([20, 8]);
  expect([...pinned]).toEqual(['train.steps', 'model.hiddenSize']);
  expect(addressOf(config)).toBe('?model.hiddenSize=8&train.steps=20');
  expect(addressOf(pageDefaults)).toBe('');
});

test('an address that cannot be read leaves the defaults and says why', () => {
  const { config, problem } = settingsFromAddress('?train.steps=many');
  expect(config).toEqual(pageDefaults);
  expect(problem).toContain("'train.steps'");
});

test('every key of the config is described', () => {
  expect(Object.keys(describe).toSorted()).toEqual([...configKeys].toSorted());
});

test('the page shows those settings of the objective that the chosen method reads, and no diffusion where there is none', () => {
  const shown = (method: string) => advancedGroups(method).flatMap(({ keys }) => keys as string[]);
  for (const { name, options } of methods) {
    const keys = shown(name).filter((key) => key.startsWith('method.'));
    expect(keys.toSorted()).toEqual(options.map((option) => `method.${option}`).toSorted());
  }
  expect(shown('latent-diffusion')).toContain('diffusion.sampler');
  expect(shown('vae').filter((key) => /diffusion|denoiser/.test(key))).toEqual([]);
  const everyOption = new Set(methods.flatMap(({ options }) => options));
  const named = configKeys.filter((key) => key.startsWith('method.') && key !== 'method.name');
  expect(new Set(named)).toEqual(new Set([...everyOption].map((option) => `method.${option}`)));
});
