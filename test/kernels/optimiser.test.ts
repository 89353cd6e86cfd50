import { expect, test } from 'vitest';
import { adam, squareSum, stepReport } from '../../src/engine/kernels/optimiser.ts';
import { useGpu } from '../gpu.ts';
import { expectClose } from '../reference/expectClose.ts';
import { normals } from '../reference/random.ts';
import { Recorded } from './recorded.ts';

const gpu = useGpu();

test('square_sum adds up a slice of the arena', async () => {
  const values = normals(1, 5000);
  const run = new Recorded(gpu());
  const partial = run.output('partial', [2, 64]);
  squareSum(
    run.builder,
    { values: run.input('values', [5000], values), partial },
    { start: 128, count: 4001, slot: 1 },
  );
  await run.run();
  const read = await run.read(partial);
  const expected = values.subarray(128, 4129).reduce((total, v) => total + v * v, 0);
  expectClose([read.subarray(64).reduce((a, b) => a + b, 0)], [expected]);
  expect(read.subarray(0, 64).every((v) => v === 0)).toBe(true);
});

test('adam moves its range as PyTorch does, over two steps, with the clip factor of its group', async () => {
  const [count, start, size] = [300, 64, 400];
  const gradients = normals(1, size);
  const before = normals(2, size);
  const rates = [1e-3, 5e-3];
  const schedule = [0, 1].flatMap((s) => [9, rates[s] as number, 1 - 0.9 ** (s + 1), 1 - 0.999 ** (s + 1)]);
  const run = new Recorded(gpu());
  const parameters = run.input('parameters', [size], before);
  const shared = {
    schedule: run.input('schedule', [2, 4], schedule),
    clip: run.input('clip', [4], [1, 0.5, 0, 0]),
    gradients: run.input('gradients', [size], gradients),
    moment1: run.input('moment1', [size], new Float32Array(size)),
    moment2: run.input('moment2', [size], new Float32Array(size)),
    parameters,
  };
  for (const s of [0, 1]) {
    const clock = run.input(`clock ${s}`, [4], Uint32Array.of(s, 0, 0, 0));
    adam(run.builder, { ...shared, clock }, { start, count, group: 1 });
  }
  await run.run();
  const expected = Array.from(before, (p, i) => {
    if (i < start || i >= start + count) return p;
    const g = 0.5 * (gradients[i] as number);
    let [m, v, value] = [0, 0, p];
    for (const s of [0, 1]) {
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g * g;
      value -=
        ((rates[s] as number) * (m / (1 - 0.9 ** (s + 1)))) / (Math.sqrt(v / (1 - 0.999 ** (s + 1))) + 1e-8);
    }
    return value;
  });
  expectClose(await run.read(parameters), expected);
});

/** Records one step_report over two series of likelihood, one penalty row each, and two denoiser rows. */
function report(run: Recorded, likelihood: number[], alarmed = [1, 1, 0, 0]) {
  const clip = run.input('clip', [4], alarmed);
  const log = run.output('log', [4, 8]);
  stepReport(
    run.builder,
    {
      clock: run.input('clock', [4], Uint32Array.of(6, 0, 0, 0)),
      likelihoodLoss: run.input('likelihood', [4], likelihood),
      klLoss: run.input('kl', [2], [1, 3]),
      klWeights: run.input('kl weights', [8], [9, 9, 9, 9, 9, 9, 0.5, 9]),
      denoiserLoss: run.input('denoiser', [2], [0.5, 1.5]),
      partial: run.input(
        'partial',
        [2, 64],
        Float32Array.from({ length: 128 }, (_, i) => (i < 64 ? 4 : 0.0001)),
      ),
      clip,
      log,
    },
    { series: 2, rows: 4, lambda: 0.1, limit: 1, divergence: 1000, modelTrains: true },
  );
  return { clip, log };
}

test('step_report writes means, norms and clip factors into the row of the step', async () => {
  const run = new Recorded(gpu());
  const { clip, log } = report(run, [2, 4, 10, 30]);
  await run.run();
  // Step 6 of a log of 4 rows is row 2: total = vi 3 + 0.1 cs 20 + 0.5 kl 2 + dm 1.
  expectClose((await run.read(log)).subarray(16, 24), [7, 3, 20, 1, 2, 16, 0.08, 0]);
  expectClose(await run.read(clip), [1 / (16 + 1e-6), 1, 0, 0]);
});

test.each([
  ['loss', [2, -3000, 10, 30]],
  ['term that the others and its small weight hide', [2, 300, -1000, -1500]],
])('step_report raises the second alarm on a finite %s that has run away', async (_, likelihood) => {
  const run = new Recorded(gpu());
  const { clip } = report(run, likelihood);
  await run.run();
  expect(Array.from((await run.read(clip)).subarray(2))).toEqual([2, 6]);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
  'step_report raises the alarm on a loss of %s, and adam then moves nothing',
  async (bad) => {
    const run = new Recorded(gpu());
    const { clip } = report(run, [2, bad, 10, 30]);
    const parameters = run.input('parameters', [8], new Float32Array(8).fill(3));
    const zeros = (label: string) => run.input(label, [8], new Float32Array(8));
    adam(
      run.builder,
      {
        clock: run.input('adam clock', [4], Uint32Array.of(0, 0, 0, 0)),
        schedule: run.input('schedule', [1, 4], [1, 1, 0.1, 0.001]),
        clip,
        gradients: run.input('gradients', [8], new Float32Array(8).fill(1)),
        moment1: zeros('moment1'),
        moment2: zeros('moment2'),
        parameters,
      },
      { start: 0, count: 8, group: 0 },
    );
    await run.run();
    expect(Array.from((await run.read(clip)).subarray(2))).toEqual([1, 6]);
    expect(Array.from(await run.read(parameters))).toEqual(new Array(8).fill(3));
  },
);
