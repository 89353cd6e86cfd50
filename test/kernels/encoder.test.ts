import { expect, test } from 'vitest';
import { batchNormForward, poolBackward, poolForward } from '../../src/engine/kernels/encoder.ts';
import { batchNorm as batchNormLayer } from '../../src/engine/layers/encoder.ts';
import { useGpu } from '../gpu.ts';
import { expectClose } from '../reference/expectClose.ts';
import { batchNorm, pool } from '../reference/layers.ts';
import { normals, someMissing } from '../reference/random.ts';
import { Scalars } from '../reference/scalar.ts';
import { Recorded } from './recorded.ts';

const gpu = useGpu();

test('pool_forward and pool_backward leave missing positions out', async () => {
  const [seqLen, rows, hiddenSize, width] = [6, 5, 7, 2];
  const values = normals(1, seqLen * rows * hiddenSize);
  const missing = someMissing(2, [seqLen, rows, width]);
  const seeds = normals(3, rows * 2 * hiddenSize);
  const hidden = Scalars.of([seqLen, rows, hiddenSize], values);
  const y = pool(hidden, Array.from(missing));
  y.backward(seeds);

  const run = new Recorded(gpu());
  const tensor = run.input('hidden', [seqLen, rows, hiddenSize], values);
  const mask = run.input('mask', [seqLen, rows, width], missing);
  const output = run.output('pooled', [rows, 2 * hiddenSize]);
  const dHidden = run.output('dHidden', [seqLen, rows, hiddenSize]);
  poolForward(run.builder, { hidden: tensor, mask, y: output });
  poolBackward(run.builder, { dY: run.input('dY', [rows, 2 * hiddenSize], seeds), mask, dHidden });
  await run.run();
  expectClose(await run.read(output), y.values, { label: 'pooled' });
  expectClose(await run.read(dHidden), hidden.gradients, { label: 'dHidden' });
});

test('batch_norm_forward and batch_norm_backward; running statistics move by a tenth', async () => {
  const [rows, width] = [37, 5];
  const values = normals(1, rows * width).map((v, i) => 3 * v + (i % width));
  const seeds = normals(2, rows * width);
  const x = Scalars.of([rows, width], values);
  const y = batchNorm(x);
  y.backward(seeds);

  const run = new Recorded(gpu());
  const tensor = run.input('x', [rows, width], values);
  const start = [...new Array(width).fill(0), ...new Array(width).fill(1)];
  const running = run.input('running', [2, width], start);
  const output = batchNormLayer(run.builder, 'y', tensor, running);
  run.seed(output, seeds);
  run.backward();
  await run.run();
  expectClose(await run.read(output), y.values, { label: 'y' });
  expectClose(await run.readGradient(tensor), x.gradients, { label: 'dX' });
  const columns = Array.from({ length: width }, (_, j) =>
    Array.from({ length: rows }, (_, r) => values[r * width + j] as number),
  );
  const mean = columns.map((column) => column.reduce((a, b) => a + b) / rows);
  const variance = columns.map(
    (column, j) => column.reduce((a, b) => a + (b - (mean[j] as number)) ** 2, 0) / (rows - 1),
  );
  expectClose(await run.read(running), [...mean.map((m) => 0.1 * m), ...variance.map((v) => 0.9 + 0.1 * v)]);
});

test('at evaluation batch_norm_forward uses the running statistics and leaves them alone', async () => {
  const values = normals(1, 6);
  const running = [1, -1, 4, 0.25];
  const run = new Recorded(gpu(), false);
  const statistics = run.input('running', [2, 2], running);
  const output = run.output('y', [3, 2]);
  const x = run.input('x', [3, 2], values);
  batchNormForward(run.builder, { x, running: statistics, rstd: run.output('rstd', [2]), y: output }, false);
  await run.run();
  const expected = values.map(
    (v, i) => (v - (running[i % 2] as number)) / Math.sqrt((running[2 + (i % 2)] as number) + 1e-5),
  );
  expectClose(await run.read(output), expected);
  expect(Array.from(await run.read(statistics))).toEqual(running);
});
