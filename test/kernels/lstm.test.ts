import { describe, test } from 'vitest';
import { lstmStep, lstmTangentLayer } from '../../src/engine/kernels/lstm.ts';
import { lstm as lstmLayer } from '../../src/engine/layers/lstm.ts';
import { useGpu } from '../gpu.ts';
import { expectClose } from '../reference/expectClose.ts';
import { linear, lstm } from '../reference/layers.ts';
import { normals } from '../reference/random.ts';
import { type Scalar, Scalars } from '../reference/scalar.ts';
import { Recorded } from './recorded.ts';

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

// Where subgroups hand values round (spread.wgsl), and where each thread reads for itself (spread_alone.wgsl); 8 rows a workgroup
// and 16; rows that move and rows that stay; work cut for few threads, and for many.
describe.each([
  { subgroups: true, fine: false, recurrentRows: 8, movingRows: false },
  { subgroups: true, fine: false, recurrentRows: 16, movingRows: true },
  { subgroups: false, fine: false, recurrentRows: 8, movingRows: true },
  { subgroups: true, fine: true, recurrentRows: 8, movingRows: false },
] as const)('subgroups: $subgroups, fine: $fine, $recurrentRows rows, moving: $movingRows', (options) => {
  const gpu = useGpu(options);

  // Rows off the 4, 8 or 16 a workgroup owns; hidden sizes of one vector, of several, and of more than a subgroup has threads. Products
  // of other input sizes are shown in linear.test.ts, and each of their forms takes a software adapter seconds to compile.
  describe.each([
    { seqLen: 5, rows: 3, inSize: 4, hiddenSize: 4 },
    { seqLen: 4, rows: 9, inSize: 8, hiddenSize: 12 },
    { seqLen: 1, rows: 4, inSize: 4, hiddenSize: 8 },
    { seqLen: 2, rows: 2, inSize: 4, hiddenSize: 36 },
    { seqLen: 3, rows: 19, inSize: 4, hiddenSize: 4 },
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

  test.each([false, true])(
    'two rows share one series; a further input at every position: %s',
    async (more) => {
      const { seqLen, series, rows, inSize, hiddenSize } = {
        seqLen: 4,
        series: 3,
        rows: 6,
        inSize: 8,
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
    },
  );

  test('lstm_tangent_layer: the states, two carried tangents, and the local one', async () => {
    const [seqLen, rows, hiddenSize] = [4, 5, 8];
    const width = 4 * hiddenSize;
    const part = seqLen * rows * width;
    const all = weights(1, hiddenSize);
    const pre = normals(1, 4 * part); // W_ih times the input, then its three directions
    const bias = all.biasIh.values.map((value, i) => value + (all.biasHh.values[i] as number));
    /** The layer in the direction of a part, at the positions that `moving` admits. */
    const along = (which: number, moving: (t: number) => boolean) => {
      const values = Scalars.of(
        [seqLen, rows, width],
        pre.subarray(0, part).map((value, i) => value + (bias[i % width] as number)),
        Array.from({ length: part }, (_, i) =>
          moving(Math.floor(i / (rows * width))) ? (pre[which * part + i] as number) : 0,
        ),
      );
      return lstm(
        (t, r) => row(values, (t * rows + r) * width, width),
        seqLen,
        rows,
        Scalars.of(all.weightHh.shape, all.weightHh.values),
        Scalars.of([width], new Float32Array(width)),
      );
    };
    const run = new Recorded(gpu(), false);
    const turned = Float32Array.from(
      { length: hiddenSize * width },
      (_, i) => all.weightHh.values[(i % width) * hiddenSize + Math.floor(i / width)] as number,
    );
    const hidden = run.output('hidden', [4, seqLen, rows, hiddenSize]);
    lstmTangentLayer(run.builder, {
      weight: run.input('W_hh^T', [hiddenSize, width], turned),
      bias: run.input('bias', [width], bias),
      pre: run.input('pre', [4, seqLen, rows, width], pre),
      cell: run.output('cell', [3, rows, hiddenSize]),
      hidden,
    });
    await run.run();
    const size = rows * hiddenSize;
    const local = Array.from({ length: seqLen }, (_, t) =>
      along(3, (j) => j === t).tangents.slice(t * size, (t + 1) * size),
    );
    const everywhere = () => true;
    const expected = [
      along(1, everywhere).values,
      along(1, everywhere).tangents,
      along(2, everywhere).tangents,
      local.flat(),
    ];
    expectClose(await run.read(hidden), expected.flat(), { label: 'hidden and tangents' });
  });

  test('lstm_step, position after position, equals the layer', async () => {
    const [seqLen, rows, hiddenSize] = [3, 5, 4];
    const width = 4 * hiddenSize;
    const pre = normals(1, seqLen * rows * width);
    const values = Scalars.of([seqLen, rows, width], pre);
    const zeros = Scalars.of([width, hiddenSize], new Float32Array(width * hiddenSize));
    const expected = lstm(
      (t, r) => row(values, (t * rows + r) * width, width),
      seqLen,
      rows,
      zeros,
      Scalars.of([width], new Float32Array(width)),
    );
    const run = new Recorded(gpu(), false);
    const [cell, hidden] = [run.output('cell', [rows, hiddenSize]), run.output('hidden', [rows, hiddenSize])];
    for (let t = 0; t < seqLen; t++) {
      const at = run.input(`pre ${t}`, [rows, width], pre.subarray(t * rows * width, (t + 1) * rows * width));
      lstmStep(run.builder, { pre: at, cell, hidden });
    }
    await run.run();
    expectClose(await run.read(hidden), expected.values.slice(-rows * hiddenSize), { label: 'hidden' });
  });
});
