import fc from 'fast-check';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { test } from 'vitest';
import { ProjectError, readProject } from '../../src/engine/export/project.ts';
import { CheckpointError, readRun } from '../../src/engine/train/checkpoint.ts';
import { tinyProjectFile } from '../tinyProject.ts';
import { damaged, fuzz } from './fuzz.ts';

/** The whole way of a file: the zip, its description, and every run in it. */
function open(file: Uint8Array): void {
  for (const run of readProject(file).runs) readRun(run.file);
}

const entries = unzipSync(tinyProjectFile);
const manifest = JSON.parse(strFromU8(entries['project.json'] as Uint8Array));

/** Stored without compression, so that a changed byte arrives at the reader behind the zip. */
const stored = zipSync(entries, { level: 0 });

/** Any JSON in the place of one part of the description. */
const keys = [
  'format',
  'version',
  'program',
  'data',
  'runs',
  'data.table',
  'data.source',
  'runs.0',
  'runs.1.path',
  'data.table.size',
];
const redescribed = fc.tuple(fc.constantFrom(...keys), fc.jsonValue()).map(([path, value]) => {
  const copy = structuredClone(manifest);
  const parts = path.split('.');
  const last = parts.pop() as string;
  parts.reduce((at, part) => at[part], copy)[last] = value;
  return zipSync({ ...entries, 'project.json': strToU8(JSON.stringify(copy)) });
});

test('the project that is damaged below is whole', () => open(tinyProjectFile));
test('a damaged project is read or refused', () =>
  fuzz(damaged(tinyProjectFile), open, [ProjectError, CheckpointError]));
test('a damaged project that is not compressed is read or refused', () =>
  fuzz(damaged(stored), open, [ProjectError, CheckpointError]));
test('a project with another description is read or refused', () =>
  fuzz(redescribed, open, [ProjectError, CheckpointError]));
test('a damaged run is read or refused', () =>
  fuzz(damaged(entries['runs/1.safetensors'] as Uint8Array), readRun, [CheckpointError]));
