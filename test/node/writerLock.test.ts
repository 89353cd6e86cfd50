import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { expect, test, vi } from 'vitest';
import { WriterLock } from '../../src/node/commands/writerLock.ts';
import { lab, labHere, useFolder } from './lab.ts';
import { setFlags, tinyRun } from './tinyRun.ts';

const path = useFolder();
const holder = async (file: string) => JSON.parse(await readFile(path(`${file}.lock`), 'utf8'));
/** A lock as another process would leave it, last touched so many seconds ago. */
async function leave(file: string, parts: Record<string, unknown>, seconds = 0): Promise<string> {
  const lock = path(`${file}.lock`);
  await writeFile(lock, JSON.stringify({ host: 'elsewhere', process: 1, since: '2026-01-01', ...parts }));
  const touched = Date.now() / 1000 - seconds;
  await utimes(lock, touched, touched);
  return path(file);
}

test('a second writer is refused with the name of the first, and served when that has ended', async () => {
  const first = await WriterLock.take(path('a'));
  await expect(WriterLock.take(path('a'))).rejects.toThrow(
    `'${path('a')}' is being written by process ${process.pid} on ${hostname()}`,
  );
  first.check();
  first.release();
  expect(existsSync(path('a.lock'))).toBe(false);
  (await WriterLock.take(path('a'))).release();
});

test('the lock of a process that was killed on this machine is taken over at once', async () => {
  const mine = await WriterLock.take(path('b'));
  const { machine } = await holder('b');
  mine.release();
  const { pid } = spawnSync(process.execPath, ['--version']);
  await leave('b', { machine, process: pid });
  const lock = await WriterLock.take(path('b'));
  expect(await holder('b')).toMatchObject({ process: process.pid });
  lock.release();
});

test('a process elsewhere is taken for dead only when it has given no sign of life while it was watched', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  const dead = await leave('c', { machine: 'elsewhere' }, 3600);
  const began = performance.now();
  const lock = await WriterLock.take(dead, 400);
  expect(performance.now() - began).toBeGreaterThan(400);
  expect(said.mock.calls.join()).toContain('was being written by process 1 on elsewhere');
  lock.release();

  const alive = await leave('d', { machine: 'elsewhere' }, 3600);
  const waiting = WriterLock.take(alive, 2000);
  setTimeout(() => utimes(path('d.lock'), new Date(), new Date()), 200);
  await expect(waiting).rejects.toThrow('is being written by process 1 on elsewhere');
  said.mockRestore();
});

test('a lock that another has taken over is given up, and left to it', async () => {
  const lock = await WriterLock.take(path('e'));
  await leave('e', { machine: 'elsewhere' });
  expect(() => lock.check()).toThrow('is being written by process 1 on elsewhere');
  lock.release();
  expect(existsSync(path('e.lock'))).toBe(true);
});

const settings = { ...tinyRun, 'train.steps': 400 };

test('an experiment and a training refuse a second process, change nothing of it, and may be looked at', async () => {
  await writeFile(path('plan.json'), JSON.stringify({ base: settings, axes: { 'train.seed': [0, 1] } }));
  const args = ['experiment', path('plan.json'), '--out', path('rows.jsonl')];
  let others:
    | Promise<[{ code: number | null; stderr: string }, { code: number | null; stdout: string }]>
    | undefined;
  const first = await lab(args, (text) => {
    if (text.includes('step')) others ??= Promise.all([lab(args), lab([...args, '--list'])]);
  });
  const [second, list] = (await others) ?? [];
  expect(second?.stderr).toContain("rows.jsonl' is being written by process");
  expect(second?.code).toBe(2);
  expect(list?.code).toBe(0);
  expect(list?.stdout).toContain('left  seed 1');
  expect(first.code).toBe(0);
  expect((await readFile(path('rows.jsonl'), 'utf8')).trimEnd().split('\n')).toHaveLength(2);
  expect(existsSync(path('rows.jsonl.lock'))).toBe(false);

  expect((await labHere(['train', ...setFlags(settings), '--out', path('run')])).code).toBe(0);
  const lock = await WriterLock.take(path('run'));
  const before = await readFile(path('run', 'loss.csv'), 'utf8');
  const resumed = await labHere(['train', '--resume', path('run')]);
  expect(resumed).toMatchObject({ code: 2 });
  expect(resumed.stderr).toContain(`'${path('run')}' is being written by process`);
  expect(await readFile(path('run', 'loss.csv'), 'utf8')).toBe(before);
  lock.release();
});
