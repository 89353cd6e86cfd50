import { describe, expect, test } from 'vitest';
import { dependenceProducts } from '../../src/engine/kernels/dependence.ts';
import { poolBackward, poolForward } from '../../src/engine/kernels/encoder.ts';
import { geluBackward, geluForward, geluTangent } from '../../src/engine/kernels/gelu.ts';
import { layerNormForward, layerNormTangent } from '../../src/engine/kernels/layerNorm.ts';
import {
  observationStep,
  tokenSequenceForward,
  tokenSequencePath,
  tokenStackPath,
  tokenStep,
} from '../../src/engine/kernels/tokens.ts';
import { layerNorm as layerNormLayer } from '../../src/engine/layers/layerNorm.ts';
import { useGpu } from '../gpu.ts';
import { expectClose } from '../reference/expectClose.ts';
import { gelu, layerNorm, pool } from '../reference/layers.ts';
import { normals, someMissing } from '../reference/random.ts';
import { Scalars } from '../reference/scalar.ts';
import { Recorded } from './recorded.ts';

const gpu = useGpu();

describe.each([
  { rows: 67, width: 12 },
  { rows: 3, width: 4 },
])('layer norm, rows=$rows width=$width', ({ rows, width }) => {
  const values = normals(1, rows * width).map((v, i) => 2 * v + (i % 3));
  const [weight, bias] = [normals(2, width), normals(3, width)];
  const seeds = normals(4, rows * width);

  test('layer_norm_forward and both layer_norm_backward', async () => {
    const x = Scalars.of([rows, width], values);
    const [w, b] = [Scalars.of([width], weight), Scalars.of([width], bias)];
    const expected = layerNorm(x, w, b);
    expected.backward(seeds);
    const run = new Recorded(gpu());
    const input = run.input('x', [rows, width], values);
    const affine = { weight: run.input('weight', [width], weight), bias: run.input('bias', [width], bias) };
    const output = layerNormLayer(run.builder, 'norm', input, affine);
    run.seed(output, seeds);
    run.backward();
    await run.run();
    expectClose(await run.read(output), expected.values, { label: 'y' });
    expectClose(await run.readGradient(input), x.gradients, { label: 'dX' });
    expectClose(await run.readGradient(affine.weight), w.gradients, { label: 'dWeight' });
    expectClose(await run.readGradient(affine.bias), b.gradients, { label: 'dBias' });
  });

  test('layer_norm_tangent', async () => {
    const expected = layerNorm(
      Scalars.of([rows, width], values, seeds),
      Scalars.of([width], weight),
      Scalars.of([width], bias),
    );
    const run = new Recorded(gpu(), false);
    const x = run.input('x', [rows, width], values);
    const w = run.input('weight', [width], weight);
    const statistics = run.output('statistics', [rows, 2]);
    const y = run.output('y', [rows, width]);
    const tY = run.output('tY', [rows, width]);
    layerNormForward(run.builder, { x, weight: w, bias: run.input('bias', [width], bias), statistics, y });
    const tX = run.input('tX', [rows, width], seeds);
    layerNormTangent(run.builder, { x, tX, weight: w, statistics, tY });
    await run.run();
    expectClose(await run.read(tY), expected.tangents, { label: 'tY' });
  });
});

test('gelu_forward, gelu_backward and gelu_tangent, from far left to far right of zero', async () => {
  const count = 301;
  const values = Float32Array.from({ length: count }, (_, i) => (i - 150) / 20);
  const seeds = normals(1, count);
  const x = Scalars.of([count], values, seeds);
  const expected = gelu(x);
  expected.backward(seeds);
  const run = new Recorded(gpu());
  const input = run.input('x', [count], values);
  const [y, tY] = [run.output('y', [count]), run.output('tY', [count])];
  const tX = run.input('direction', [count], seeds);
  geluForward(run.builder, { x: input, y });
  const dX = run.builder.gradientTarget(input);
  if (dX) geluBackward(run.builder, input, tX, dX);
  geluTangent(run.builder, { x: input, tX, tY });
  await run.run();
  expectClose(await run.read(y), expected.values, { label: 'y' });
  expectClose(await run.readGradient(input), x.gradients, { label: 'dX' });
  expectClose(await run.read(tY), expected.tangents, { label: 'tY' });
});

