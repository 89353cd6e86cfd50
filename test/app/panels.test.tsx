import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { curvesCaption } from '../../src/app/panels/curvesCaption.ts';
import { DependenceFootnote } from '../../src/app/panels/DependenceFootnote.tsx';
import { drawnSeries, sharedRange } from '../../src/app/panels/drawnSeries.ts';
import { drawnTable } from '../../src/app/panels/drawnTable.ts';
import { columnsOf, scoreTable } from '../../src/app/panels/scoreTable.ts';
import { recordedPair, stepsText } from '../../src/app/runs/labels.ts';
import { newRun } from '../../src/app/runs/runView.ts';
import { pageDefaults } from '../../src/app/settings/index.ts';
import type { Config } from '../../src/engine/train/config.ts';
import type { EvaluationReport } from '../../src/engine/train/evaluationReport.ts';

/** A run on a table of this name with a set of one series of two positions. */
function trained(id: string, source: string, featureSize: number, values: readonly number[]) {
  const config = { ...pageDefaults, data: { ...pageDefaults.data, source } };
  const set = Float32Array.from(values);
  const generated = { sample: set, 'noise-not-fed-back': set, mean: set };
  const run = newRun({ id, name: id, config, dataset: source, origin: 'live', key: id });
  return {
    ...run,
    samples: [{ step: 40, count: 1, seqLen: 2, featureSize, ids: ['a'], real: set, generated }],
  };
}
const open = {
  data: { ...pageDefaults.data, source: 'mine.csv' },
  features: ['heart rate', 'pressure'],
};

test('series are those of the run’s own features, whatever data are open', () => {
  const runs = [trained('mine', 'mine.csv', 2, [1, 100, 2, 200]), trained('recorded', 'reveal', 1, [7, 8])];
  const drawn = drawnSeries(runs, 1, undefined, open);
  expect(drawn.map(({ unit, feature }) => [unit, feature])).toEqual([
    ['pressure', 1],
    ['x', 0],
  ]);
  const { columns, rows } = drawnTable(drawn, 'mean');
  expect(columns).toEqual(['run', 'step', 'kind', 'feature', 'series', 'position', 'value']);
  const last = rows
    .filter(([, , kind]) => kind === 'real')
    .map(([name, , , feature, , , value]) => [name, feature, value]);
  expect(last).toEqual([
    ['mine', 'pressure', 100],
    ['mine', 'pressure', 200],
    ['recorded', 'x', 7],
    ['recorded', 'x', 8],
  ]);
  expect(sharedRange(drawn, 'pressure', 'mean')).toEqual([100, 200]);
  expect(sharedRange(drawn, 'x', 'mean')).toEqual([7, 8]);
});

test('a run on a built-in set keeps the names of that set while a file with as many features is open', () => {
  const [drawn] = drawnSeries([trained('recorded', 'reveal', 1, [7, 8])], 0, undefined, {
    ...open,
    features: ['heart rate'],
  });
  expect(drawn?.names).toEqual(['x']);
  const [unknown] = drawnSeries([trained('other', 'gone.csv', 2, [1, 2, 3, 4])], 0, undefined, open);
  expect(unknown?.names).toEqual(['feature 1', 'feature 2']);
});

test('the footnote says of each curve what it was measured on where they differ, and of shares beyond 100 %', () => {
  const drawn = (series: readonly number[], mLocal = 0.5) =>
    series.map((count, colour) => {
      const point = { position: 1, m0: 0.5, m0q25: 0, m0q75: 1, mLocal, mLocalQ25: 0, mLocalQ75: 1 };
      const curve = { step: 40, points: [point], residual: 0.001, quadrature: 8, series: count };
      return { id: `${colour}`, label: `run ${colour}`, colour, curve };
    });
  const text = (series: readonly number[], mLocal?: number) =>
    renderToStaticMarkup(<DependenceFootnote drawn={drawn(series, mLocal)} />).replaceAll(/<[^>]*>/g, '');
  expect(text([64, 64]).match(/held-out series/g)).toHaveLength(1);
  expect(text([64, 16])).toContain('(64 held-out series, 8 quadrature nodes)');
  expect(text([64, 16])).toContain('(16 held-out series, 8 quadrature nodes)');
  expect(text([64])).not.toContain('is no mistake');
  expect(text([64], 1.4)).toContain('is no mistake');
});

