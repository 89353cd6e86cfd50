import { expect, test } from 'vitest';
import { maskInputs } from '../../src/engine/kernels/data.ts';
import { pathPoints } from '../../src/engine/kernels/dependence.ts';
import { permutedNoise } from '../../src/engine/kernels/diffusion.ts';
import {
  concat,
  multiply,
  scale,
  sigmoidBackward,
  siluBackward,
  siluForward,
  softplusForward,
} from '../../src/engine/kernels/elementwise.ts';
import { mixtureLogDensity } from '../../src/engine/kernels/objective.ts';
import { useGpu } from '../gpu.ts';
import { expectClose } from '../reference/expectClose.ts';
import { normals, someMissing } from '../reference/random.ts';
import { Scalar } from '../reference/scalar.ts';
import { Recorded } from './recorded.ts';

const gpu = useGpu();
const count = 259; // off the 256 of a workgroup

test('softplus_forward: value and slope, far out too', async () => {
  const values = normals(1, count, 4);
  values.set([-200, -40, 40, 200]);
  const run = new Recorded(gpu());
  const [y, slope] = [run.output('y', [count]), run.output('slope', [count])];
  softplusForward(run.builder, { x: run.input('x', [count], values), y, slope });
  await run.run();
  const expected = Array.from(values, (value) => new Scalar(value, 1).softplus());
  expectClose(
    await run.read(y),
    expected.map(({ value }) => value),
    { label: 'y' },
  );
  expectClose(
    await run.read(slope),
    expected.map(({ tangent }) => tangent),
    { label: 'slope' },
  );
});

test('silu_forward and silu_backward: value and slope, far out too, where the exponential would overflow', async () => {
  const values = normals(1, count, 4);
  values.set([-1e4, -200, -89, -60, 60, 200, 1e4]);
  const run = new Recorded(gpu());
  const x = run.input('x', [count], values);
  const [y, dX] = [run.output('y', [count]), run.output('dX', [count])];
  siluForward(run.builder, { x, y });
  siluBackward(run.builder, x, run.input('dY', [count], new Float32Array(count).fill(1)), {
    tensor: dX,
    accumulate: 0,
  });
  await run.run();
  const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));
  const slope = (value: number) => sigmoid(value) * (1 + value * (1 - sigmoid(value)));
  expectClose(
    await run.read(y),
    Array.from(values, (value) => value * sigmoid(value)),
    { label: 'y' },
  );
  expectClose(await run.read(dX), Array.from(values, slope), { label: 'dX' });
});

test('sigmoid_backward stores, then adds', async () => {
  const [x, d] = [normals(1, count, 2), normals(2, count)];
  const s = x.map((value) => 1 / (1 + Math.exp(-value)));
  const run = new Recorded(gpu());
  const [first, dY] = [run.input('s', [count], s), run.input('dY', [count], d)];
  const dX = run.output('dX', [count]);
  sigmoidBackward(run.builder, first, dY, { tensor: dX, accumulate: 0 });
  sigmoidBackward(run.builder, first, dY, { tensor: dX, accumulate: 1 });
  await run.run();
  expectClose(
    await run.read(dX),
    Array.from(x, (value, i) => 2 * (d[i] as number) * new Scalar(value, 1).sigmoid().tangent),
  );
});

test('multiply and scale store, then add; concat puts one behind the other', async () => {
  const [a, b] = [normals(1, count), normals(2, count)];
  const run = new Recorded(gpu());
  const [left, right] = [run.input('a', [count], a), run.input('b', [count], b)];
  const [y, both] = [run.output('y', [count]), run.output('both', [2 * count])];
  multiply(run.builder, left, right, { tensor: y, accumulate: 0 });
  multiply(run.builder, left, left, { tensor: y, accumulate: 1 });
  scale(run.builder, 0.3, right, { tensor: y, accumulate: 1 });
  const scaled = run.output('scaled', [count]);
  scale(run.builder, -2, left, { tensor: scaled, accumulate: 0 });
  concat(run.builder, { a: left, b: right, y: both });
  await run.run();
  const pairs = Array.from(a, (value, i) => [value, b[i] as number] as const);
  expectClose(
    await run.read(y),
    pairs.map(([p, q]) => p * q + p * p + 0.3 * q),
  );
  expectClose(
    await run.read(scaled),
    pairs.map(([p]) => -2 * p),
  );
  expect(Array.from(await run.read(both))).toEqual([...a, ...b]);
});

