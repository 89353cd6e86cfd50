import { expect, test } from 'vitest';
import { type KeptRun, mostRuns, stoppedRuns, tooManyRuns } from '../../src/app/keep/keptRun.ts';
import { pageDefaults } from '../../src/app/settings/index.ts';
import { afterWorkerEvent, useLab } from '../../src/app/store.ts';
import type { TrainerEvent } from '../../src/engine/train/protocol.ts';

const total = pageDefaults.train.steps;
const run = (id: string, step: number, others: Partial<KeptRun> = {}): KeptRun => ({
  id,
  name: id,
  config: pageDefaults,
  dataset: 'Reveal',
  pinned: false,
  deleted: false,
  data: {},
  together: [id],
  step,
  time: 0,
  file: `${id}-${step}.safetensors`,
  bytes: 1,
  ended: false,
  ...others,
});

test('the latest runs that stopped in the middle are offered, each with the one beside it', () => {
  const runs = [
    run('older', 10),
    run('over', total),
    run('left', total, { together: ['left', 'right'] }),
    run('right', 20, { together: ['left', 'right'] }),
    run('given up', 30, { ended: true }),
  ];
  const ids = (besides: string[] = []) => stoppedRuns(runs, besides).map(({ id }) => id);
  expect(ids()).toEqual(['left', 'right']);
  expect(ids(['left', 'right'])).toEqual(['older']);
  expect(ids(['left', 'right', 'older'])).toEqual([]);
});

test('the oldest make room for the runs that train, and pinned ones never do', () => {
  const old = Array.from({ length: mostRuns + 1 }, (_, n) => run(`r${n}`, 10, { pinned: n === 1 }));
  const ids = (runs: KeptRun[], training: string[]) => tooManyRuns(runs, training).map(({ id }) => id);
  expect(ids(old, [])).toEqual([]);
  expect(ids(old, ['new'])).toEqual(['r0']);
  expect(ids(old, ['left', 'right'])).toEqual(['r2', 'r0']);
  expect(ids(old, ['r0', 'new'])).toEqual(['r2']);
  const pinned = old.map((one) => ({ ...one, pinned: true }));
  expect(ids(pinned, ['new'])).toEqual([]);
});

test('a run of an earlier visit comes before those of this one: undrawn, with what it measured', () => {
  const kept = run('amber heron', 120, { ended: true, pinned: true });
  const events: TrainerEvent[] = [{ type: 'log', message: 'Step 100: best validation objective so far.' }];
  const empty = useLab.getInitialState();
  const report = { status: 'keeping' as const, runs: [kept], bytes: 1 };
  const known = afterWorkerEvent(empty, { type: 'kept', report });
  const past = { type: 'past' as const, run: kept.id, events };
  const shown = afterWorkerEvent(known, past);
  expect(shown.runs).toHaveLength(1);
  expect(shown.runs[0]).toMatchObject({ name: 'amber heron', status: 'ended', shown: false, pinned: true });
  expect(shown.runs[0]?.progress?.step).toBe(120);
  expect(shown.runs[0]?.log).toEqual(['Step 100: best validation objective so far.']);
  expect(afterWorkerEvent(shown, past).runs).toHaveLength(1);
  expect(afterWorkerEvent(empty, past).runs).toEqual([]); // forgotten meanwhile
});
