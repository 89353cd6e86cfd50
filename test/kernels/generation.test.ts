import { expect, test } from 'vitest';
import { gatherRows, gatherWindows } from '../../src/engine/kernels/data.ts';
import { transpose } from '../../src/engine/kernels/elementwise.ts';
import { lstmGenerate } from '../../src/engine/kernels/lstm.ts';
import { useGpu } from '../gpu.ts';
import { expectClose } from '../reference/expectClose.ts';
import { normals } from '../reference/random.ts';
import { Recorded } from './recorded.ts';

const gpu = useGpu();
const sigmoid = (v: number) => 1 / (1 + Math.exp(-v));

/** Sizes off the four rows a workgroup owns, one of them with more features than hidden units. */
const sizes = [
  { seqLen: 5, rows: 7, hiddenSize: 8, features: 3, biases: 1 },
  { seqLen: 5, rows: 7, hiddenSize: 8, features: 3, biases: 7 }, // each series has its own
  { seqLen: 3, rows: 2, hiddenSize: 4, features: 6, biases: 1 },
];

function values({ seqLen, rows, hiddenSize: H, features: D, biases }: (typeof sizes)[number]) {
  return {
    first: { shape: [rows, 4 * H], data: normals(1, rows * 4 * H) },
    weight: { shape: [H, 4 * H], data: normals(2, H * 4 * H, 0.5) }, // W_hh transposed
    bias: { shape: [biases, 4 * H], data: normals(3, biases * 4 * H, 0.5) },
    weightInput: { shape: [4 * H, D], data: normals(4, 4 * H * D, 0.5) },
    headWeight: { shape: [2 * D, H], data: normals(5, 2 * D * H) },
    headBias: { shape: [biases, 2 * D], data: normals(6, biases * 2 * D) },
    noise: { shape: [seqLen, rows, D], data: normals(7, seqLen * rows * D) },
  };
}

/** Free running by the definition, in float64. */
function reference(size: (typeof sizes)[number], addNoise: boolean, feedNoise: boolean): number[] {
  const { seqLen, rows, hiddenSize: H, features: D, biases } = size;
  const { first, weight, bias, weightInput, headWeight, headBias, noise } = values(size);
  const x = new Array<number>(seqLen * rows * D).fill(0);
  const of = (array: { data: Float32Array }, i: number) => array.data[i] as number;
  for (let row = 0; row < rows; row++) {
    let h = new Array<number>(H).fill(0);
    let c = new Array<number>(H).fill(0);
    let fed = new Array<number>(D).fill(0);
    for (let t = 0; t < seqLen; t++) {
      const pre = Array.from({ length: 4 * H }, (_, m) => {
        const input =
          t === 0
            ? of(first, row * 4 * H + m)
            : fed.reduce((sum, v, d) => sum + v * of(weightInput, m * D + d), 0);
        return (
          of(bias, (row % biases) * 4 * H + m) +
          input +
          h.reduce((sum, v, k) => sum + v * of(weight, k * 4 * H + m), 0)
        );
      });
      const gate = (g: number, j: number) => pre[g * H + j] as number;
      c = c.map((v, j) => sigmoid(gate(1, j)) * v + sigmoid(gate(0, j)) * Math.tanh(gate(2, j)));
      h = c.map((v, j) => sigmoid(gate(3, j)) * Math.tanh(v));
      const head = Array.from(
        { length: 2 * D },
        (_, m) =>
          of(headBias, (row % biases) * 2 * D + m) +
          h.reduce((sum, v, k) => sum + v * of(headWeight, m * H + k), 0),
      );
      fed = Array.from({ length: D }, (_, d) => {
        const at = (t * rows + row) * D + d;
        const mean = head[d] as number;
        const drawn =
          mean + (addNoise ? Math.exp(-3 + 4 * sigmoid(head[D + d] as number)) * of(noise, at) : 0);
        x[at] = drawn;
        return feedNoise ? drawn : mean;
      });
    }
  }
  return x;
}

test.each(
  sizes.flatMap((size) => [
    { ...size, mode: 'sample', addNoise: true, feedNoise: true },
    { ...size, mode: 'noise-not-fed-back', addNoise: true, feedNoise: false },
    { ...size, mode: 'mean', addNoise: false, feedNoise: false },
  ]),
)(
  'lstm_generate, $mode, H=$hiddenSize D=$features, $biases rows of biases',
  async ({ mode: _, addNoise, feedNoise, ...size }) => {
    const run = new Recorded(gpu(), false);
    const all = values(size);
    const input = (name: keyof typeof all) => run.input(name, all[name].shape, all[name].data);
    const x = run.output('x', [size.seqLen, size.rows, size.features]);
    lstmGenerate(
      run.builder,
      {
        first: input('first'),
        weight: input('weight'),
        bias: input('bias'),
        weightInput: input('weightInput'),
        headWeight: input('headWeight'),
        headBias: input('headBias'),
        noise: input('noise'),
        x,
      },
      { logSigmaLow: -3, logSigmaRange: 4, addNoise, feedNoise },
    );
    await run.run();
    expectClose(await run.read(x), reference(size, addNoise, feedNoise), { absolute: 1e-4, relative: 1e-3 });
  },
);

test('gather_windows turns windows position-major, in the order of the index', async () => {
  const [count, seqLen, width] = [5, 3, 2];
  const data = Float32Array.from({ length: count * seqLen * width }, (_, i) => i);
  const run = new Recorded(gpu());
  const output = { x: run.output('x', [seqLen, 3, width]), mask: run.output('mask', [seqLen, 3, width]) };
  const values = run.input('values', [count, seqLen, width], data);
  const observed = run.input(
    'observed',
    [count, seqLen, width],
    data.map((v) => -v),
  );
  gatherWindows(run.builder, {
    values,
    observed,
    index: run.input('index', [3], Uint32Array.of(4, 0, 4)),
    ...output,
  });
  await run.run();
  const expected = [0, 1, 2].flatMap((t) =>
    [4, 0, 4].flatMap((n) => [0, 1].map((d) => (n * seqLen + t) * width + d)),
  );
  expect(Array.from(await run.read(output.x))).toEqual(expected);
  expect(Array.from(await run.read(output.mask), (v) => -v)).toEqual(expected);
});

test('gather_rows and transpose', async () => {
  const run = new Recorded(gpu());
  const rows = run.input('rows', [3, 2], [0, 1, 2, 3, 4, 5]);
  const [picked, turned] = [run.output('picked', [4, 2]), run.output('turned', [2, 3])];
  gatherRows(run.builder, {
    rows,
    index: run.input('index', [4], Uint32Array.of(2, 2, 0, 1)),
    output: picked,
  });
  transpose(run.builder, { x: rows, y: turned });
  await run.run();
  expect(Array.from(await run.read(picked))).toEqual([4, 5, 4, 5, 0, 1, 2, 3]);
  expect(Array.from(await run.read(turned))).toEqual([0, 2, 4, 1, 3, 5]);
});
