import { existsSync } from 'node:fs';
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { runFiles } from '../../src/node/commands/runFolder.ts';
import { lab, labHere, useFolder } from './lab.ts';
import { setFlags } from './tinyRun.ts';

const path = useFolder();
const settings = setFlags({
  'data.count': 120,
  'model.hiddenSize': 8,
  'model.latentSize': 4,
  'model.tokenSize': 6,
  'diffusion.width': 16,
  'diffusion.sampleSteps': 5,
  'train.batchSize': 8,
  'train.denoiserBatchSize': 8,
  'train.validations': 3,
  'evaluate.count': 4,
  'evaluate.costly': false,
  'evaluate.dependenceSeries': 2,
  'evaluate.quadrature': 8,
  'evaluate.times': 3,
  'evaluate.samples': 10,
});
const train = (out: string) => [
  ...['train', '--data', 'reveal', '--window', '16', '--steps', '600', '--out', path(out)],
  ...settings,
];
const files = ['loss.csv', 'dependence.csv', 'samples.csv', 'model.safetensors', 'checkpoint.safetensors'];

test('a run that was killed and resumed leaves the bytes of one that was not', async () => {
  expect((await labHere(train('whole'))).code).toBe(0);
  let waiting: NodeJS.Timeout | undefined;
  const first = await lab(train('killed'), (_, signal) => {
    waiting ??= setInterval(() => {
      if (existsSync(path('killed', 'checkpoint.safetensors'))) signal('SIGKILL');
    }, 20);
  });
  clearInterval(waiting);
  expect(first.code).toBe(null);
  const resumed = await labHere(['train', '--resume', path('killed')]);
  expect(resumed.stdout).toMatch(/Resuming at step [1-9]\d* of 600\./);
  expect(resumed.code).toBe(0);
  for (const file of files) {
    const [a, b] = await Promise.all([readFile(path('whole', file)), readFile(path('killed', file))]);
    expect(a.equals(b), file).toBe(true);
  }
});

test('what the tables of a resumed run have lost is said, and their other rows stay', async () => {
  const table = (name: string) => path('whole', name);
  const [losses, curves] = await Promise.all(
    ['loss.csv', 'dependence.csv'].map((name) => readFile(table(name), 'utf8')),
  );
  const lines = losses?.split('\n') ?? []; // the head, then the rows of steps 0 to 599
  const cut = [...lines.slice(0, 100), ...lines.slice(102, 301), lines[301]?.slice(0, 9)];
  await writeFile(table('loss.csv'), cut.join('\n'));
  await writeFile(table('dependence.csv'), curves?.slice(0, -9) ?? ''); // the last curve has lost its end
  await writeFile(path('whole', '.checkpoint.safetensors.partial-1'), 'of a process that was killed');
  const { code, stderr } = await labHere(['train', '--resume', path('whole')]);
  expect(code).toBe(0);
  expect(stderr).toContain(`${table('loss.csv')} lacks steps 99 to 100 and 300 to 599: lost, and`);
  expect(stderr).toContain(`${table('dependence.csv')} lacks step 600: lost, and`);
  const kept = [...lines.slice(0, 100), ...lines.slice(102, 301), ''];
  expect(await readFile(table('loss.csv'), 'utf8')).toBe(kept.join('\n'));
  expect(curves?.startsWith(await readFile(table('dependence.csv'), 'utf8'))).toBe(true);
  const { run } = JSON.parse(await readFile(table('config.json'), 'utf8'));
  expect(run.notes.join()).toContain('lacks steps 99 to 100');
  expect((await readdir(path('whole'))).sort()).toEqual([...runFiles].sort());
  await writeFile(table('loss.csv'), losses ?? '');
  await writeFile(table('dependence.csv'), curves ?? '');
  const whole = await labHere(['train', '--resume', path('whole')]);
  expect(whole.stderr).not.toContain('lacks');
});

test('what cannot be resumed is refused with the reason', async () => {
  const more = await labHere(['train', '--resume', path('whole'), '--steps', '9']);
  expect(more).toMatchObject({ code: 2 });
  expect(more.stderr).toContain("'--steps' cannot go with --resume");
  const checkpoint = path('whole', 'checkpoint.safetensors');
  await truncate(checkpoint, (await readFile(checkpoint)).length - 1);
  const damaged = await labHere(['train', '--resume', path('whole')]);
  expect(damaged).toMatchObject({ code: 2 });
  expect(damaged.stderr).toContain('the file is cut or damaged');
  await truncate(path('killed', 'dependence.csv'), 0);
  const headless = await labHere(['train', '--resume', path('killed')]);
  expect(headless.stderr).toContain('dependence.csv: Its first line is not the one the run wrote');
  expect(headless.code).toBe(2);
  await rm(path('killed', 'loss.csv'));
  const without = await labHere(['train', '--resume', path('killed')]);
  expect(without.stderr).toContain('loss.csv: There is no such file, so the run cannot be resumed');
  expect(without.code).toBe(2);
});