test('the sentence of the recorded pair stands while both are drawn in their places, and nothing else', () => {
  const recorded = (name: Config['method']['name']) => {
    const config = { ...pageDefaults, method: { ...pageDefaults.method, name } };
    return newRun({ id: name, name, config, dataset: 'Reveal', origin: 'recorded', key: name });
  };
  const [latent, stable] = [recorded('latent-diffusion'), recorded('posterior-stable')];
  expect(recordedPair([latent, stable])).toBe(true);
  expect(recordedPair([stable])).toBe(false);
  expect(recordedPair([latent, { ...stable, origin: 'live' }])).toBe(false);
  expect(recordedPair([latent, stable, { ...stable, origin: 'live' }])).toBe(false);
});

test('scores of runs on other data stand beside their own floor', () => {
  const report = (value: number, floor: number) => {
    const parts = { all: 1, lastThird: 1, error: { all: 0.1, lastThird: 0.1 } };
    const score = { slicedWasserstein: { value, floor, zero: 9 } };
    const scores = { sample: score, 'noise-not-fed-back': score, mean: score };
    const given = { logLikelihood: parts, swap: parts, noise: parts, control: { correlation: 0.5 }, scores };
    return given as unknown as EvaluationReport;
  };
  const [one, other] = [report(2, 1), report(8, 4)];
  const alike = scoreTable([
    { label: 'a', report: one },
    { label: 'b', report: report(3, 1) },
  ]);
  expect(columnsOf(alike.groups).slice(-3)).toEqual(['b, means only', 'real against real', 'all zeros']);
  expect(alike.rows.at(-1)?.slice(1)).toEqual([2, 2, 2, 3, 3, 3, 1, 9]);
  const apart = scoreTable([
    { label: 'a', report: one },
    { label: 'b', report: other },
  ]);
  expect(columnsOf(apart.groups)).toContain('b, real against real');
  expect(apart.rows.at(-1)?.slice(1)).toEqual([2, 2, 2, 1, 9, 8, 8, 8, 4, 9]);
  for (const { groups, rows } of [alike, apart])
    expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([columnsOf(groups).length]));
});

test('a caption says when its figure was measured', () => {
  expect(stepsText([{ step: 500 }, { step: 500 }])).toBe('training step 500');
  expect(stepsText([{ step: 1500 }, { step: 300 }])).toBe('training steps 300 and 1,500');
});

test('the caption of the curves says the step of each run where they differ', () => {
  const text = (
    steps: readonly (number | undefined)[],
    back?: number,
    origin: 'live' | 'recorded' = 'live',
  ) => {
    const all = steps.map((step) =>
      step === undefined ? [] : [{ step, points: [], residual: 0, quadrature: 8, series: 4 }],
    );
    const runs = all.map((curves, n) => ({ ...trained(`${n}`, 'reveal', 1, [7, 8]), curves, origin }));
    const drawn = all.map(([curve], n) => ({ id: `${n}`, label: `${n}`, colour: n, curve, ghosts: [] }));
    return curvesCaption(runs, drawn, back);
  };
  expect(text([60, undefined])).toBe('Training step 60');
  expect(text([0, 0])).toBe('Before training');
  expect(text([1500, 60, 60])).toBe('Training steps 60 and 1,500');
  expect(text([1500, 60, 24])).toBe('Each run at its latest step');
  expect(text([50, 60], 60)).toBe('Training steps 50 and 60, looking back');
  expect(text([50, 60, 24], 60)).not.toContain('latest');
  expect(text([1500, 1500], undefined, 'recorded')).toBe('Recorded runs, training step 1,500');
  expect(text([])).toMatch(/^The share/);
});
