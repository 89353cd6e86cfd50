import { beforeEach, expect, test, vi } from 'vitest';
import { Keeper } from '../../src/app/keep/keeper.ts';
import { Keeping } from '../../src/app/keep/keeping.ts';
import type { KeepReport, KeptRun } from '../../src/app/keep/keptRun.ts';
import { becomeKeeper } from '../../src/app/keep/lock.ts';
import type { RunToKeep } from '../../src/app/keep/waiting.ts';
import { pageDefaults } from '../../src/app/settings/index.ts';
import type { WorkerEvent } from '../../src/app/workerProtocol.ts';
import { readSafetensors, writeSafetensors } from '../../src/engine/export/safetensors.ts';
import { readCheckpoint } from '../../src/engine/train/checkpoint.ts';
import { tinyProject } from '../tinyProject.ts';

/** Storage in memory, which refuses what it is told to, and files larger than there is room for. */
const storage = vi.hoisted(() => ({
  files: new Map<string, Uint8Array>(),
  index: new Map<string, unknown>(),
  refuses: undefined as 'list' | 'open' | undefined,
  room: Number.POSITIVE_INFINITY,
  /** What was to be written, whether or not there was room. */
  writes: [] as string[],
}));
const refuse = vi.hoisted(() => (what: 'list' | 'open') => {
  if (storage.refuses === what) throw new DOMException('The file is gone.', 'NotFoundError');
});
vi.mock('../../src/app/keep/files.ts', () => ({
  KeptFiles: {
    open: async () => ({
      takeOver: async () => {},
      write: async (folder: string, name: string, content: Uint8Array | Blob) => {
        storage.writes.push(`${folder}/${name}`);
        const bytes = content instanceof Blob ? new Uint8Array(await content.arrayBuffer()) : content;
        const used = [...storage.files.values()].reduce((sum, { length }) => sum + length, 0);
        if (used + bytes.length > storage.room) throw new DOMException('Full.', 'QuotaExceededError');
        storage.files.set(`${folder}/${name}`, bytes);
      },
      read: async (folder: string, name: string) => {
        const bytes = storage.files.get(`${folder}/${name}`);
        if (!bytes) throw new DOMException('No such file.', 'NotFoundError');
        return new Blob([bytes as BlobPart]);
      },
      remove: async (folder: string, name: string) => void storage.files.delete(`${folder}/${name}`),
      list: async (folder: string) => {
        refuse('list');
        const names = [...storage.files].filter(([path]) => path.startsWith(`${folder}/`));
        return new Map(names.map(([path, { length }]) => [path.slice(folder.length + 1), length]));
      },
    }),
  },
}));
vi.mock('../../src/app/keep/runIndex.ts', () => ({
  RunIndex: {
    open: async () => {
      refuse('open');
      return {
        all: async () => [...storage.index.values()],
        change: async (put: KeptRun[], remove: string[] = []) => {
          for (const run of put) storage.index.set(run.id, run);
          for (const id of remove) storage.index.delete(id);
        },
      };
    },
  },
}));

const locks = (request: (take: () => unknown) => Promise<unknown>) =>
  vi.stubGlobal('navigator', { locks: { request: (_: string, take: () => unknown) => request(take) } });

beforeEach(() => {
  storage.files.clear();
  storage.index.clear();
  storage.refuses = undefined;
  storage.room = Number.POSITIVE_INFINITY;
  storage.writes = [];
  locks(async (take) => take());
});

const label = { name: 'amber heron', dataset: 'Reveal', pinned: false, deleted: false };
const group: RunToKeep[] = [{ id: 'a', config: pageDefaults, label, data: {} }];

test('storage that could not be measured once is kept in all the same, and says what was wrong', async () => {
  const reports: KeepReport[] = [];
  const keeper = new Keeper((report) => reports.push(report));
  await keeper.open();
  storage.refuses = 'list';
  keeper.put(group, 'a', 10, new Uint8Array([1]));
  await vi.waitFor(() => expect(storage.files.size).toBe(1));
  storage.refuses = undefined;
  keeper.put(group, 'a', 20, new Uint8Array([2]));
  await vi.waitFor(() => expect(reports.at(-1)?.runs[0]?.step).toBe(20));
  expect(await keeper.checkpoint('a')).toEqual(new Uint8Array([2]));
});

test('a browser that gives no lock is not taken for one with another tab', async () => {
  vi.useFakeTimers();
  try {
    const onWait = vi.fn();
    locks(() => Promise.reject(new DOMException('No storage here.', 'SecurityError')));
    await expect(becomeKeeper(onWait)).rejects.toThrow('No storage here.');
    vi.stubGlobal('navigator', {}); // outside of secure contexts there are no locks
    await expect(becomeKeeper(onWait)).rejects.toThrow();
    vi.runAllTimers();
    expect(onWait).not.toHaveBeenCalled();
  } finally {
    vi.useRealTimers();
  }
});

