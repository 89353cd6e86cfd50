import { readdir, readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parseRecording } from '../../src/engine/train/recording.ts';
import { labHere, useFolder } from './lab.ts';

const path = useFolder();

const plan = {
  base: {
    data: { source: 'reveal', window: 16, stride: 16, count: 60 },
    model: { hiddenSize: 8, latentSize: 4, tokenSize: 6 },
    diffusion: { width: 16, blocks: 1, sampleSteps: 5 },
    train: { steps: 24, batchSize: 8, denoiserBatchSize: 8, validations: 1, seed: 3 },
    evaluate: { times: 2, early: 1, dependenceSeries: 4, count: 8, quadrature: 8 },
  },
  runs: [
    { label: 'Without', set: { 'method.name': 'latent-diffusion' } },
    { label: 'With', set: { 'method.name': 'posterior-stable', 'method.lambdaCS': 0.2 } },
  ],
};

async function record(name: string, content: unknown) {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  await writeFile(path(`${name}.config.json`), text);
  return labHere(['record', '--config', path(`${name}.config.json`), '--out', path(`${name}.json`)]);
}

test('trains every run of the config and writes what the page replays', async () => {
  const { code, stdout } = await record('pair', plan);
  expect(stdout).toMatch(/With: 24 steps in .*\n.*kB with gzip\./);
  expect(code).toBe(0);
  const [curves, rest] = await Promise.all(
    ['pair.json', 'pair.rest.json'].map(async (name) => parseRecording(await readFile(path(name), 'utf8'))),
  );
  const { runs = [], seed, date, adapter } = curves ?? {};
  expect(seed).toBe(3);
  expect(date).toMatch(/^\d{4}-\d\d-\d\d$/);
  expect(adapter).not.toBe('');
  expect(runs.map(({ label }) => label)).toEqual(['Without', 'With']);
  expect(runs.map(({ config }) => config.method.lambdaCS)).toEqual([0.1, 0.2]);
  for (const [index, { events: early, features, seconds }] of runs.entries()) {
    expect(new Set(early.map(({ event }) => event.type))).toEqual(new Set(['progress', 'dependence']));
    const events = [...early, ...(rest?.runs[index]?.events ?? [])];
    expect(features).toEqual(['x']);
    expect(seconds).toBeGreaterThan(0);
    const steps = events.flatMap(({ event }) => (event.type === 'dependence' ? [event.curve.step] : []));
    expect(steps).toEqual([0, 6, 12, 24]);
    const losses = events.flatMap(({ event }) => (event.type === 'losses' ? event.rows : []));
    expect(losses.map(({ step }) => step)).toEqual(Array.from({ length: 24 }, (_, step) => step));
    for (const type of ['samples', 'cloud'] as const) {
      expect(events.filter(({ event }) => event.type === type)).toHaveLength(4);
    }
    expect(events.some(({ event }) => event.type === 'progress')).toBe(true);
  }
});

test.each([
  ['no-json', '{', 'is not JSON.'],
  ['no-runs', { base: {} }, "'runs' is missing."],
  ['extra', { runs: [{ label: 'a', sett: {} }] }, "'runs.0.sett' does not belong there."],
  ['typo', { runs: [{ label: 'a', set: { 'method.lamdaCS': 1 } }] }, "did you mean 'method.lambdaCS'?"],
  [
    'seeds',
    { runs: [{ label: 'a' }, { label: 'b', set: { 'train.seed': 1 } }] },
    "the runs must share one 'train.seed'",
  ],
])(
  'a config that is %s is refused in one sentence, and nothing is written',
  async (name, content, reason) => {
    const { code, stderr } = await record(name, content);
    expect(stderr).toContain(reason);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(code).toBe(2);
    expect(await readdir(path())).not.toContain(`${name}.json`);
  },
);
