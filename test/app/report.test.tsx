import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test, vi } from 'vitest';
import { cloudTable } from '../../src/app/figures/cloudTable.ts';
import { lossTable } from '../../src/app/figures/lossTable.ts';
import { matrixTable } from '../../src/app/figures/matrixTable.ts';
import { headline } from '../../src/app/headline.ts';
import { curvesOf, lossesOf } from '../../src/app/report/restore.ts';
import { pageDefaults } from '../../src/app/settings/index.ts';
import { setKeys } from '../../src/engine/train/config.ts';
import type { ReportRun } from '../../src/engine/train/reportData.ts';

// The charts ask for its language while they are imported.
vi.stubGlobal('navigator', { language: 'en' });
const { Report } = await import('../../src/app/report/Report.tsx');

const run = (label: string, change: Partial<ReportRun> = {}): ReportRun => {
  return {
    label,
    dataset: 'Reveal',
    config: pageDefaults,
    steps: 20,
    losses: [],
    curves: [],
    notes: [],
    ...change,
  };
};
const record = {
  version: '0.1.0',
  adapter: 'SwiftShader',
  started: '2026-01-02T03:04:05Z',
  state: 'interrupted',
  seconds: 5,
  split: { train: 80, validation: 10, test: 9 },
};
const rendered = (runs: ReportRun[], notes: string[] = []) =>
  renderToStaticMarkup(<Report data={{ title: 'A', version: '1', date: '2026-01-01', runs, notes }} />);

test('a run of a project is described by what the project holds, one of a folder by its record too', () => {
  const html = rendered([run('owl'), run('lynx', { record })], ['A note.']).replaceAll(/<[^>]*>/g, '');
  const size = `LSTM, hidden size ${pageDefaults.model.hiddenSize}`;
  expect(html).toContain(`owl: Reveal, windows of ${pageDefaults.data.window}; ${size}`);
  expect(html).toContain(`20 of ${pageDefaults.train.steps.toLocaleString('en')} steps, seed 0.`);
  expect(html).toContain('(80 to train on, 10 to validate on, 9 held out)');
  expect(html).toContain(
    'interrupted after 20 steps in 5 s, seed 0; SwiftShader, version 0.1.0, 2026-01-02.',
  );
  expect(html).toContain('A note.');
  expect(html).not.toMatch(/undefined|NaN/);
});

test('what an evaluation could not measure is no number, and not 0', () => {
  const point = { position: 1, m0: null, m0q25: null, m0q75: null, mLocal: 0.5, mLocalQ25: 0, mLocalQ75: 1 };
  const dependence = { points: [point], residual: null, quadrature: 8, series: 4 };
  const evaluation = { dependence } as unknown as ReportRun['evaluation'];
  const [curve] = curvesOf(run('owl', { evaluation }));
  expect(curve?.points[0]?.m0).toBeNaN();
  expect(curve?.residual).toBeNaN();
  expect(headline([{ label: 'owl', curve }])).toBe(
    'At position 1 the decoder takes – from z and 50\u00a0% from the value before.',
  );
});

test('of more runs than can be told apart four are drawn, those first that their project drew', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const html = rendered(names.map((name, n) => run(name, { shown: n > 0 })));
  const ticks = names.map((name) => new RegExp(`<input[^>]*aria-label="Draw ${name}"[^>]*>`).exec(html)?.[0]);
  expect(ticks.map((tick) => tick?.includes('checked'))).toEqual([false, true, true, true, true, false]);
  expect(ticks.map((tick) => tick?.includes('disabled'))).toEqual([true, false, false, false, false, true]);
  expect(rendered(names.slice(0, 4).map((name) => run(name)))).not.toContain('Draw a');
});

test('the tests of many runs have a row for each, so that no run leaves the sheet', () => {
  const perStep = { all: -3.5, lastThird: -3.5 };
  const share = { last: 0.2, lastThird: 0.2 };
  const evaluation = {
    ...{ logLikelihood: perStep, swap: perStep, noise: perStep, control: { correlation: 0.5, spread: 1 } },
    dependence: { points: [], residual: 0, quadrature: 8, series: 4, m0: share, mLocal: share },
    ...{ scores: { sample: {} }, counts: {}, seeds: {}, notes: [] },
  } as unknown as ReportRun['evaluation'];
  const heads = (count: number) => {
    const html = rendered(Array.from({ length: count }, (_, n) => run(`run ${n}`, { evaluation })));
    const [table = ''] = /<table[^>]*data-testid="tests".*?<\/table>/.exec(html) ?? [];
    return [...table.matchAll(/<th scope="(col|row)">(?:<[^>]*>)*([^<]*)/g)].map(([, scope, name]) => [
      scope,
      name,
    ]);
  };
  expect(heads(2)).toContainEqual(['col', 'run 1']);
  expect(heads(2)).toContainEqual(['row', 'Control (correlation)']);
  expect(heads(5)).toContainEqual(['row', 'run 4']);
  expect(heads(5)).toContainEqual(['col', 'Control (correlation)']);
});

test('every picture of a report can be saved, and its numbers with it', () => {
  const drawn = run('owl', {
    losses: [[0, 1, 1, 0, 1, null, 1, 1e-3]],
    curves: [{ step: 0, residual: 0, quadrature: 8, series: 4, points: [[1, 1, 1, 1, 1, 1, 1]] }],
    matrix: { values: [1], seqLen: 1, series: 4, residual: 0 },
    cloud: { encoded: [0, 1], sampled: [1, 0], origin: [0, 0], explained: [1, 0] },
  } as Partial<ReportRun>);
  const names = [...rendered([drawn]).matchAll(/aria-label="Save ([^"]*)"/g)].map(([, name]) => name);
  expect(names).toEqual(['dependence', 'matrix', 'latents', 'losses']);
});

test('losses are saved by the step of loss.csv, and a term that a method has not is no number', () => {
  const losses = [0, 1, 2].map((step) => [step, 6, 1, 2, 3, 0, 1, 1e-3]);
  const saved = (name: string) => {
    const { label, config, ...rest } = run('owl', {
      losses,
      config: setKeys(pageDefaults, [['method.name', name]]),
    });
    return lossTable([{ label, config, losses: lossesOf({ label, config, ...rest }) }]).rows;
  };
  expect(saved('posterior-stable')).toEqual([0, 1, 2].map((step) => ['owl', step, 1, Number.NaN, 2, 3]));
  expect(saved('latent-diffusion')[0]).toEqual(['owl', 0, 1, 0, Number.NaN, 3]);
});

test('matrices and latents are saved with an entry for each number that is drawn', () => {
  const matrix = Float32Array.from([1, 0, 0.75, 0.25]);
  expect(matrixTable([{ label: 'owl', matrix, seqLen: 2 }]).rows).toEqual([
    ['owl', 1, 0, 1],
    ['owl', 2, 0, 0.75],
    ['owl', 2, 1, 0.25],
  ]);
  const cloud = { encoded: Float32Array.from([1, 2]), sampled: Float32Array.from([3, 4]) };
  expect(cloudTable([{ label: 'owl', step: 5, ...cloud }]).rows).toEqual([
    ['owl', 5, 'encoded', 1, 2],
    ['owl', 5, 'sampled', 3, 4],
  ]);
});