test('pool_forward and pool_backward of the mean alone', async () => {
  const [seqLen, rows, hiddenSize, width] = [6, 5, 7, 2];
  const values = normals(1, seqLen * rows * hiddenSize);
  const missing = someMissing(2, [seqLen, rows, width]);
  const seeds = normals(3, rows * hiddenSize);
  const hidden = Scalars.of([seqLen, rows, hiddenSize], values);
  const y = pool(hidden, Array.from(missing), false);
  y.backward(seeds);
  const run = new Recorded(gpu());
  const tensor = run.input('hidden', [seqLen, rows, hiddenSize], values);
  const mask = run.input('mask', [seqLen, rows, width], missing);
  const output = run.output('pooled', [rows, hiddenSize]);
  const dHidden = run.output('dHidden', [seqLen, rows, hiddenSize]);
  poolForward(run.builder, { hidden: tensor, mask, y: output });
  poolBackward(run.builder, { dY: run.input('dY', [rows, hiddenSize], seeds), mask, dHidden });
  await run.run();
  expectClose(await run.read(output), y.values, { label: 'pooled' });
  expectClose(await run.read(dHidden), hidden.gradients, { label: 'dHidden' });
});

describe('tokens', () => {
  const [seqLen, series, copies, width] = [5, 3, 2, 7];
  const rows = series * copies;
  const first = normals(1, rows * width);
  const rest = normals(2, (seqLen - 1) * series * width);
  const position = normals(3, seqLen * width);
  const at = (values: Float32Array, i: number) => values[i] as number;

  test('token_sequence_forward shares the later tokens among rows, or takes a whole sequence', async () => {
    const run = new Recorded(gpu(), false);
    const place = run.input('position', [seqLen, width], position);
    const shared = run.output('shared', [seqLen, rows, width]);
    tokenSequenceForward(
      run.builder,
      {
        first: run.input('first', [rows, width], first),
        rest: run.input('rest', [seqLen - 1, series, width], rest),
        position: place,
        y: shared,
      },
      0,
    );
    const all = normals(4, seqLen * rows * width);
    const tokens = run.input('tokens', [seqLen, rows, width], all);
    const whole = run.output('whole', [seqLen, rows, width]);
    tokenSequenceForward(run.builder, { first: tokens, rest: tokens, position: place, y: whole }, 1);
    await run.run();
    const index = Array.from({ length: seqLen * rows * width }, (_, i) => ({
      i,
      t: Math.floor(i / (rows * width)),
      row: Math.floor(i / width) % rows,
      k: i % width,
    }));
    expectClose(
      await run.read(shared),
      index.map(
        ({ t, row, k }) =>
          (t === 0 ? at(first, row * width + k) : at(rest, ((t - 1) * series + (row % series)) * width + k)) +
          at(position, t * width + k),
      ),
    );
    expectClose(
      await run.read(whole),
      index.map(({ i, t, k }) => at(all, i) + at(position, t * width + k)),
    );
  });

  test.each([2, 4])('token_sequence_path and token_stack_path, %d parts of the latent', async (parts) => {
    const nodes = [0.25, 0.75];
    const path = Float32Array.from([0, 1, 2, 4, ...nodes]);
    const run = new Recorded(gpu(), false);
    const here = nodes.length * series;
    const latent = normals(20, parts * here * width);
    const shape = [seqLen, here, width];
    const outputs = {
      x: run.output('x', shape),
      tFirst: run.output('first range', shape),
      tSecond: run.output('second range', shape),
      tLocal: run.output('local', shape),
    };
    const tensors = {
      latent: run.input('latent', [parts, here, width], latent),
      rest: run.input('rest', [seqLen - 1, series, width], rest),
      path: run.input('path', [path.length], path),
    };
    const places = run.input('position', [seqLen, width], position);
    tokenSequencePath(run.builder, { ...tensors, position: places, ...outputs });
    const stack = run.output('stack', [4, ...shape]);
    tokenStackPath(run.builder, { ...tensors, tokens: stack });
    await run.run();
    const index = Array.from({ length: seqLen * here * width }, (_, i) => {
      const [t, row, k] = [Math.floor(i / (here * width)), Math.floor(i / width) % here, i % width];
      const part = (which: number) => (which < parts ? at(latent, (which * here + row) * width + k) : 0);
      const s = nodes[Math.floor(row / series)] as number;
      const value = t > 0 ? at(rest, ((t - 1) * series + (row % series)) * width + k) : 0;
      const own = t === 0 ? part(1) : value;
      const token = t === 0 ? part(0) : s * value;
      const place = at(position, t * width + k);
      return { t, own, skip: part(3), token: token + part(2), x: token + part(2) + place };
    });
    expectClose(
      await run.read(outputs.x),
      index.map(({ x }) => x),
      { label: 'x' },
    );
    // The first range holds z, which moves every position through the skip; the second holds values alone.
    expectClose(
      await run.read(outputs.tFirst),
      index.map(({ t, own, skip }) => (t === 0 ? own : 0) + skip),
    );
    expectClose(
      await run.read(outputs.tSecond),
      index.map(({ t, own }) => (t === 2 || t === 3 ? own : 0)),
    );
    expectClose(
      await run.read(outputs.tLocal),
      index.map(({ t, own, skip }) => own + (t === 0 ? skip : 0)),
    );
    const inStack = [
      index.map(({ token }) => token),
      index.map(({ t, own, skip }) => (t === 0 ? own : 0) + skip),
      index.map(({ t, own }) => (t === 2 || t === 3 ? own : 0)),
      index.map(({ t, own, skip }) => own + (t === 0 ? skip : 0)),
    ];
    expectClose(await run.read(stack), inStack.flat(), { label: 'stack' });
  });

  test('dependence_products', async () => {
    const hiddenSize = 8;
    const delta = normals(5, seqLen * series * hiddenSize);
    const tangents = [6, 7, 8].map((seed) => normals(seed, seqLen * rows * hiddenSize));
    const run = new Recorded(gpu(), false);
    const [tFirst, tSecond, tLocal] = tangents.map((values, k) =>
      run.input(`tangent ${k}`, [seqLen, rows, hiddenSize], values),
    );
    const products = run.output('products', [rows, seqLen, 3]);
    if (!tFirst || !tSecond || !tLocal) throw new Error('three tangents');
    const D = run.input('D', [seqLen, series, hiddenSize], delta);
    dependenceProducts(run.builder, D, [tFirst, tSecond, tLocal], products);
    // The same tangents as parts of one tensor, behind a part that is not read.
    const part = seqLen * rows * hiddenSize;
    const all = new Float32Array(4 * part);
    for (const [k, values] of tangents.entries()) all.set(values, (k + 1) * part);
    const stacked = run.output('products of the stack', [rows, seqLen, 3]);
    dependenceProducts(run.builder, D, run.input('stack', [4, seqLen, rows, hiddenSize], all), stacked);
    await run.run();
    const expected = Array.from({ length: rows * seqLen * 3 }, (_, i) => {
      const [row, t] = [Math.floor(i / (3 * seqLen)), Math.floor(i / 3) % seqLen];
      return Array.from({ length: hiddenSize }, (_, k) => k).reduce(
        (sum, k) =>
          sum +
          at(delta, (t * series + (row % series)) * hiddenSize + k) *
            at(tangents[i % 3] as Float32Array, (t * rows + row) * hiddenSize + k),
        0,
      );
    });
    expectClose(await run.read(products), expected);
    expectClose(await run.read(stacked), expected);
  });
});