test('mask_inputs leaves out whole vectors, as often as it is told', async () => {
  const [positions, series, width] = [3, 5, 2];
  const draw = Uint32Array.from({ length: 15 }, (_, i) => i * 4681); // from 0 to 65534
  const values = normals(1, positions * series * width);
  const run = new Recorded(gpu());
  const tensors = {
    x: run.input('x', [positions, series, width], values),
    draw: run.input('draw', [positions, series], draw),
    y: run.output('y', [positions, series, width]),
    masked: run.output('masked', [positions, series, 1]),
  };
  maskInputs(run.builder, tensors, 0.25);
  await run.run();
  const hidden = Array.from(draw, (value) => (value < 16_384 ? 1 : 0));
  expect(hidden.filter(Boolean)).toHaveLength(4);
  expect(Array.from(await run.read(tensors.masked))).toEqual(hidden);
  expect(Array.from(await run.read(tensors.y))).toEqual(
    Array.from(values, (value, i) => (hidden[Math.floor(i / width)] ? 0 : value)),
  );
});

test('permuted_noise: rows from `start` on get the v of other series, the rest stay', async () => {
  const [series, width, start, first] = [5, 3, 7, 2];
  const [v, noise] = [normals(1, series * width), normals(2, 2 * series * width)];
  const offset = Uint32Array.of(1, 4, 3);
  const run = new Recorded(gpu());
  const tensor = run.input('noise', [2 * series, width], noise);
  permutedNoise(
    run.builder,
    { v: run.input('v', [series, width], v), offset: run.input('offset', [3], offset), noise: tensor },
    { start, first },
  );
  await run.run();
  const expected = Array.from(noise, (value, i) => {
    const r = Math.floor(i / width) - start;
    return r < 0 ? value : v[((first + r + (offset[r] as number)) % series) * width + (i % width)];
  });
  expect(Array.from(await run.read(tensor))).toEqual(expected);
});

test('path_points: every series at every node, and its tangent', async () => {
  const [nodes, series, width] = [3, 5, 2];
  const z = normals(1, series * width);
  const run = new Recorded(gpu());
  const point = run.output('point', [nodes * series, width]);
  const tangent = run.output('tangent', [nodes * series, width]);
  pathPoints(run.builder, {
    path: run.input('path', [4 + nodes], [0, 1, 0, 9, 0.25, 0.5, 1]),
    z: run.input('z', [series, width], z),
    point,
    tangent,
  });
  await run.run();
  expect(Array.from(await run.read(point))).toEqual(
    [0.25, 0.5, 1].flatMap((s) => Array.from(z, (v) => s * v)),
  );
  expect(Array.from(await run.read(tangent))).toEqual([...z, ...z, ...z]);
});

test('mixture_log_density, some values missing and one far from every component', async () => {
  const [seqLen, series, width, components] = [4, 3, 2, 3];
  const x = normals(1, seqLen * series * width);
  x[0] = 60;
  const mask = someMissing(2, [seqLen, series, width]);
  mask[0] = 1;
  const rows = Array.from({ length: components }, (_, k) => [
    Math.log([0.2, 0.5, 0.3][k] as number),
    ...normals(3 + k, width),
    ...normals(6 + k, width, 0.5),
  ]);
  const run = new Recorded(gpu());
  const reference = run.output('reference', [seqLen, series]);
  mixtureLogDensity(run.builder, {
    x: run.input('x', [seqLen, series, width], x),
    mask: run.input('mask', [seqLen, series, width], mask),
    mixture: run.input('mixture', [components, 1 + 2 * width], rows.flat()),
    reference,
  });
  await run.run();
  const expected = Array.from({ length: seqLen * series }, (_, i) => {
    const logs = rows.map((row) =>
      [0, 1].reduce((total, d) => {
        const [mean, logS] = [row[1 + d] as number, row[1 + width + d] as number];
        const u = ((x[i * width + d] as number) - mean) * Math.exp(-logS);
        return total - (mask[i * width + d] as number) * (0.5 * u * u + logS + 0.5 * Math.log(2 * Math.PI));
      }, row[0] as number),
    );
    const largest = Math.max(...logs);
    return largest + Math.log(logs.reduce((sum, value) => sum + Math.exp(value - largest), 0));
  });
  expectClose(await run.read(reference), expected);
});