test('a browser that gives no storage is told of, and training asks nothing of it', async () => {
  storage.refuses = 'open';
  const sent: WorkerEvent[] = [];
  const keeping = new Keeping(
    (event) => sent.push(event),
    () => [],
  );
  await keeping.obey({ type: 'keep' });
  expect(sent).toMatchObject([{ type: 'kept', report: { status: 'failed', problem: /The file is gone/ } }]);
});

/** A keeper that has opened, its last report, and when nothing more is to be done. */
async function openKeeper() {
  const reports: KeepReport[] = [];
  const keeper = new Keeper((report) => reports.push(report));
  await keeper.open();
  const settled = async () => {
    // A turn may queue another.
    for (let n = 0; n < 5; n++) await keeper.checkpoint('');
    return reports.at(-1) as KeepReport;
  };
  return { keeper, settled };
}
const one = (id: string, data: RunToKeep['data'] = {}, name = id): RunToKeep[] => [
  { id, config: pageDefaults, label: { ...label, name }, data },
];
const bytes = (size: number) => new Uint8Array(size);
const paths = (folder: string) => [...storage.files.keys()].filter((path) => path.startsWith(`${folder}/`));
const entry = (id: string) => storage.index.get(id) as KeptRun | undefined;

/** An entry of an earlier visit, with its file. */
function keptBefore(id: string, change: Partial<KeptRun> = {}, content: Uint8Array = bytes(1)): void {
  const file = `${id}.safetensors`;
  storage.files.set(`runs/${file}`, content);
  const state = { step: 5, time: 1, bytes: content.length, ended: true, data: {}, together: [id] };
  storage.index.set(id, { ...label, name: id, id, config: pageDefaults, file, ...state, ...change });
}

test('a run whose settings are of a later page stays as it is, with its files, until everything is forgotten', async () => {
  const config = { ...pageDefaults, model: { ...pageDefaults.model, ofTomorrow: 1 } };
  keptBefore('later', { config, data: { table: 'own' } });
  storage.files.set('data/own', bytes(3));
  const { keeper, settled } = await openKeeper();
  const report = await settled();
  expect(report).toMatchObject({ runs: [], unread: [{ name: 'later', reason: expect.any(String) }] });
  expect(report.lost).toBeUndefined();
  expect([...storage.files.keys()]).toEqual(['runs/later.safetensors', 'data/own']);
  expect(entry('later')?.config).toEqual(config);
  keeper.forget();
  expect((await settled()).unread).toBeUndefined();
  expect([storage.files.size, storage.index.size]).toEqual([0, 0]);
});

test('of files that cannot be read only the damaged ones are removed', async () => {
  const whole = tinyProject.runs[0]?.file as Uint8Array;
  const { tensors, metadata } = readSafetensors(whole);
  keptBefore('of a later version', {}, writeSafetensors(tensors, { ...metadata, version: '2' }));
  const wrong = whole.slice();
  wrong[wrong.length - 5] = (wrong.at(-5) ?? 0) ^ 1;
  keptBefore('with a wrong byte', {}, wrong);
  keptBefore('cut', {}, whole.slice(0, 40));
  keptBefore('too large for now', {}, whole);
  const sent: WorkerEvent[] = [];
  const keeping = new Keeping(
    (event) => sent.push(event),
    (file) => {
      if (file.length === whole.length && file.every((byte, n) => byte === whole[n]))
        throw new RangeError('Array buffer allocation failed');
      return readCheckpoint(file).history;
    },
  );
  await keeping.obey({ type: 'keep' });
  await keeping.checkpoint('');
  expect([...storage.index.keys()].toSorted()).toEqual(['of a later version', 'too large for now']);
  expect(paths('runs')).toHaveLength(2);
  const last = sent.findLast((event) => event.type === 'kept');
  expect(last?.report.unread).toEqual([
    { name: 'of a later version', reason: expect.stringContaining('has version 2') },
    { name: 'too large for now', reason: expect.stringContaining('Array buffer allocation failed') },
  ]);
});

test('a last checkpoint that found no room is kept once there is some, and nothing is wrong then', async () => {
  keptBefore('old', {}, bytes(80));
  storage.room = 100;
  const { keeper, settled } = await openKeeper();
  keeper.put(one('new'), 'new', 60, bytes(50));
  expect((await settled()).problem).toMatch(/storage for this page is full/);
  expect(entry('new')).toBeUndefined();
  keeper.forget();
  const report = await settled();
  expect(report.runs.map(({ id, step }) => [id, step])).toEqual([['new', 60]]);
  expect(report.problem).toBeUndefined();
  expect(paths('runs')).toHaveLength(1);
});

