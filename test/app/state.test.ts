import { expect, test } from 'vitest';
import { estimate, figure, percent, power } from '../../src/app/format.ts';
import { headline } from '../../src/app/headline.ts';
import { settingCell, settingText } from '../../src/app/runs/labels.ts';
import { LossHistory } from '../../src/app/runs/lossHistory.ts';
import { afterEvent, newRun } from '../../src/app/runs/runView.ts';
import { addressOf, describe, pageDefaults, settingsFromAddress } from '../../src/app/settings/index.ts';
import { alike } from '../../src/app/shown.ts';
import { expectedSeconds, type LabState } from '../../src/app/store.ts';
import { configKeys, setKeys } from '../../src/engine/train/config.ts';
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
const identity = {
  id: 'run-1',
  name: 'amber heron',
  config: pageDefaults,
  dataset: 'Reveal',
  origin: 'live' as const,
  key: 'settings',
};
const curve = (step: number): DependenceCurve => ({
  step,
  points: [],
  residual: 0,
  quadrature: 8,
  series: 1,
});

test('what Run will take goes by what a step of the live runs took, and by how much work it was', () => {
  const needs = { bytes: 1, parts: [], work: 100 };
  const ready = { type: 'ready', adapter: 'test', steps: 80, ...needs } as const;
  const progress = {
    step: 8,
    steps: 80,
    phase: 'joint',
    stepsPerSecond: 20,
    stepTime: 50,
    secondsLeft: 1,
  } as const;
  const trained = (id: string) =>
    [ready, { type: 'progress', progress } as const].reduce(afterEvent, newRun({ ...identity, id }));
  // The denoiser alone is quicker, and says nothing of the rest.
  const after = afterEvent(trained('b'), {
    type: 'progress',
    progress: { ...progress, phase: 'denoiser', stepsPerSecond: 500, stepTime: 2 },
  });
  let gpu: LabState['gpu'] = { status: 'ready', name: 'test', fallback: false };
  const state = (runs: LabState['runs'], beside: 'vae' | null, work: number, speed: number | null = null) =>
    ({
      gpu,
      runs,
      live: runs.map(({ id }) => id),
      config: setKeys(pageDefaults, [['train.steps', '80']]),
      view: { beside, speed },
      data: { prepared: { needs: { ...needs, work } } },
    }) as unknown as LabState;
  expect(expectedSeconds(state([], null, 100))).toBeUndefined();
  expect(expectedSeconds(state([newRun(identity)], null, 100))).toBeUndefined();
  expect(expectedSeconds(state([after], null, 100))).toBeCloseTo(4);
  expect(expectedSeconds(state([after], null, 300))).toBeCloseTo(12);
  expect(expectedSeconds(state([after], null, 100, 1))).toBeCloseTo(80); // slow motion
  // Two runs that share the device take their steps in half the time that each of them measures.
  expect(expectedSeconds(state([trained('a'), after], 'vae', 100))).toBeCloseTo(4);
  expect(expectedSeconds(state([trained('a'), after], null, 100))).toBeCloseTo(2);
  // A step that was tried serves until a run has taken some.
  gpu = { ...gpu, trial: { time: 25, work: 50 } };
  expect(expectedSeconds(state([], null, 100))).toBeCloseTo(4);
  expect(expectedSeconds(state([newRun(identity)], 'vae', 100))).toBeCloseTo(8);
  expect(expectedSeconds(state([trained('a')], null, 300))).toBeCloseTo(12);
});

test('the losses of a long run stay few, in order, and cover the whole of it', () => {
  const losses = new LossHistory();
  const rows = Array.from({ length: 20_000 }, (_, step) => row(step));
  for (let start = 0; start < rows.length; start += 64) losses.add(rows.slice(start, start + 64));
  expect(losses.steps.length).toBeLessThan(2048);
  expect(losses.steps.length).toBeGreaterThan(1000);
  expect(losses.steps).toEqual(losses.steps.toSorted((a, b) => a - b));
  expect(losses.steps[0]).toBe(1);
  expect(losses.last?.step).toBe(19_999);
  const [a = 0, b = 0] = losses.steps;
  expect(losses.terms.vi.mean[0]).toBeCloseTo((b - a - 1) / 2);
  expect([losses.terms.vi.low[0], losses.terms.vi.high[0]]).toEqual([0, b - a - 1]);
});

test('the last steps are among the rows of a history, though they have yet to become one with others', () => {
  const losses = new LossHistory();
  const rows = Array.from({ length: 5000 }, (_, step) => row(step));
  losses.add(rows.slice(0, 4999));
  expect(losses.rows().at(-1)).toEqual(row(4998));
  losses.add(rows.slice(4999));
  const steps = losses.rows().map(({ step }) => step);
  expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  expect(new Set(steps).size).toBe(steps.length);
  losses.rewind(4998);
  expect(losses.rows().every(({ step }) => step < 4998)).toBe(true);
});

