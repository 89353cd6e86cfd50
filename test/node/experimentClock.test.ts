import { expect, test } from 'vitest';
import { defaults, setKeys } from '../../src/engine/train/config.ts';
import { flatten, type ResultRow } from '../../src/engine/train/experiment/resultRow.ts';
import { ExperimentClock } from '../../src/node/commands/experimentClock.ts';

type Set = Record<string, string>;
const configOf = (set: Set) => setKeys(defaults, Object.entries(set));

/** A run of 10 steps that took `train` seconds to train and `total` to evaluate. */
function ended(set: Set, train: number, total?: number, changes: Partial<ResultRow> = {}): ResultRow {
  return {
    adapter: 'a card',
    config: flatten(configOf(set)),
    steps: 10,
    seconds: { train, trainStep: train / 10, sampling: null },
    ...(total !== undefined && { evaluation: { seconds: { total } } }),
    ...changes,
  } as ResultRow;
}

const [current, coming] = [defaults, configOf({ 'train.steps': '30' })];
const left = (rows: ResultRow[], after = [coming], adapter = 'a card') =>
  new ExperimentClock(rows).left(adapter, current, 60, after);

test('what is left is the rest of this run, and for each to come the seconds a step of those ended, evaluation included', () => {
  // 200 s in 10 steps are 600 s in 30, and there is a minute left in this run.
  expect(left([ended({}, 100, 100)])).toBe('11 min 0 s left in all, from 1 ended');
  expect(left([ended({}, 100, 100)], [coming, coming])).toBe('21 min 0 s left in all, from 1 ended');
  expect(left([ended({}, 100, 100), ended({}, 300, 100)])).toBe('16 min 0 s left in all, from 2 ended');
  // One that failed was not evaluated, and what it took counts all the same.
  expect(left([ended({}, 100)])).toBe('6 min 0 s left in all, from 1 ended');
});

test('a run is likened to those of its own backbone before its window, and of that before its method', () => {
  const alike = (set: Set) => ended(set, 100);
  const others = { 'method.name': 'vae', 'data.window': '12', 'model.backbone': 'transformer' };
  const slow = (set: Set) => ended(set, 1000);
  for (const [near, far] of [
    [{}, { 'method.name': 'vae' }],
    [{ 'method.name': 'vae' }, { 'data.window': '12' }],
    [{ 'method.name': 'vae', 'data.window': '12' }, { 'model.backbone': 'transformer' }],
    [{ 'model.backbone': 'transformer' }, others],
  ] as [Set, Set][])
    expect(left([slow(far), alike(near)])).toBe('6 min 0 s left in all, from 2 ended');
});

test('runs of another adapter, and runs without a step, say nothing of the time', () => {
  const unknown = '1 min 0 s left in this run; for the 1 after it that is known once one has ended';
  expect(left([])).toBe(unknown);
  expect(left([ended({}, 100)], [coming], 'another card')).toBe(unknown);
  expect(left([ended({}, 100, 0, { steps: 0 })])).toBe(unknown);
});

test('in the last run, with none ended, only its training is known', () => {
  expect(left([], [])).toBe('1 min 0 s left of training posterior-stable');
  const clock = new ExperimentClock([]);
  clock.add(ended({}, 100));
  expect(clock.left('a card', current, 60, [])).toBe('1 min 0 s left in all, from 1 ended');
});
