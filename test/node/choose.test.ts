import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { candidates } from '../../src/engine/train/choose.ts';
import { defaults, parseConfig } from '../../src/engine/train/config.ts';
import { main } from '../../src/node/main.ts';
import { lab, labHere, useFolder } from './lab.ts';
import { setFlags } from './tinyRun.ts';

const path = useFolder();
const tiny = setFlags({
  'data.source': 'reveal',
  'data.window': 8,
  'data.stride': 8,
  'data.count': 60,
  'model.hiddenSize': 4,
  'model.latentSize': 2,
  'model.tokenSize': 4,
  'diffusion.width': 8,
  'diffusion.sampleSteps': 4,
  'train.batchSize': 8,
  'evaluate.count': 6,
  'evaluate.dependenceSeries': 4,
  'evaluate.quadrature': 8,
});
const choose = (...more: string[]) => ['choose', ...tiny, ...more];

test('prints the candidates, the choice, why, and the line to set it, and writes a config that has it', async () => {
  const out = path('made', 'chosen.json');
  const { code, stdout, stderr } = await labHere(choose('--pilot-steps', '6', '--seed', '2', '--out', out));
  expect(code, stderr).toBe(0);
  expect(stdout).toContain('8 runs of 6 steps, measured on 6 windows of the validation part.');
  const rows = stdout.split('\n').filter((line) => /^[ *.]+\d+ +\d+ +[\d.]+ +-?[\d.]+ ± /.test(line));
  expect(rows).toHaveLength(8);
  const [chosen, ...others] = rows.filter((line) => line.startsWith('*'));
  expect(others).toEqual([]);
  const [N, M, lambda] = chosen?.slice(1).trim().split(/ +/).map(Number) ?? [];
  const zones = { inferenceEnd: N, collapseStart: M, lambdaCS: lambda };
  expect(candidates(defaults)).toContainEqual(zones);
  expect(stdout).toMatch(
    /\d of 8 candidates (is|are) within .* one standard error over 6 validation windows/,
  );
  expect(stdout).toContain(
    `--set method.inferenceEnd=${N} --set method.collapseStart=${M} --set method.lambdaCS=${lambda}`,
  );
  const { method, train, evaluate } = parseConfig(JSON.parse(await readFile(out, 'utf8')));
  expect(method).toMatchObject(zones);
  // The settings of the run to come, not of the pilot.
  expect(train).toEqual({ ...defaults.train, batchSize: 8, seed: 2 });
  expect(evaluate.times).toBe(defaults.evaluate.times);
});

test('Ctrl-C ends it without a choice, with what was measured', async () => {
  const out = path('stopped.json');
  const { code, stdout, stderr } = await lab(
    choose('--pilot-steps', '4000', '--out', out),
    (text, signal) => {
      if (text.includes('run 1/8')) signal('SIGINT');
    },
  );
  expect(stderr).toContain('Stopping');
  expect(stdout).toContain('Stopped: nothing is chosen before every candidate has been tried.');
  expect(stdout).not.toContain('--set');
  expect(code).toBe(130);
  expect(existsSync(out)).toBe(false);
});

test.each([
  [
    ['--method', 'latent-diffusion'],
    "lab: 'method.name' is latent-diffusion, which has no N, M and lambda_CS",
  ],
  [['--pilot-steps', '0'], "lab: '--pilot-steps' is '0', but must be a whole number of at least 1."],
  [['--out', path('x', 'chosen.txt')], 'must end in .json.'],
  [
    ['--set', 'data.split.validation=0', '--set', 'data.split.test=0.2'],
    "which has no windows: raise 'data.split.validation', or give more series",
  ],
])('%j is refused in one sentence before anything is trained', async (more, message) => {
  const stderr = vi.spyOn(console, 'error').mockImplementation(() => {});
  const code = await main(choose(...more));
  const text = stderr.mock.calls.join('\n');
  vi.restoreAllMocks();
  expect(text).toContain(message);
  expect(text.split('\n')).toHaveLength(1);
  expect(code).toBe(2);
  expect(await readdir(path())).not.toContain('x');
});