test.each([0, 2])('token_step and observation_step at position %i', async (t) => {
  const [seqLen, rows, width, features] = [3, 5, 8, 3];
  const [first, weight, fed, position] = [
    normals(1, rows * width),
    normals(2, width * features),
    normals(3, rows * features),
    normals(4, seqLen * width),
  ];
  const [head, noise] = [normals(5, rows * 2 * features), normals(6, seqLen * rows * features)];
  const at = (values: Float32Array, i: number) => values[i] as number;
  const run = new Recorded(gpu(), false);
  const clock = run.input('clock', [4], Uint32Array.of(t, 1, 0, 0));
  const y = run.output('token', [rows, width]);
  tokenStep(run.builder, {
    clock,
    first: run.input('first', [rows, width], first),
    weight: run.input('weight', [width, features], weight),
    fed: run.input('fed', [rows, features], fed),
    position: run.input('position', [seqLen, width], position),
    y,
  });
  const [x, next] = [run.output('x', [seqLen, rows, features]), run.output('next', [rows, features])];
  observationStep(
    run.builder,
    {
      clock,
      head: run.input('head', [rows, 2 * features], head),
      noise: run.input('noise', [seqLen, rows, features], noise),
      x,
      fed: next,
    },
    { logSigmaLow: -3, logSigmaRange: 4 },
  );
  await run.run();
  const token = Array.from({ length: rows * width }, (_, i) => {
    const [row, k] = [Math.floor(i / width), i % width];
    const value = [0, 1, 2].reduce(
      (sum, d) => sum + at(weight, k * features + d) * at(fed, row * features + d),
      0,
    );
    return (t === 0 ? at(first, i) : value) + at(position, t * width + k);
  });
  expectClose(await run.read(y), token, { label: 'token' });
  const means = Array.from({ length: rows * features }, (_, i) =>
    at(head, Math.floor(i / features) * 2 * features + (i % features)),
  );
  const drawn = means.map((mean, i) => {
    const raw = at(head, Math.floor(i / features) * 2 * features + features + (i % features));
    return mean + Math.exp(-3 + 4 / (1 + Math.exp(-raw))) * at(noise, t * rows * features + i);
  });
  expectClose((await run.read(x)).subarray(t * rows * features, (t + 1) * rows * features), drawn, {
    label: 'x',
  });
  expectClose(await run.read(next), means, { label: 'fed back' });
  expect((await run.read(x)).filter((v) => v !== 0).length).toBe(rows * features); // no other position is touched
});