test('a history that goes back to a step ends there, with the rows that it has of it', () => {
  const losses = new LossHistory();
  const joint = [0, 1, 2, 3].map(row);
  losses.add([...joint, ...[4, 5].map((step) => ({ ...row(step), vi: Number.NaN }))]);
  losses.rewind(5);
  expect([losses.last?.step, losses.lastJoint?.step]).toEqual([4, 3]);
  losses.rewind(2);
  expect([losses.first?.step, losses.last?.step, losses.lastJoint?.total]).toEqual([0, 1, 1]);
  losses.rewind(0);
  expect([losses.first, losses.last, losses.lastJoint]).toEqual([undefined, undefined, undefined]);
  losses.add(joint);
  expect([losses.first?.step, losses.last]).toEqual([0, row(3)]);
});

test('stopping a run forgets what it measured and keeps what it was loaded with', () => {
  let run = newRun(identity);
  run = afterEvent(run, { type: 'losses', rows: [row(0)] });
  run = afterEvent(run, { type: 'dependence', curve: curve(1) });
  run = afterEvent(run, { type: 'state', state: 'stopped' });
  expect(run).toMatchObject({ ...identity, status: 'idle', curves: [] });
  expect(run.losses.first).toBeUndefined();
});

test('a curve that is measured again takes the place of the one of its step', () => {
  let run = newRun(identity);
  for (const step of [0, 10, 10]) run = afterEvent(run, { type: 'dependence', curve: curve(step) });
  expect(run.curves.map(({ step }) => step)).toEqual([0, 10]);
});

test('a new curve clears what was answered of the model before it, and keeps what is still being asked', () => {
  let run = newRun(identity);
  run = { ...run, asked: { costlyScores: { state: 'asking' }, matrix: { state: 'failed', message: 'No.' } } };
  run = afterEvent(run, { type: 'dependence', curve: curve(10) });
  expect(run.asked).toEqual({ costlyScores: { state: 'asking' } });
});

test('the screen shows settings as it shows steps, and a file has them as a program reads them', () => {
  const config = setKeys(pageDefaults, [
    ['train.steps', '1500'],
    ['train.minLearningRate', '0.00001'],
    ['data.shuffle', 'true'],
    ['data.features', 'a,b'],
    ['data.source', 'seattle-weather'],
    ['evaluate.generation', 'noise-not-fed-back'],
  ]);
  const run = newRun({ ...identity, config });
  const keys = ['train.steps', 'train.minLearningRate', 'method.lambdaCS', 'data.shuffle', 'evaluate.costly'];
  const others = ['data.features', 'data.time', 'data.source', 'evaluate.generation', 'data.count'];
  expect([...keys, ...others].map((key) => settingText(run, key))).toEqual([
    '1,500',
    '0.00001',
    '0.1',
    'yes',
    'no',
    'a, b',
    '–',
    'Seattle weather, daily',
    'noise not fed back',
    'the generator’s own',
  ]);
  expect([...keys, ...others].map((key) => settingCell(run, key))).toEqual([
    1500,
    0.00001,
    0.1,
    'true',
    'false',
    'a,b',
    '',
    'seattle-weather',
    'noise-not-fed-back',
    '',
  ]);
});

test('an address gives its settings, and the settings their address', () => {
  const { config, view, pinned } = settingsFromAddress('?train.steps=20&model.hiddenSize=8&theme=dark');
  expect([view.theme, view.mode]).toEqual(['dark', 'sample']);
  expect([config.train.steps, config.model.hiddenSize]).toEqual([20, 8]);
  expect([...pinned]).toEqual(['train.steps', 'model.hiddenSize']);
  expect(addressOf(config, view)).toBe('?model.hiddenSize=8&train.steps=20&theme=dark');
  expect(addressOf(pageDefaults)).toBe('');
});

test('an address gives back whatever the columns of a table are called', () => {
  const names = ['Sales, net', '5" pipe', '"quoted"', ' spaced ', '', 'a&b=c#d', '50 %', 'größe', 'plain'];
  for (const name of ['null', 'true', '0', '', '1e3', ...names]) {
    const data = { ...pageDefaults.data, id: name, time: name, features: [name, ...names], labels: name };
    const given = { ...pageDefaults, data };
    const { config, problems } = settingsFromAddress(addressOf(given));
    expect([config, problems]).toEqual([given, []]);
  }
  expect(addressOf({ ...pageDefaults, data: { ...pageDefaults.data, features: ['a', 'b c'] } })).toBe(
    '?data.features=a,b%20c',
  );
});

test('an address that cannot be read leaves the defaults and says why', () => {
  const { config, problems } = settingsFromAddress('?train.steps=many');
  expect(config).toEqual(pageDefaults);
  expect(problems).toEqual([`'train.steps' is "many", but must be a number`]);
});

