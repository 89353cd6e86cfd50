import { describe, expect, test } from 'vitest';
import { linearBackwardInput, linearForward } from '../../src/engine/kernels/linear.ts';
import { linear as linearLayer } from '../../src/engine/layers/linear.ts';
import { useGpu } from '../gpu.ts';
import { expectClose } from '../reference/expectClose.ts';
import { add, linear, silu } from '../reference/layers.ts';
import { normals } from '../reference/random.ts';
import { Scalars } from '../reference/scalar.ts';
import { Recorded } from './recorded.ts';

// Sizes off the 16 x 64 tile and off the multiple of 4 that the vector path needs, then on it.
const sizes = [
  { rows: 37, inSize: 13, outSize: 70 },
  { rows: 5, inSize: 8, outSize: 3 },
  { rows: 33, inSize: 12, outSize: 68 },
  { rows: 1, inSize: 1, outSize: 1 },
  { rows: 9, inSize: 44, outSize: 40 },
];

// Where subgroups hand values round (spread.wgsl), and where each thread reads for itself (spread_alone.wgsl); work cut
// for few threads, and for many.
describe.each([
  { subgroups: true, fine: false, sizes },
  { subgroups: false, fine: false, sizes },
  // A software adapter takes seconds to compile each of these: one size by scalars, one by vectors.
  { subgroups: true, fine: true, sizes: sizes.filter(({ outSize }) => outSize > 64) },
])('subgroups: $subgroups, fine: $fine', ({ sizes, ...options }) => {
  const gpu = useGpu(options);

  describe.each(sizes)(
    'linear_forward, linear_backward_input, linear_backward_weight at $rows x $inSize -> $outSize',
    (size) => {
      const { rows, inSize, outSize } = size;
      const values = {
        x: normals(1, rows * inSize),
        weight: normals(2, outSize * inSize, 0.5),
        bias: normals(3, outSize),
        residual: normals(4, rows * outSize),
        seeds: normals(5, rows * outSize),
      };

      test.each([false, true])('SiLU and residual: %s', async (full) => {
        const x = Scalars.of([rows, inSize], values.x);
        const weight = Scalars.of([outSize, inSize], values.weight);
        const bias = Scalars.of([outSize], values.bias);
        const residual = Scalars.of([rows, outSize], values.residual);
        const product = linear(x, weight, bias);
        const y = full ? add(silu(product), residual) : product;
        y.backward(values.seeds);

        const run = new Recorded(gpu());
        const tensors = {
          x: run.input('x', [rows, inSize], values.x),
          weight: run.input('weight', [outSize, inSize], values.weight),
          bias: run.input('bias', [outSize], values.bias),
          residual: run.input('residual', [rows, outSize], values.residual),
        };
        const output = linearLayer(
          run.builder,
          'y',
          tensors.x,
          tensors,
          full ? { silu: true, residual: tensors.residual } : {},
        );
        run.seed(output, values.seeds);
        run.backward();
        await run.run();
        expectClose(await run.read(output), y.values, { label: 'y' });
        expectClose(await run.readGradient(tensors.x), x.gradients, { label: 'dX' });
        expectClose(await run.readGradient(tensors.weight), weight.gradients, { label: 'dWeight' });
        expectClose(await run.readGradient(tensors.bias), bias.gradients, { label: 'dBias' });
        if (full)
          expectClose(await run.readGradient(tensors.residual), residual.gradients, { label: 'dResidual' });
      });
    },
  );

  test('a weight used twice gathers both gradients', async () => {
    const values = { a: normals(1, 8), b: normals(2, 12), weight: normals(3, 16), seeds: normals(4, 20) };
    const [a, b] = [Scalars.of([2, 4], values.a), Scalars.of([3, 4], values.b)];
    const weight = Scalars.of([4, 4], values.weight);
    linear(a, weight).backward(values.seeds.subarray(0, 8));
    linear(b, weight).backward(values.seeds.subarray(8));

    const run = new Recorded(gpu());
    const tensor = run.input('weight', [4, 4], values.weight);
    const first = linearLayer(run.builder, 'first', run.input('a', [2, 4], values.a), { weight: tensor });
    const second = linearLayer(run.builder, 'second', run.input('b', [3, 4], values.b), { weight: tensor });
    run.seed(first, values.seeds.subarray(0, 8));
    run.seed(second, values.seeds.subarray(8));
    run.backward();
    await run.run();
    expectClose(await run.readGradient(tensor), weight.gradients);
  });

  test('a binding that is missing or misspelt is named', () => {
    const run = new Recorded(gpu());
    const x = run.input('x', [2, 3], normals(1, 6));
    expect(() =>
      linearLayer(run.builder, 'y', x, { weight: run.input('w', [4, 5], normals(2, 20)) }),
    ).toThrow('linear: x[2,3] does not fit w[4,5]');
  });
});

const gpu = useGpu();

test('more rows than one dimension of a grid has tiles', async () => {
  const rows = 16 * 65_535 + 17;
  const values = Float32Array.from({ length: rows }, (_, row) => row % 1009);
  const run = new Recorded(gpu());
  const x = run.input('x', [rows, 1], values);
  const weight = run.input('weight', [1, 1], [3]);
  const [y, dX] = [run.output('y', [rows, 1]), run.output('dX', [rows, 1])];
  linearForward(run.builder, { x, weight, y });
  linearBackwardInput(run.builder, x, weight, { tensor: dX, accumulate: 0 });
  await run.run();
  for (const output of [y, dX]) {
    const read = await run.read(output);
    expect(values.findIndex((value, row) => read[row] !== 3 * value)).toBe(-1);
  }
});