test('a run that found no room and was deleted is not kept, unless it is brought back', async () => {
  keptBefore('old', {}, bytes(80));
  storage.room = 100;
  const { keeper, settled } = await openKeeper();
  keeper.put(one('new'), 'new', 60, bytes(50));
  keeper.label('new', { ...label, name: 'new', deleted: true });
  keeper.forget(['old']);
  await settled();
  expect(storage.index.size).toBe(0);
  keeper.label('new', { ...label, name: 'renamed' });
  expect((await settled()).runs.map(({ name }) => name)).toEqual(['renamed']);
});

test('what a run was saved as while another tab kept its runs is kept when that is closed', async () => {
  let take: () => unknown = () => {};
  locks((given) => {
    take = given;
    return new Promise(() => {});
  });
  const reports: KeepReport[] = [];
  const keeper = new Keeper((report) => reports.push(report));
  const opening = keeper.open();
  keeper.put(one('a'), 'a', 30, bytes(1));
  keeper.put(one('a'), 'a', 60, bytes(1));
  take();
  await opening;
  await vi.waitFor(() => expect(reports.at(-1)?.runs.map(({ step }) => step)).toEqual([60]));
  expect(paths('runs')).toHaveLength(1);
});

test('a data file that does not fit is tried once, the run is kept without it, and with it once there is room', async () => {
  keptBefore('old', {}, bytes(60));
  storage.room = 100;
  const { keeper, settled } = await openKeeper();
  const table = new File([bytes(70)], 'large.csv');
  for (const step of [10, 20]) {
    keeper.put(one('a', { table }), 'a', step, bytes(5));
    await settled();
  }
  expect([entry('a')?.step, entry('a')?.data]).toEqual([20, {}]);
  expect(storage.writes.filter((path) => path.startsWith('data/'))).toHaveLength(1);
  expect((await settled()).lost).toMatch(/^large.csv is too large .* opened again/);
  keeper.forget(['old']);
  keeper.put(one('a', { table }), 'a', 30, bytes(5));
  await settled();
  expect(paths('data')).toEqual([`data/${entry('a')?.data.table}`]);
});

test('a run that trains on while everything is forgotten is kept with its data again, or says that they are not there', async () => {
  keptBefore('resumed', { data: { table: 'kept' } });
  storage.files.set('data/kept', bytes(3));
  const { keeper, settled } = await openKeeper();
  const table = new File([bytes(4)], 'own.csv');
  const put = (step: number) => {
    keeper.put(one('resumed', { table: 'kept' }), 'resumed', step, bytes(1));
    keeper.put(one('fresh', { table }), 'fresh', step, bytes(1));
    return settled();
  };
  await put(10);
  expect(entry('resumed')?.data).toEqual({ table: 'kept' });
  keeper.forget();
  await settled();
  expect(storage.files.size).toBe(0);
  await put(20);
  expect([entry('resumed')?.step, entry('resumed')?.data]).toEqual([20, {}]);
  expect(paths('data')).toEqual([`data/${entry('fresh')?.data.table}`]);
  // Its user has opened the file again.
  keeper.put(one('resumed', { table: new File([bytes(3)], 'own.csv') }), 'resumed', 30, bytes(1));
  await settled();
  expect(storage.files.get(`data/${entry('resumed')?.data.table}`)).toEqual(bytes(3));
});

test('a data file that is gone is known to be, at the opening or when it is asked for', async () => {
  keptBefore('a', { data: { table: 'gone' } });
  keptBefore('b', { data: { table: 'there', labels: 'names' } });
  for (const name of ['there', 'names']) storage.files.set(`data/${name}`, bytes(1));
  const { keeper, settled } = await openKeeper();
  expect([entry('a')?.data, entry('b')?.data]).toEqual([{}, { table: 'there', labels: 'names' }]);
  storage.files.delete('data/names');
  await expect(keeper.dataFile('names')).rejects.toThrow('No such file');
  await settled();
  expect(entry('b')?.data).toEqual({});
});

test('a pair that is discarded comes back as a whole; the next deletion is the end of it', async () => {
  for (const id of ['left', 'right']) keptBefore(id, { ended: false, together: ['left', 'right'] });
  keptBefore('other');
  const { keeper, settled } = await openKeeper();
  const discard = (deleted: boolean) => {
    for (const name of ['left', 'right']) keeper.label(name, { ...label, name, deleted });
    return settled();
  };
  expect((await discard(true)).runs.map(({ id }) => id)).toEqual(['other']);
  expect((await discard(false)).runs).toHaveLength(3);
  await discard(true);
  keeper.label('other', { ...label, name: 'other', deleted: true });
  await settled();
  expect([...storage.index.keys()]).toEqual(['other']);
  expect(paths('runs')).toEqual(['runs/other.safetensors']);
});
