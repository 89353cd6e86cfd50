import { readdir, readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { lab, labHere, useFolder } from './lab.ts';
import { setFlags, tinyRun } from './tinyRun.ts';

const path = useFolder();
const settings = setFlags(tinyRun);
const train = (out: string, steps: number) => ['train', ...settings, '--steps', `${steps}`, '--out', out];

test('SIGTERM stops a training with 143; --resume goes on from there', async () => {
  const out = path('terminated');
  const { code, stdout } = await lab(train(out, 500), (text, signal) => {
    if (/step \d+\/500/.test(text)) signal('SIGTERM');
  });
  expect(code).toBe(143);
  expect(stdout).toContain(`Stopped. ${out} holds what there is`);
  expect(JSON.parse(await readFile(path('terminated', 'config.json'), 'utf8')).run.state).toBe('interrupted');
  expect((await labHere(['train', '--resume', out])).code).toBe(0);
  const rows = (await readFile(path('terminated', 'loss.csv'), 'utf8')).trimEnd().split('\n').slice(1);
  expect(rows.map((row) => Number(row.split(',')[0]))).toEqual(Array.from({ length: 500 }, (_, i) => i));
});

test('without a terminal, as under nohup, nothing that hangs up ends it', async () => {
  const { code } = await lab(train(path('alone'), 300), (text, signal) => {
    if (/MiB|step/.test(text)) signal('SIGHUP');
  });
  expect(code).toBe(0);
});

test('SIGTERM stops an experiment with 143; the run in progress is made again', async () => {
  const plan = { base: { ...tinyRun, 'train.steps': 500 }, axes: { 'train.seed': [0, 1, 2] } };
  await writeFile(path('plan.json'), JSON.stringify(plan));
  const args = ['experiment', path('plan.json'), '--out', path('rows.jsonl')];
  const { code, stdout } = await lab(args, (text, signal) => {
    if (/^1\/3 /m.test(text)) signal('SIGTERM'); // the second run is being compiled
  });
  expect(code).toBe(143);
  expect(stdout).toContain('Stopped in seed 1, which is made again next time');
  expect((await readFile(path('rows.jsonl'), 'utf8')).split('\n')).toHaveLength(2);
  expect((await readdir(path())).sort()).toEqual(['alone', 'plan.json', 'rows.jsonl', 'terminated']);
});
