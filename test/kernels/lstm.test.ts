import { describe, test } from 'vitest';
import { lstm as lstmLayer } from '../../src/engine/layers/lstm.ts';
import { useGpu } from '../gpu.ts';
import { expectClose } from '../reference/expectClose.ts';
import { linear, lstm } from '../reference/layers.ts';
import { normals } from '../reference/random.ts';
import { type Scalar, Scalars } from '../reference/scalar.ts';
import { Recorded } from './recorded.ts';

const gpu = useGpu();

function weights(inSize: number, hiddenSize: number) {
  const scale = 1.5 / Math.sqrt(hiddenSize);
  return {
    weightIh: { shape: [4 * hiddenSize, inSize], values: normals(11, 4 * hiddenSize * inSize, scale) },
    weightHh: {
      shape: [4 * hiddenSize, hiddenSize],
      values: normals(12, 4 * hiddenSize * hiddenSize, scale),
    },
    biasIh: { shape: [4 * hiddenSize], values: normals(13, 4 * hiddenSize, scale) },
    biasHh: { shape: [4 * hiddenSize], values: normals(14, 4 * hiddenSize, scale) },
  };
}

type Weights = ReturnType<typeof weights>;
const names = ['weightIh', 'weightHh', 'biasIh', 'biasHh'] as const;

function both(run: Recorded, all: Weights) {
  const reference = {} as Record<(typeof names)[number], Scalars>;
  const tensors = {} as Record<(typeof names)[number], ReturnType<Recorded['input']>>;
  for (const name of names) {
    reference[name] = Scalars.of(all[name].shape, all[name].values);
    tensors[name] = run.input(name, all[name].shape, all[name].values);
  }
  return { reference, tensors };
}

const row = (values: Scalars, start: number, width: number): readonly Scalar[] =>
  values.items.slice(start, start + width);

// Rows off the 4 a workgroup owns; hidden sizes of one vector and of several.
describe.each([
  { seqLen: 5, rows: 3, inSize: 3, hiddenSize: 4 },
  { seqLen: 4, rows: 9, inSize: 5, hiddenSize: 12 },
  { seqLen: 1, rows: 4, inSize: 2, hiddenSize: 8 },
])(
  'lstm_forward and lstm_backward, T=$seqLen rows=$rows H=$hiddenSize',
  ({ seqLen, rows, inSize, hiddenSize }) => {
    test('one sequence per row', async () => {
      const xValues = normals(1, seqLen * rows * inSize);
      const seeds = normals(2, seqLen * rows * hiddenSize);
      const run = new Recorded(gpu());
      const { reference, tensors } = both(run, weights(inSize, hiddenSize));
      const x = Scalars.of([seqLen, rows, inSize], xValues);
      const pre = linear(x, reference.weightIh, reference.biasIh);
      const width = 4 * hiddenSize;
      const hidden = lstm(
        (t, r) => row(pre, (t * rows + r) * width, width),
        seqLen,
        rows,
        reference.weightHh,
        reference.biasHh,
      );
      hidden.backward(seeds);

      const tokens = run.input('x', [seqLen, rows, inSize], xValues);
      const output = lstmLayer(run.builder, 'layer', { tokens }, tensors);
      run.seed(output, seeds);
      run.backward();
      await run.run();
      expectClose(await run.read(output), hidden.values, { label: 'hidden' });
      expectClose(await run.readGradient(tokens), x.gradients, { label: 'dX' });
      for (const name of names)
        expectClose(await run.readGradient(tensors[name]), reference[name].gradients, { label: name });
    });
  },
);

test.each([false, true])('two rows share one series; a further input at every position: %s', async (more) => {
  const { seqLen, series, rows, inSize, hiddenSize } = {
    seqLen: 4,
    series: 3,
    rows: 6,
    inSize: 5,
    hiddenSize: 8,
  };
  const firstValues = normals(1, rows * inSize);
  const restValues = normals(2, (seqLen - 1) * series * inSize);
  const everywhereValues = normals(4, rows * inSize);
  const seeds = normals(3, seqLen * rows * hiddenSize);
  const run = new Recorded(gpu());
  const { reference, tensors } = both(run, weights(inSize, hiddenSize));
  const first = Scalars.of([rows, inSize], firstValues);
  const rest = Scalars.of([seqLen - 1, series, inSize], restValues);
  const preFirst = linear(first, reference.weightIh, reference.biasIh);
  const preRest = linear(rest, reference.weightIh, reference.biasIh);
  const everywhere = Scalars.of([rows, inSize], everywhereValues);
  const preEverywhere = linear(everywhere, reference.weightIh);
  const width = 4 * hiddenSize;
  const pre = (t: number, r: number) => {
    const own =
      t === 0
        ? row(preFirst, r * width, width)
        : row(preRest, ((t - 1) * series + (r % series)) * width, width);
    return more ? own.map((value, m) => value.plus(preEverywhere.at(r, m))) : own;
  };
  const hidden = lstm(pre, seqLen, rows, reference.weightHh, reference.biasHh);
  hidden.backward(seeds);

  const input = {
    first: run.input('first', [rows, inSize], firstValues),
    rest: run.input('rest', [seqLen - 1, series, inSize], restValues),
    everywhere: more ? run.input('everywhere', [rows, inSize], everywhereValues) : undefined,
  };
  const output = lstmLayer(run.builder, 'layer', input, tensors);
  run.seed(output, seeds);
  run.backward();
  await run.run();
  expectClose(await run.read(output), hidden.values, { label: 'hidden' });
  expectClose(await run.readGradient(input.first), first.gradients, { label: 'dFirst' });
  expectClose(await run.readGradient(input.rest), rest.gradients, { label: 'dRest' });
  if (input.everywhere)
    expectClose(await run.readGradient(input.everywhere), everywhere.gradients, { label: 'dEverywhere' });
  for (const name of names)
    expectClose(await run.readGradient(tensors[name]), reference[name].gradients, { label: name });
});
