import { copyFile, cp, mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { version } from '../../src/node/commands/version.ts';
import { labHere, useFolder } from './lab.ts';
import { setFlags, tinyRun } from './tinyRun.ts';

const path = useFolder();
const settings = setFlags({ ...tinyRun, 'train.steps': 6 });

beforeAll(async () => {
  expect((await labHere(['train', ...settings, '--out', path('made')])).code).toBe(0);
});
beforeEach(async () => {
  await rm(path('run'), { recursive: true, force: true });
  await cp(path('made'), path('run'), { recursive: true });
});

type Json = Record<string, Record<string, unknown>>;
async function edit(file: string, change: (json: Json) => void): Promise<void> {
  const json = JSON.parse(await readFile(path('run', file), 'utf8'));
  change(json);
  await writeFile(path('run', file), JSON.stringify(json));
}

/** Every command that takes the folder of a run. */
const readers = [
  ['evaluate', '--run'],
  ['generate', '--count', '2', '--out', 'FOLDER/series.csv', '--run'],
  ['export', '--out', 'FOLDER/model.py', '--run'],
  ['train', '--resume'],
  ['report', '--out', 'FOLDER/report.html', '--run'],
].map((args) => (folder: string) => [...args.map((arg) => arg.replace('FOLDER', folder)), folder]);

test('a run with a setting that is not known is refused everywhere, with the file and both versions', async () => {
  await edit('config.json', (json) => {
    Object.assign(json.model ?? {}, { hidenSize: 3 });
    Object.assign(json.run ?? {}, { version: '9.9.9' });
  });
  for (const args of readers) {
    const { code, stderr } = await labHere(args(path('run')));
    expect(stderr).toContain(`lab: ${path('run', 'config.json')}: unknown key 'model.hidenSize'`);
    expect(stderr).toContain(`it was written by version 9.9.9, and this is ${version}`);
    expect(code).toBe(2);
  }
});

test('a run whose record lacks what nothing depends on serves everywhere', async () => {
  await edit('config.json', ({ run = {} }) => {
    for (const name of ['columns', 'split', 'notes', 'started', 'state', 'seconds', 'memoryBytes'])
      delete run[name];
    Object.assign(run, { future: 1 });
  });
  for (const args of readers) expect((await labHere(args(path('run')))).code).toBe(0);
  const { run } = JSON.parse(await readFile(path('run', 'config.json'), 'utf8'));
  expect(run.seconds).toBeGreaterThan(0);
});

test('a run whose record lacks what its model depends on is refused in one sentence', async () => {
  await edit('config.json', ({ run = {} }) => delete run.seqLen);
  for (const args of readers) {
    const { code, stderr } = await labHere(args(path('run')));
    expect(stderr).toContain(`lab: ${path('run', 'config.json')}: of its run 'seqLen' is undefined`);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(code).toBe(2);
  }
});

test('a report refuses an evaluation that it could not draw', async () => {
  await edit('evaluation.json', (json) => delete json.scores);
  const { code, stderr } = await labHere(['report', '--run', path('run'), '--out', path('report.html')]);
  expect(stderr).toContain(`lab: ${path('run', 'evaluation.json')}: 'scores' is undefined`);
  expect(code).toBe(2);
});

test('a report of a run that was killed leaves half rows out', async () => {
  const { length } = await readFile(path('run', 'loss.csv'));
  await truncate(path('run', 'loss.csv'), length - 4);
  expect((await labHere(['report', '--run', path('run'), '--out', path('half.html')])).code).toBe(0);
  const html = await readFile(path('half.html'), 'utf8');
  const json = /<script type="application\/json" id="report">([^<]*)<\/script>/.exec(html)?.[1];
  expect(JSON.parse(json ?? '').runs[0].losses).toHaveLength(5);
});

test('results of another version, or from an editor, are read with what they have', async () => {
  const plan = { base: Object.fromEntries(settings.filter((_, i) => i % 2).map((text) => text.split('='))) };
  await mkdir(path('rows'), { recursive: true });
  await writeFile(path('plan.json'), JSON.stringify({ ...plan, axes: { 'train.seed': [0] } }));
  expect((await labHere(['experiment', path('plan.json'), '--out', path('rows', 'a.jsonl')])).code).toBe(0);
  const row = JSON.parse(await readFile(path('rows', 'a.jsonl'), 'utf8'));
  for (const name of ['version', 'split', 'date']) delete row[name];
  delete row.evaluation.scores;
  await writeFile(
    path('rows', 'b.jsonl'),
    `\uFEFF${JSON.stringify({ ...row, future: 1 })}\r\n{"experiment": "torn`,
  );
  const table = await labHere(['table', path('rows', 'b.jsonl')]);
  expect(table.stdout).toContain('posterior-lab of an unknown version on');
  expect(table.code).toBe(0);
  const report = ['report', '--results', path('rows', 'b.jsonl'), '--out', path('rows', 'b.html')];
  expect((await labHere(report)).code).toBe(0);
  await copyFile(path('rows', 'b.jsonl'), path('rows', 'c.jsonl'));
  expect(
    (await labHere(['experiment', 'merge', path('rows', 'm.jsonl'), path('rows', 'c.jsonl')])).code,
  ).toBe(0);
  expect(
    (await labHere(['experiment', path('plan.json'), '--out', path('rows', 'c.jsonl')])).stdout,
  ).toContain('1 of 1 runs are done');
});
