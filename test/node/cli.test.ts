import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { type NamedArray, readSafetensors } from '../../src/engine/export/safetensors.ts';
import { runFiles } from '../../src/node/commands/runFolder.ts';
import { expectClose } from '../reference/expectClose.ts';
import { gaussianLogLikelihood, linear, lstm, pool } from '../reference/layers.ts';
import { Scalars } from '../reference/scalar.ts';
import { type LabResult, lab, labHere, useFolder } from './lab.ts';
import { setFlags } from './tinyRun.ts';

const path = useFolder();
/** A run of seconds: 24 windows held out, 8 of them measured. */
const small = setFlags({
  'data.count': 240,
  'model.hiddenSize': 8,
  'model.latentSize': 4,
  'model.tokenSize': 6,
  'diffusion.width': 16,
  'diffusion.sampleSteps': 10,
  'train.batchSize': 16,
  'train.denoiserBatchSize': 32,
  'train.validations': 2,
  'evaluate.count': 8,
  'evaluate.costly': false,
  'evaluate.dependenceSeries': 8,
  'evaluate.times': 2,
  'evaluate.samples': 40,
});
const trainArgs = (out: string, ...more: string[]) => [
  ...['train', '--data', 'reveal', '--window', '32', '--steps', '40', '--seed', '3', '--out', out],
  ...small,
  ...more,
];

const text = (...file: string[]) => readFile(path(...file), 'utf8');
const rows = async (...file: string[]) =>
  (await text(...file))
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
const tensors = async (...file: string[]) => readSafetensors(await readFile(path(...file))).tensors;
const get = (from: Map<string, NamedArray>, name: string) => from.get(name) as NamedArray;

let trained: LabResult;
beforeAll(async () => {
  trained = await lab(trainArgs(path('run')));
});

describe('train', () => {
  test('ends well, with progress and a headline', () => {
    expect(trained.stderr).toMatch(/step \d+\/40/);
    expect(trained.stdout).toMatch(/At position 32 the decoder takes -?\d+ % from z/);
    expect(trained.code).toBe(0);
  });

  test('leaves its files and nothing else', async () => {
    expect((await readdir(path('run'))).sort()).toEqual([...runFiles].sort());
    expect(await readdir(path())).toEqual(['run']);
  });

  test('config.json has every key resolved, and what the run found', async () => {
    const { run, ...config } = JSON.parse(await text('run', 'config.json'));
    expect(config.train).toMatchObject({ steps: 40, seed: 3, learningRate: 2e-3 });
    expect(config.data).toMatchObject({ source: 'reveal', window: 32, stride: 32 });
    expect(run).toMatchObject({ state: 'finished', steps: 40, features: ['x'], seqLen: 32 });
    expect(run.split).toEqual({ train: 192, validation: 24, test: 24 });
    expect(run.scaler.mean).toHaveLength(1);
    expect(run.adapter).not.toBe('');
  });

  test('loss.csv has a row for every step', async () => {
    const [header, ...body] = await rows('run', 'loss.csv');
    expect(header?.join()).toBe('step,total,vi,cs,dm,kl,grad_norm,lr');
    expect(body.map(([step]) => Number(step))).toEqual(Array.from({ length: 40 }, (_, step) => step));
    for (const row of body) expect(Number.isFinite(Number(row[1]))).toBe(true);
  });

  test('dependence.csv has every position at every time, the last one included', async () => {
    const [header, ...body] = await rows('run', 'dependence.csv');
    expect(header?.join()).toBe('step,position,m0,m0_q25,m0_q75,m_local,m_local_q25,m_local_q75,residual');
    const steps = [...new Set(body.map(([step]) => Number(step)))];
    expect(steps.at(-1)).toBe(40);
    expect(body).toHaveLength(32 * steps.length);
    expect(Number(body[0]?.[2])).toBeCloseTo(1, 4);
  });

  test('evaluation.json has the tests, and every score with floor and zero in three modes', async () => {
    const report = JSON.parse(await text('run', 'evaluation.json'));
    expect(Object.keys(report.scores)).toEqual(['sample', 'noise-not-fed-back', 'mean']);
    for (const scores of Object.values(report.scores) as Record<string, Record<string, number>>[]) {
      expect(Object.keys(scores)).toContain('slicedWasserstein');
      for (const score of Object.values(scores)) {
        expect(Object.values(score).every(Number.isFinite)).toBe(true);
        expect(Object.keys(score)).toEqual(['value', 'floor', 'zero']);
      }
    }
    expect(report.counts).toEqual({ heldOut: 24, windows: 8, generated: 40, scored: 24, comparison: 12 });
    expect(report.seeds).toEqual({ data: 0, train: 3, evaluation: 3 });
    expect(report.dependence.points).toHaveLength(32);
    for (const value of [report.logLikelihood.all, report.swap.lastThird, report.noise.all]) {
      expect(Number.isFinite(value)).toBe(true);
    }
  });

  test('samples.csv has all series in all modes', async () => {
    const [header, ...body] = await rows('run', 'samples.csv');
    expect(header?.join()).toBe('series,position,generation,x');
    expect(body).toHaveLength(3 * 40 * 32);
    expect([...new Set(body.map((row) => row[2]))]).toEqual(['sample', 'noise-not-fed-back', 'mean']);
  });

  test('the same seed gives the same files, byte for byte', async () => {
    expect((await labHere(trainArgs(path('again')))).code).toBe(0);
    for (const file of [
      'loss.csv',
      'dependence.csv',
      'samples.csv',
      'model.safetensors',
      'evaluation.safetensors',
    ]) {
      expect((await readFile(path('run', file))).equals(await readFile(path('again', file))), file).toBe(
        true,
      );
    }
  });
});

