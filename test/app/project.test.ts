import { strToU8, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { crcOf } from '../../src/app/project/crcOf.ts';
import { kindOf } from '../../src/app/project/kindOf.ts';
import { mergedRuns, type OpenedFile } from '../../src/app/project/merge.ts';
import type { OpenedRun } from '../../src/app/project/projectProtocol.ts';
import { newRun, type RunView } from '../../src/app/runs/runView.ts';
import { pageDefaults } from '../../src/app/settings/index.ts';
import { crc32 } from '../../src/engine/export/crc32.ts';
import { readProject, writeProject } from '../../src/engine/export/project.ts';
import { writeSafetensors } from '../../src/engine/export/safetensors.ts';
import { readRun } from '../../src/engine/train/checkpoint.ts';
import { tinyProject, tinyProjectFile } from '../tinyProject.ts';

const table = new File(['x\n1\n'], 'räume.csv');
const opened = (name: string, change: Partial<OpenedRun> = {}): OpenedRun => {
  return {
    name,
    dataset: 'Reveal',
    shown: true,
    pinned: false,
    config: pageDefaults,
    history: [],
    ...change,
  };
};
const fileOfRuns = (prefix: string, ...runs: OpenedRun[]): OpenedFile => {
  return { runs, prefix, source: pageDefaults.data.source, files: {} };
};
const there = (name: string, change: Partial<RunView> = {}): RunView => {
  const identity = {
    id: name,
    name,
    config: pageDefaults,
    dataset: 'Reveal',
    origin: 'live' as const,
    key: '',
  };
  return { ...newRun(identity), ...change };
};
const merge = (files: readonly OpenedFile[], runs: readonly RunView[] = []) => {
  let n = 0;
  return mergedRuns(files, runs, () => `id-${++n}`);
};
const drawn = (runs: readonly RunView[]) => runs.filter(({ shown }) => shown).map(({ name }) => name);

test('opened runs take no name that is taken, on the page or among themselves', () => {
  const runs = merge([fileOfRuns('', opened('owl'), opened('owl'), opened('lynx'))], [there('owl')]);
  expect(runs.map(({ id, name }) => [id, name])).toEqual([
    ['id-1', 'owl 2'],
    ['id-2', 'owl 3'],
    ['id-3', 'lynx'],
  ]);
});

test('a name that grows with every project it comes from keeps its own end, and is one that a project takes', () => {
  const long = `${'ada: '.repeat(50)}amber heron`;
  const names = merge([fileOfRuns('bo: ', opened(long), opened(long))]).map(({ name }) => name);
  expect(new Set(names).size).toBe(2);
  for (const name of names) expect(name).toMatch(/^….*ada: amber heron( 2)?$/);
  const written = writeProject({
    ...tinyProject,
    runs: tinyProject.runs.map((run, n) => ({ ...run, name: names[n] ?? '' })),
  });
  expect(readProject(written).runs.map(({ name }) => name)).toEqual(names);
});

test('of many files the newest run of each is drawn before the second of any, and no more than can be told apart', () => {
  const pair = (who: string) => fileOfRuns(`${who}: `, opened('old'), opened('new'));
  expect(drawn(merge([pair('a'), pair('b'), pair('c')]))).toEqual(['a: old', 'a: new', 'b: new', 'c: new']);
  expect(drawn(merge(['a', 'b', 'c', 'd', 'e'].map(pair)))).toEqual(['a: new', 'b: new', 'c: new', 'd: new']);
  const pinned = [there('x', { pinned: true }), there('y', { pinned: true, shown: false })];
  expect(drawn(merge(['a', 'b', 'c', 'd'].map(pair), pinned))).toEqual(['a: new', 'b: new', 'c: new']);
  expect(drawn(merge([fileOfRuns('', opened('hidden', { shown: false }))]))).toEqual([]);
});

test('an opened run shows what it reported, how far it was, and what it can go on from', () => {
  const { data, runs } = readProject(tinyProjectFile);
  const read = runs.map(({ file, ...run }): OpenedRun => {
    const { config, checkpoint, history } = readRun(file);
    const source = run.name === 'amber heron' ? data.source : 'reveal';
    const saved = checkpoint && { step: checkpoint.counters.step, file: new Blob([file as BlobPart]) };
    const own = { ...config, data: { ...config.data, source } };
    return { ...run, config: own, history, ...(saved && { saved }) };
  });
  const [whole, reports] = merge([{ runs: read, prefix: '', source: data.source, files: { table } }]);
  expect(whole).toMatchObject({
    status: 'ended',
    progress: { step: 2, steps: 3000 },
    log: ['Step 2: evaluated.'],
  });
  expect(whole?.saved).toMatchObject({ step: 2, files: { table } });
  expect(whole?.losses.steps).toEqual([1, 2]);
  expect(reports).toMatchObject({ shown: false, pinned: true, progress: { step: 2 } });
  expect(reports?.saved).toBeUndefined();
  expect(reports?.curves).toHaveLength(1);
});

test.each<[string, BlobPart, string]>([
  ['a project', tinyProjectFile, 'project'],
  [
    'a project packed anew',
    zipSync({ 'a.txt': new Uint8Array(4000), 'project.json': strToU8('{}') }),
    'project',
  ],
  ['an ONNX bundle', zipSync({ 'bundle.json': strToU8('{}') }) as BlobPart, 'bundle'],
  ['another zip', zipSync({ 'a.csv': strToU8('x') }) as BlobPart, 'table'],
  [
    'weights',
    writeSafetensors(new Map([['a', { shape: [1], data: new Float32Array(1) }]])) as BlobPart,
    'weights',
  ],
  ['a run', tinyProject.runs[0]?.file as BlobPart, 'weights'],
  ['a table', 'a,b\n1,2\n', 'table'],
  ['text with a brace in the ninth place', '12345678{"a":1}', 'table'],
  ['nothing', '', 'table'],
])('%s is told by its content', async (_, content, kind) => {
  expect(await kindOf(new Blob([content]))).toBe(kind);
});

test('a file that cannot be read is left to the reader of tables', async () => {
  const folder = new Blob();
  folder.slice = () => {
    throw new DOMException('It is a folder.', 'NotFoundError');
  };
  expect(await kindOf(folder)).toBe('table');
});

test('the checksum of a file is that of its bytes, though it is read in pieces', async () => {
  const bytes = Uint8Array.from({ length: 2 ** 22 + 5 }, (_, n) => n * 7);
  expect(await crcOf(new Blob([bytes]))).toBe(crc32(bytes));
});
