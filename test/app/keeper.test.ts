import { beforeEach, expect, test, vi } from 'vitest';
import { Keeper, type RunToKeep } from '../../src/app/keep/keeper.ts';
import { Keeping } from '../../src/app/keep/keeping.ts';
import type { KeepReport, KeptRun } from '../../src/app/keep/keptRun.ts';
import { becomeKeeper } from '../../src/app/keep/lock.ts';
import { pageDefaults } from '../../src/app/settings/index.ts';
import type { WorkerEvent } from '../../src/app/workerProtocol.ts';

/** Storage in memory, which refuses what it is told to. */
const storage = vi.hoisted(() => ({
  files: new Map<string, Uint8Array>(),
  index: new Map<string, unknown>(),
  refuses: undefined as 'list' | 'open' | undefined,
}));
const refuse = vi.hoisted(() => (what: 'list' | 'open') => {
  if (storage.refuses === what) throw new DOMException('The file is gone.', 'NotFoundError');
});
vi.mock('../../src/app/keep/files.ts', () => ({
  KeptFiles: {
    open: async () => ({
      write: async (folder: string, name: string, bytes: Uint8Array) =>
        void storage.files.set(`${folder}/${name}`, bytes),
      read: async (folder: string, name: string) =>
        new Blob([storage.files.get(`${folder}/${name}`) as BlobPart]),
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