describe('evaluation.safetensors', () => {
  test('has the shapes the file promises', async () => {
    const arrays = await tensors('run', 'evaluation.safetensors');
    const shapes = Object.fromEntries([...arrays].map(([name, { shape }]) => [name, shape]));
    expect(shapes).toMatchObject({
      windows: [8, 32, 1],
      mask: [8, 32],
      latents: [8, 4],
      log_likelihood: [8, 32],
      dependence: [8, 32, 32],
    });
  });

  test('follows from model.safetensors: latents and log-likelihood, in float64', async () => {
    const arrays = await tensors('run', 'evaluation.safetensors');
    const weights = await tensors('run', 'model.safetensors');
    const { latents, logLikelihood } = recompute(weights, get(arrays, 'windows'));
    expectClose(get(arrays, 'latents').data, latents);
    expectClose(get(arrays, 'log_likelihood').data, logLikelihood);
  });

  test('has dependences that sum to 1 and are zero where j >= t', async () => {
    const { data } = get(await tensors('run', 'evaluation.safetensors'), 'dependence');
    for (let row = 0; row < 8 * 32; row++) {
      const t = row % 32;
      const values = data.subarray(row * 32, (row + 1) * 32);
      expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 2);
      expect(values.subarray(t + 1).every((value) => value === 0)).toBe(true);
    }
  });
});

