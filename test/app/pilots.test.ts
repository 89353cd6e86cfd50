import { expect, test, vi } from 'vitest';
import { pageDefaults } from '../../src/app/settings/index.ts';
import { afterWorkerEvent, isPiloting, type LabState, useLab } from '../../src/app/store.ts';
import { Pilots } from '../../src/app/sweep/pilots.ts';
import {
  afterPilotEvent,
  type ChoiceView,
  chosenOf,
  isOutdated,
  newPilot,
} from '../../src/app/sweep/pilotView.ts';
import { sweepConfigs } from '../../src/app/sweep/sweepPlan.ts';
import { choiceConfigs } from '../../src/engine/train/choose.ts';
import { type Config, setKeys } from '../../src/engine/train/config.ts';
import type { PilotResult } from '../../src/engine/train/protocol.ts';

vi.stubGlobal('history', { replaceState: () => {} });
vi.stubGlobal('location', { origin: '', pathname: '/', hash: '' });

const begun: ChoiceView = newPilot({ config: pageDefaults }, 8, 100);
const measured = (swap: number): PilotResult => ({
  measures: {
    windows: 20,
    logLikelihood: { value: -1, error: 0.1 },
    swap: { value: swap, error: 0.1 },
    noise: { value: swap, error: 0.1 },
    m0: 0.2,
    trusted: true,
    control: 0.5,
  },
});

test('nothing is chosen before all candidates have been tried', () => {
  let view = begun;
  for (const [index, swap] of [1, 3, 2].entries()) {
    view = afterPilotEvent(view, { type: 'result', index, result: measured(swap), seconds: index });
  }
  view = afterPilotEvent(view, { type: 'progress', index: 3, share: 0.5, seconds: 9 });
  expect(view).toMatchObject({ state: 'running', done: 3.5 / 8, seconds: 9 });
  expect(chosenOf(view)).toBeUndefined();
  expect(chosenOf(afterPilotEvent(view, { type: 'end', stopped: true }))).toBeUndefined();
  const chosen = chosenOf(afterPilotEvent(view, { type: 'end', stopped: false }));
  expect(chosen?.index).toBe(1);
  expect(chosen?.candidate).toEqual({ inferenceEnd: 28, collapseStart: 900, lambdaCS: 0.1 });
});

test('events of a choice leave a sweep alone, and a worker that stops ends both with its reason', () => {
  const sweep = { ...newPilot({ config: pageDefaults }, 4, 100), ends: [0, 1], starts: [2, 3] };
  let state: LabState = { ...useLab.getState(), choice: begun, sweep };
  const result = measured(1);
  state = afterWorkerEvent(state, {
    type: 'pilot',
    purpose: 'choice',
    event: { type: 'result', index: 0, result, seconds: 1 },
  });
  expect(state.choice?.results[0]).toBe(result);
  expect(state.sweep).toBe(sweep);
  expect(isPiloting(state)).toBe(true);
  const failure = { cause: 'internal', message: 'The worker stopped.', saved: '', advice: '' } as const;
  state = afterWorkerEvent(state, { type: 'crashed', failure });
  expect(isPiloting(state)).toBe(false);
  expect([state.choice, state.sweep].map((view) => [view?.state, view?.failure])).toEqual([
    ['failed', failure.message],
    ['failed', failure.message],
  ]);
});

test('a choice, and what was set before it, is taken only where the settings still allow it', () => {
  const config = setKeys(pageDefaults, [['method.lambdaCS', '0.2']]);
  const pilots = new Pilots(() => {}, { adopt: (next) => useLab.setState({ config: next }) });
  const results = begun.results.map((_, index) => measured(index === 1 ? 3 : 1));
  const short = setKeys(pageDefaults, [
    ['method.inferenceEnd', '10'],
    ['method.collapseStart', '90'],
    ['diffusion.numTimesteps', '100'],
  ]);
  useLab.setState({ config: short, choice: { ...begun, state: 'ended', results } });
  expect(pilots.takeChoice()).toContain("'method.collapseStart'");
  expect([useLab.getState().config, useLab.getState().choice?.before]).toEqual([short, undefined]);

  useLab.setState({ config });
  expect(pilots.takeChoice()).toBeUndefined();
  expect(useLab.getState().config.method).toMatchObject({
    inferenceEnd: 28,
    collapseStart: 900,
    lambdaCS: 0.1,
  });
  useLab.setState({ config: short });
  expect(pilots.undoChoice()).toContain("'method.collapseStart'");
  expect(useLab.getState().config).toEqual(short);
  useLab.setState({ config });
  expect(pilots.undoChoice()).toBeUndefined();
  expect(useLab.getState().config.method.lambdaCS).toBe(0.2);
});

test('a stop is shown until it is obeyed, counts as under way, and leaves what has ended alone', () => {
  const sent: string[] = [];
  const pilots = new Pilots(({ type }) => sent.push(type), { adopt: () => {} });
  const sweep = { ...newPilot({ config: pageDefaults }, 4, 100), ends: [0, 1], starts: [2, 3] };
  useLab.setState({ choice: { ...begun, state: 'ended' }, sweep });
  pilots.stop();
  expect(sent).toEqual(['stop-pilot']);
  expect([useLab.getState().sweep?.state, useLab.getState().choice?.state]).toEqual(['stopping', 'ended']);
  expect(isPiloting(useLab.getState())).toBe(true);
  const event = { type: 'end', stopped: true } as const;
  const after = afterWorkerEvent(useLab.getState(), { type: 'pilot', purpose: 'sweep', event });
  expect([after.sweep?.state, isPiloting(after)]).toEqual(['stopped', false]);
});

test('pilot runs remember what they were made of, and are outdated by other data and by settings that they depend on', () => {
  const pilots = new Pilots(() => {}, { adopt: () => {} });
  useLab.setState({ config: pageDefaults, data: { opening: false, version: 'first' } });
  pilots.sweep(2, 100);
  pilots.choose(100);
  const { sweep, choice } = useLab.getState();
  if (!sweep || !choice) throw new Error('nothing was begun');
  const outdated = (keys: [string, string][], version = 'first') => {
    const now = { config: setKeys(pageDefaults, keys), version };
    return [
      isOutdated(sweep, (config: Config) => sweepConfigs(config, 2, 100), now),
      isOutdated(choice, (config: Config) => choiceConfigs(config, 100), now),
    ];
  };
  expect(outdated([])).toEqual([false, false]);
  expect(outdated([], 'second')).toEqual([true, true]);
  expect(outdated([['data.source', 'sines']])).toEqual([true, true]);
  expect(outdated([['train.seed', '7']])).toEqual([true, true]);
  expect(outdated([['method.lambdaCS', '0.5']])).toEqual([true, false]); // the choice tries its own
  expect(outdated([['method.inferenceEnd', '7']])).toEqual([false, false]);
  expect(outdated([['train.steps', '7']])).toEqual([false, false]);
});