test('every fault of an address is named, each key once', () => {
  const { config, view, pinned, problems } = settingsFromAddress(
    '?train.stepz=5&train.steps=0.5&model.hiddenSize=3&theme=pink&data.window=8&mode=mean&zzz=1&zzz=2',
  );
  expect(problems).toEqual([
    "'train.stepz' is no part of an address; did you mean 'train.steps'?",
    "'model.hiddenSize' is 3, but must be at least 4",
    "'train.steps' is 0.5, but must be a whole number",
    "'theme' cannot be 'pink'.",
    "'zzz' is no part of an address.",
  ]);
  expect([config, pinned.size, view.mode]).toEqual([pageDefaults, 0, 'mean']);
  const contrary = settingsFromAddress('?method.inferenceEnd=950&diffusion.betaStart=0.5').problems;
  expect(contrary).toEqual([
    "'method.inferenceEnd' (950) must be below 'method.collapseStart' (900)",
    "'diffusion.betaStart' must not be above 'diffusion.betaEnd'",
  ]);
});

test('every key of the config is described', () => {
  expect(Object.keys(describe).toSorted()).toEqual([...configKeys].toSorted());
});

test('the sentence names both decoders of a pair, and of more the range and who takes the most', () => {
  const taking = (label: string, m0: number) => {
    const point = { position: 1, m0, m0q25: m0, m0q75: m0, mLocal: 0, mLocalQ25: 0, mLocalQ75: 0 };
    return { label, curve: { step: 0, points: [point], residual: 0, quadrature: 8, series: 4 } };
  };
  const [first, second, third] = [taking('one', 0.03), taking('two', 0.48), taking('three', 0.2)];
  expect(headline([first, second])).toBe(
    'At position 1 the left decoder takes 3\u00a0% from z, the right one 48\u00a0%.',
  );
  expect(headline([first, second, third])).toBe(
    'At position 1 the 3 decoders take 3\u00a0% to 48\u00a0% from z, two the most.',
  );
  expect(headline([first, first, first])).toBe('At position 1 all 3 decoders take 3\u00a0% from z.');
});

test('the headline says left and right of two on the screen alone, and the position of each number', () => {
  const listener = (label: string, ...shares: number[]) => {
    const points = shares.map((m0, t) => {
      return { position: t + 1, m0, m0q25: 0, m0q75: 1, mLocal: 0.5, mLocalQ25: 0, mLocalQ75: 1 };
    });
    return { label, curve: { ...curve(1), points } };
  };
  const [short, long] = [listener('short', 1, 0.03), listener('long', 1, 0.5, 0.48)];
  const waiting = { label: 'waiting' };
  expect(headline([short, waiting, listener('other', 1, 0.48)])).toBe(
    'At position 2 the 2 decoders take 3\u00a0% to 48\u00a0% from z, other the most.',
  );
  expect(headline([waiting, short])).toContain('At position 2 the right decoder takes 3\u00a0% from z');
  expect(headline([waiting, short, waiting])).toContain('the decoder of short takes 3\u00a0%');
  expect(headline([short, long])).toBe(
    'At position 2 the left decoder takes 3\u00a0% from z, the right one 48\u00a0% at position 3.',
  );
  expect(headline([short, long, long])).toContain('At their last positions the 3 decoders take');
  expect(headline([short, long], 3)).toContain('At position 3 the right decoder takes 48\u00a0%');
  expect(headline([short], 3)).toContain('At position 2 the decoder takes 3\u00a0%');
});

test('a small number keeps its figures', () => {
  expect([0.00149, 0.0123, 0.5, -0.034].map(figure)).toEqual(['0.00149', '0.0123', '0.500', '−0.0340']);
});

test('small and large numbers are written with a power of ten, and minus as print has it', () => {
  expect(power(-7.2e-4, 2)).toBe('−7.20\u00a0×\u00a010⁻⁴');
  expect(power(3.1e12, 0)).toBe('3\u00a0×\u00a010¹²');
  expect([figure(-1.5), figure(0), percent(-0.01), percent(-0.001)]).toEqual([
    '−1.500',
    '0.000',
    '−1\u00a0%',
    '0\u00a0%',
  ]);
});

test('a number and its standard error are written to the second figure of the error', () => {
  expect(estimate(-1.17843, 0.2093)).toBe('−1.18 ± 0.21');
  expect(estimate(0.000878, 0.000403)).toBe('0.00088 ± 0.00040');
  expect(estimate(1234.5, 67.8)).toBe('1235 ± 68');
  expect(estimate(0, 0)).toBe('0.000 ± 0.000');
  expect(estimate(0.5, undefined)).toBe('0.500');
  expect(estimate(Number.NaN, Number.NaN)).toBe('–');
});

test('what shows nothing of the progress of a run is not drawn anew with each report of it', () => {
  const before = newRun(identity);
  const progress = { step: 9, steps: 10, phase: 'joint', stepsPerSecond: 3, secondsLeft: 1 } as const;
  const reported = afterEvent(afterEvent(before, { type: 'progress', progress }), {
    type: 'losses',
    rows: [row(9)],
  });
  const measured = afterEvent(reported, { type: 'dependence', curve: curve(9) });
  expect(alike([reported], [before], ['status', 'curves'])).toBe(true);
  expect(alike([reported], [before], ['progress'])).toBe(false);
  expect(alike([measured], [before], ['status', 'curves'])).toBe(false);
  expect(alike([{ ...before, name: 'calm otter' }], [before], [])).toBe(false);
  expect(alike([before, reported], [before], [])).toBe(false);
});
