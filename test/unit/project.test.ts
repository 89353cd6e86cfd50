import { strFromU8, strToU8, unzipSync, type Zippable, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { crc32, crc32After } from '../../src/engine/export/crc32.ts';
import { ProjectError, readProject, writeProject } from '../../src/engine/export/project.ts';
import { readSafetensors, writeSafetensors } from '../../src/engine/export/safetensors.ts';
import { CheckpointError, readCheckpoint, readRun } from '../../src/engine/train/checkpoint.ts';
import { tinyCheckpoint, tinyHistory, tinyProject, tinyProjectFile } from '../tinyProject.ts';

/** The project's zip with entries replaced, added, or left out where they are undefined. */
function changed(change: Record<string, Uint8Array | string | undefined>): Uint8Array {
  const entries: Zippable = {};
  for (const [path, content] of Object.entries({ ...unzipSync(tinyProjectFile), ...change })) {
    if (content !== undefined) entries[path] = typeof content === 'string' ? strToU8(content) : content;
  }
  return zipSync(entries);
}

const manifest = JSON.parse(strFromU8(unzipSync(tinyProjectFile)['project.json'] as Uint8Array));
const withManifest = (change: object) =>
  changed({ 'project.json': JSON.stringify({ ...manifest, ...change }) });

test('a project comes back as it was written, and is written to the same bytes again', () => {
  const read = readProject(tinyProjectFile);
  expect(read).toEqual(tinyProject);
  expect(writeProject(read)).toEqual(tinyProjectFile);
});

test('a run comes back with its optimiser state and its reports, or with its reports alone', () => {
  const [whole, reports] = readProject(tinyProjectFile).runs.map(({ file }) => readRun(file));
  expect(whole?.checkpoint).toEqual(tinyCheckpoint);
  expect(reports).toEqual({ config: tinyCheckpoint.config, history: whole?.history });
  expect(whole?.history).toEqual([
    { type: 'losses', rows: tinyHistory.rows },
    ...tinyHistory.curves.map((curve) => ({ type: 'dependence', curve })),
    { type: 'log', message: 'Step 2: evaluated.' },
  ]);
  expect(() => readCheckpoint(tinyProject.runs[1]?.file as Uint8Array)).toThrow('no weights');
});

test('data that are left out are referred to by name, size and checksum', () => {
  const { table: { content: _, ...table } = { name: '' } } = tinyProject.data;
  const file = writeProject({
    ...tinyProject,
    data: { source: table.name, table } as typeof tinyProject.data,
  });
  expect(Object.keys(unzipSync(file))).toEqual(['project.json', 'runs/1.safetensors', 'runs/2.safetensors']);
  expect(readProject(file).data).toEqual({ source: 'räume.csv', table });
});

test('what could not be opened again is not saved', () => {
  const [run] = tinyProject.runs;
  if (!run) throw new Error('there is no run');
  const named = (name: string) => () => writeProject({ ...tinyProject, runs: [{ ...run, name }] });
  expect(named('x'.repeat(300))).not.toThrow();
  expect(named('x'.repeat(301))).toThrow(ProjectError);
  expect(named('x'.repeat(301))).toThrow("could not be opened again: 'runs.0.name' is 301, not <=300");
  const many = Array.from({ length: 4000 }, (_, n) => ({
    ...run,
    ...{ name: `${n} `.padEnd(300, '–'), dataset: 'x'.repeat(300), file: new Uint8Array(1) },
  }));
  expect(() => writeProject({ ...tinyProject, runs: many })).toThrow(
    /its project\.json has \d MiB, and at most 4 MiB are read: delete runs/,
  );
});

test.each<[string, Uint8Array, string]>([
  ['text', strToU8('a,b\n1,2\n'), 'no zip file'],
  ['another zip', zipSync({ 'bundle.json': strToU8('{}') }), 'has no project.json'],
  ['a cut project', tinyProjectFile.slice(0, -30), 'damaged'],
  ['another project.json', changed({ 'project.json': '{"format":"x"}' }), 'its project.json is another'],
  ['project.json that is no JSON', changed({ 'project.json': '{' }), 'its project.json is another'],
  [
    'a later version',
    withManifest({ version: 9, program: '7.1' }),
    'has version 9, written by Posterior Lab 7.1, and this one reads up to 1',
  ],
  ['no version', withManifest({ version: '1' }), 'has no version'],
  ['an unknown key', withManifest({ extra: 1 }), "'extra' does not belong there"],
  ['a run without a name', withManifest({ runs: [{ ...manifest.runs[0], name: '' }] }), "'runs.0.name'"],
  [
    'a run outside its folder',
    withManifest({ runs: [{ ...manifest.runs[0], path: '../x' }] }),
    "'runs.0.path'",
  ],
  ['a missing run', changed({ 'runs/2.safetensors': undefined }), "no 'runs/2.safetensors'"],
  [
    'one file for two runs',
    withManifest({ runs: [manifest.runs[0], manifest.runs[0]] }),
    'names one file twice',
  ],
  [
    'other data',
    changed({ 'data/table/räume.csv': 'station;when;x\n' }),
    "'data/table/räume.csv' is damaged",
  ],
])('%s is refused with place and reason', (_, file, reason) => {
  expect(() => readProject(file)).toThrow(ProjectError);
  expect(() => readProject(file)).toThrow(reason);
});

/** Offset of the last entry's record in the directory at the end of a zip. */
const lastRecord = (zip: Uint8Array) => strFromU8(zip, true).lastIndexOf('PK\x01\x02');

test.each<[string, number, string]>([
  ['more than can be in it', 900_000_000, 'claims to be 858 MiB'],
  ['more than is read', 2_000_000_000, 'brings it to'],
])('a zip that claims %s is not unpacked', (_, size, reason) => {
  const bomb = tinyProjectFile.slice();
  new DataView(bomb.buffer).setUint32(lastRecord(bomb) + 24, size, true);
  const start = performance.now();
  expect(() => readProject(bomb)).toThrow(reason);
  expect(performance.now() - start).toBeLessThan(200);
});

test('a project of an earlier version is brought to this one, step by step', () => {
  const { runs, ...rest } = manifest;
  const old = changed({ 'project.json': JSON.stringify({ ...rest, version: 1, models: runs }) });
  const layout = {
    version: 3,
    migrations: {
      1: ({ models, ...other }: Record<string, unknown>) => ({ ...other, entries: models }),
      2: ({ entries, ...other }: Record<string, unknown>) => ({ ...other, runs: entries }),
    },
  };
  expect(readProject(old, layout)).toEqual(tinyProject);
  expect(() => readProject(old, { ...layout, version: 2 })).toThrow("'runs' is missing");
});

test('a run whose settings, counters or history are another’s is refused by part', () => {
  const { tensors, metadata } = readSafetensors(tinyProject.runs[0]?.file as Uint8Array);
  const { crc32: _, ...rest } = metadata;
  const without = (change: Record<string, string>) => () =>
    readRun(resealed(tensors, { ...rest, ...change }));
  expect(without({})).not.toThrow();
  expect(without({ config: '{"train":{"steps":0}}' })).toThrow("settings cannot be read: 'train.steps' is 0");
  expect(without({ counters: '{"step":1}' })).toThrow("counters cannot be read: 'evaluatedAt' is missing");
  expect(without({ history: '{"log":[]}' })).toThrow("history cannot be read: 'curves' is missing");
  expect(without({ history: 'x' })).toThrow(CheckpointError);
});

/** A file with the checksum that fits it, as someone who means harm would write it. */
function resealed(
  tensors: Parameters<typeof writeSafetensors>[0],
  metadata: Record<string, string>,
): Uint8Array {
  const names = [...tensors].map(([name, { shape }]) => [name, shape]);
  const lines = Object.entries(metadata).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const text = new TextEncoder().encode(JSON.stringify([names, lines]));
  const sum = crc32(text, ...[...tensors.values()].map(({ data }) => data));
  return writeSafetensors(tensors, { ...metadata, crc32: sum });
}

test('tensors that share their bytes are refused', () => {
  const file = writeSafetensors(
    new Map(['a', 'b'].map((name) => [name, { shape: [2], data: new Float32Array(2) }])),
  );
  const text = strFromU8(file, true).replace('[8,16]', '[0, 8]');
  expect(() => readSafetensors(strToU8(text, true))).not.toThrow();
  const twice = text.slice(0, -8);
  expect(() => readSafetensors(strToU8(twice, true))).toThrow("'b' lies where another tensor does");
});

test('a checksum is the same piece by piece', () => {
  const bytes = strToU8('123456789');
  expect(crc32(bytes)).toBe('cbf43926');
  expect(crc32After(crc32(bytes.subarray(0, 4)), bytes.subarray(4))).toBe('cbf43926');
});
