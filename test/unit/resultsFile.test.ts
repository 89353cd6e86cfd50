import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defaults, setKeys } from '../../src/engine/train/config.ts';
import { flatten, type ResultRow } from '../../src/engine/train/experiment/resultRow.ts';
import { ResultsFile, readRows } from '../../src/node/commands/resultsFile.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'results-'));
});
afterAll(() => rm(folder, { recursive: true }));

const row = (seed: number) =>
  ({
    experiment: 'test',
    labels: { 'train.seed': String(seed) },
    status: 'finished',
    adapter: 'llvmpipe',
    source: 'reveal',
    config: flatten(setKeys(defaults, [['train.seed', String(seed)]])),
    seconds: {},
    cpuSeconds: {},
  }) as unknown as ResultRow;
const seedsOf = (rows: readonly { row: ResultRow }[]) => rows.map(({ row: one }) => one.labels['train.seed']);

test('rows of twelve shards stand in the order of the experiment, though a shell lists shard 10 before shard 2', async () => {
  const paths = Array.from({ length: 12 }, (_, shard) => join(folder, `shard-${shard}.jsonl`));
  for (const [shard, path] of paths.entries())
    await writeFile(path, [shard, shard + 12].map((seed) => `${JSON.stringify(row(seed))}\n`).join(''));
  expect(seedsOf(await readRows(paths.toSorted()))).toEqual(
    Array.from({ length: 24 }, (_, seed) => String(seed)),
  );
});

test('a last line without its end is read, and the next run has a line of its own', async () => {
  const path = join(folder, 'unended.jsonl');
  await writeFile(path, `${JSON.stringify(row(0))}\n${JSON.stringify(row(1))}`);
  expect(await readRows([path])).toHaveLength(2);
  const results = await ResultsFile.open(path);
  expect(results.wasTorn).toBe(false);
  results.append(row(2));
  results.close();
  expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(4);
  expect(seedsOf(await readRows([path]))).toEqual(['0', '1', '2']);
});