describe('evaluate', () => {
  test('makes the last four files again from the weights', async () => {
    const files = ['samples.csv', 'model.safetensors', 'evaluation.safetensors'];
    const before = await Promise.all(files.map((file) => readFile(path('run', file))));
    const reportBefore = JSON.parse(await text('run', 'evaluation.json'));
    expect((await labHere(['evaluate', '--run', path('run')])).code).toBe(0);
    for (const [i, file] of files.entries()) {
      expect((await readFile(path('run', file))).equals(before[i] as Buffer), file).toBe(true);
    }
    const { seconds: _, ...report } = JSON.parse(await text('run', 'evaluation.json'));
    expect(reportBefore).toMatchObject(report);
  });

  test('of one window does not take a swap with itself for a collapse', async () => {
    await mkdir(path('data'));
    const oneWindow = ['x', ...Array.from({ length: 32 }, (_, t) => Math.sin(t))].join('\n');
    await writeFile(path('data', 'one.csv'), oneWindow);
    const args = ['evaluate', '--run', path('again'), '--data', path('data', 'one.csv')];
    const { code, stdout } = await labHere(args);
    expect(code).toBe(0);
    expect(stdout).toContain('Exchanging latents costs unknown');
    expect(stdout).toContain('The swap test needs at least 2 held-out windows, and had 1.');
    expect(stdout).toContain('Control needs at least 3 held-out windows, and had 1.');
    const { swap, noise, control } = JSON.parse(await text('again', 'evaluation.json'));
    expect(swap).toMatchObject({ all: null, lastThird: null });
    expect(control).toEqual({ correlation: null, spread: null });
    expect(Number.isFinite(noise.all)).toBe(true);
  });

  test('takes other data with the same columns, and refuses those with others', async () => {
    const other = await labHere(['evaluate', '--run', path('again'), '--data', 'ar1']);
    expect(other.code).toBe(0);
    const report = JSON.parse(await text('again', 'evaluation.json'));
    expect(report.heldOut).toEqual({ source: 'ar1', part: 'all' });
    expect(report.counts.heldOut).toBe(240);
    const wrong = await labHere(['evaluate', '--run', path('again'), '--data', 'tone']);
    expect(wrong.stderr).toContain('The model was trained on x, but these data have sin, cos.');
    expect(wrong.code).toBe(2);
    const own = await labHere(['evaluate', '--run', path('again'), '--data', 'reveal']);
    expect(own.stderr).toBe(
      'lab: reveal: The run was trained on these data: leave --data out, and its test part is evaluated.\n',
    );
    expect(own.code).toBe(2);
  });
});

describe('generate', () => {
  test('refuses more series than a file can hold, and a folder as its file, in one sentence', async () => {
    const args = (count: string, out: string) => [
      'generate',
      '--run',
      path('run'),
      '--count',
      count,
      '--out',
      out,
    ];
    const before = await readdir(path());
    const many = await labHere(args('1000000000', path('many.csv')));
    expect(many.stderr).toMatch(
      /^lab: '--count' is 1000000000, but at most \d+ series of this run fit into one file: [^\n]*\n$/,
    );
    expect(many.code).toBe(2);
    const folder = await labHere(args('4', path('run')));
    expect(folder.stderr).toBe(`lab: '${path('run')}' cannot be read or written: it is a folder.\n`);
    expect(folder.code).toBe(2);
    expect(await readdir(path())).toEqual(before);
  });

  test('writes the series asked for in the units of the data', async () => {
    const out = path('made', 'series.csv');
    const args = ['generate', '--run', path('run'), '--count', '300', '--seed', '1', '--out', out];
    expect((await labHere(args)).code).toBe(0);
    const [header, ...body] = await rows('made', 'series.csv');
    expect(header?.join()).toBe('series,position,generation,x');
    expect(body).toHaveLength(300 * 32);
    expect(body.at(-1)?.slice(0, 3)).toEqual(['300', '32', 'sample']);
  });
});

test('train --weights goes on from the weights of a run, and refuses those that do not fit', async () => {
  const weights = path('run', 'model.safetensors');
  const args = trainArgs(path('further'), '--weights', weights, '--set', 'evaluate.count=2');
  const { code, stderr } = await labHere(args.map((arg) => (arg === '40' ? '1' : arg)));
  expect(stderr).not.toContain('lab:');
  expect(code).toBe(0);
  const [fresh, further] = await Promise.all([rows('run', 'loss.csv'), rows('further', 'loss.csv')]);
  expect(Number(further[1]?.[1])).toBeLessThan(Number(fresh[1]?.[1]));
  const wrong = await labHere([
    ...trainArgs(path('wrong'), '--weights', weights),
    '--set',
    'model.latentSize=5',
  ]);
  expect(wrong.stderr).toContain(
    "model.safetensors: 'encoder.head.weight' is [4,16] in the weights, but [5,16]",
  );
  expect(wrong.code).toBe(2);
});

