import { afterEach, expect, test, vi } from 'vitest';
import { DataCommands } from '../../src/app/dataCommands.ts';
import { pageDefaults } from '../../src/app/settings/index.ts';
import type { WorkerEvent } from '../../src/app/workerProtocol.ts';
import { setKeys } from '../../src/engine/train/config.ts';

afterEach(() => vi.unstubAllGlobals());

test('of settings that change faster than data are cut, only those that stand are prepared', async () => {
  const sent: WorkerEvent[] = [];
  let estimates = 0;
  const data = new DataCommands({
    send: (event) => sent.push(event),
    needs: async () => {
      estimates++;
      return { bytes: 0, parts: [], work: 1 };
    },
    keptFile: () => Promise.reject(new Error('none')),
  });
  const config = setKeys(pageDefaults, [['data.count', '20']]);
  await data.obey({ type: 'open', request: 1, origin: { name: 'sines' }, config });
  const asked = [2, 3, 4].map((request) => ({ type: 'prepare' as const, request, config }));
  for (const command of asked) data.announcePreparing(command);
  for (const command of asked) await data.obey(command);
  expect(sent.map((event) => [event.type, 'request' in event && event.request])).toEqual([
    ['opened', 1],
    ['prepared', 4],
  ]);
  expect(estimates).toBe(1);
});

test('a sample that is still being fetched is given up, and nothing more is said of it', async () => {
  const fetched = vi.fn(
    (_: string, { signal }: RequestInit) =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
  );
  vi.stubGlobal('fetch', fetched);
  const sent: WorkerEvent[] = [];
  const data = new DataCommands({
    send: (event) => sent.push(event),
    needs: () => Promise.reject(new Error('none')),
    keptFile: () => Promise.reject(new Error('none')),
  });
  const origin = { name: 'sample', address: 'https://example.org/sample.csv' };
  const command = { type: 'open' as const, request: 1, origin, config: pageDefaults };
  data.announce(command);
  const opening = data.obey(command);
  await vi.waitFor(() => expect(fetched).toHaveBeenCalledOnce());
  data.cancel();
  await opening;
  expect(sent).toEqual([{ type: 'cancelled', request: 1 }]);
});