test('export writes the run as a PyTorch program and as a bundle of graphs', async () => {
  for (const [name, start] of [
    ['model.py', '"""Posterior-stable for time series'],
    ['model.onnx.zip', 'PK'],
  ] as const) {
    expect((await labHere(['export', '--run', path('run'), '--out', path('exports', name)])).code).toBe(0);
    expect((await text('exports', name)).slice(0, start.length)).toBe(start);
  }
  const { stderr, code } = await labHere([
    'export',
    '--run',
    path('run'),
    '--out',
    path('exports', 'model.h5'),
  ]);
  expect(stderr).toContain('must end in .py or .onnx.zip');
  expect(code).toBe(2);
});

test('Ctrl-C stops cleanly and keeps everything so far', async () => {
  let pressed = false;
  const args = trainArgs(path('stopped'), '--set', 'train.steps=100000');
  const { code, stdout } = await lab(
    args.filter((arg, i) => arg !== '--steps' && args[i - 1] !== '--steps'),
    (output, signal) => {
      if (pressed || !/step \d+\/100000/.test(output)) return;
      pressed = true;
      signal('SIGINT');
    },
  );
  expect(code).toBe(130);
  expect(stdout).toContain('holds what there is');
  expect((await readdir(path('stopped'))).sort()).toEqual([
    'checkpoint.safetensors',
    'config.json',
    'dependence.csv',
    'loss.csv',
    'model.safetensors',
  ]);
  const { run } = JSON.parse(await text('stopped', 'config.json'));
  expect(run.state).toBe('interrupted');
  expect((await rows('stopped', 'loss.csv')).length).toBe(run.steps + 1);
});

/** Latents [n, Z] and log-likelihood [n, T] of windows [n, T, D], from the weights alone. */
function recompute(weights: Map<string, NamedArray>, { shape, data }: NamedArray) {
  const [count, seqLen, width] = shape as [number, number, number];
  const scalars = (name: string) => Scalars.of(get(weights, name).shape, get(weights, name).data);
  const recurrent = (prefix: string, input: (t: number, n: number) => Scalars) =>
    lstm(
      (t, n) => linear(input(t, n), scalars(`${prefix}.weight_ih_l0`), scalars(`${prefix}.bias_ih_l0`)).items,
      seqLen,
      count,
      scalars(`${prefix}.weight_hh_l0`),
      scalars(`${prefix}.bias_hh_l0`),
    );
  const value = (t: number, n: number) =>
    Scalars.of([1, width], data.subarray((n * seqLen + t) * width, (n * seqLen + t + 1) * width));
  const byPosition = Array.from({ length: seqLen * count * width }, (_, i) => {
    const [t, n, d] = [Math.floor(i / (count * width)), Math.floor(i / width) % count, i % width];
    return data[(n * seqLen + t) * width + d] as number;
  });
  const observed = byPosition.map(() => 1);

  const pooled = pool(recurrent('encoder.lstm', value), observed);
  const v = linear(pooled, scalars('encoder.head.weight'), scalars('encoder.head.bias')).values;
  const [centre, variance] = ['mean', 'var'].map((name) => get(weights, `encoder.norm.running_${name}`).data);
  const latentSize = v.length / count;
  const latents = v.map((x, i) => {
    const z = i % latentSize;
    return (x - (centre?.[z] ?? 0)) / Math.sqrt((variance?.[z] ?? 1) + 1e-5);
  });

  const token = (t: number, n: number) =>
    t === 0
      ? linear(
          Scalars.of([1, latentSize], latents.slice(n * latentSize, (n + 1) * latentSize)),
          scalars('decoder.latent_token.weight'),
        )
      : linear(value(t - 1, n), scalars('decoder.value_token.weight'));
  const hidden = recurrent('decoder.lstm', token);
  const head = linear(hidden, scalars('decoder.head.weight'), scalars('decoder.head.bias'));
  const likelihood = gaussianLogLikelihood(head, byPosition, observed, count).values;
  const logLikelihood = Array.from(
    { length: count * seqLen },
    (_, i) => likelihood[(i % seqLen) * count + Math.floor(i / seqLen)] as number,
  );
  return { latents, logLikelihood };
}
