import { describe, expect, test } from 'vitest';
import {
  kernelSums,
  mergeRuns,
  pairDistances,
  quantileDistance,
  quantileParts,
  selectRanks,
} from '../../src/engine/kernels/distances.ts';
import { squaredDistances } from '../../src/engine/metrics/squaredDistances.ts';
import { wassersteinOnLine } from '../../src/engine/metrics/wasserstein.ts';
import { useGpu } from '../gpu.ts';
import { expectClose } from '../reference/expectClose.ts';
import { normals } from '../reference/random.ts';
import { Recorded } from './recorded.ts';

const gpu = useGpu();

/** Column `c` of [rows, columns]. */
const column = (values: Float32Array, c: number, columns: number) =>
  values.filter((_, i) => i % columns === c);

test.each([
  [2, 1],
  [7, 3],
  [37, 67],
  [128, 5],
  [301, 130],
])('merge_runs, level by level: columns of %i, %i of them', async (count, columns) => {
  const values = normals(count, count * columns);
  values.set([-0, 0, 1e30, -1e30, 0.5, 0.5].slice(0, values.length)); // twins too
  const run = new Recorded(gpu());
  let input = run.input('values', [count, columns], values);
  for (let size = 1; size < count; size *= 2) {
    const output = run.output(`runs of ${2 * size}`, [count, columns]);
    mergeRuns(run.builder, { input, output }, size);
    input = output;
  }
  await run.run();
  const sorted = await run.read(input);
  const plain = (x: number) => x + 0; // -0 and 0 are twins
  for (let c = 0; c < columns; c++) {
    const expected = column(values, c, columns).sort();
    expect(column(sorted, c, columns).map(plain)).toEqual(expected.map(plain));
  }
});

test.each([
  [67, 67],
  [150, 70],
  [64, 1],
  [1, 5],
  [301, 299],
])('quantile_distance: %i against %i', async (n, m) => {
  const columns = 67;
  const sorted = (values: Float32Array) => {
    const each = Array.from({ length: columns }, (_, c) => column(values, c, columns).sort());
    return {
      values: values.map((_, i) => each[i % columns]?.[Math.floor(i / columns)] as number),
      each: each.map((one) => Float64Array.from(one)),
    };
  };
  const [a, b] = [sorted(normals(1, columns * n, 2)), sorted(normals(2, columns * m))];
  const expected = a.each.map((one, c) => wassersteinOnLine(one, b.each[c] as Float64Array, 2));
  const run = new Recorded(gpu());
  const distance = run.output('distance', [quantileParts(n), columns]);
  quantileDistance(run.builder, {
    a: run.input('a', [n, columns], a.values),
    b: run.input('b', [m, columns], b.values),
    distance,
  });
  await run.run();
  const parts = await run.read(distance);
  const sums = expected.map((_, c) => column(parts, c, columns).reduce((sum, part) => sum + part, 0));
  expectClose(sums, expected, { relative: 1e-5 });
});

test('quantile_distance refuses samples whose levels it cannot count', () => {
  const run = new Recorded(gpu());
  const [a, b] = [run.output('a', [2 ** 16, 1]), run.output('b', [2 ** 16, 1])];
  expect(() => quantileDistance(run.builder, { a, b, distance: run.output('distance', [1024, 1]) })).toThrow(
    RangeError,
  );
});

// Where subgroups hand values round (spread.wgsl), and where each thread reads for itself (spread_alone.wgsl).
describe.each([true, false])('subgroups: %s', (subgroups) => {
  const device = useGpu({ subgroups });

  test.each([
    [2, 4],
    [19, 8],
    [83, 12],
    [130, 52],
  ])('pair_distances of %i points in %i dimensions, far from the origin too', async (count, dimensions) => {
    const points = normals(3, count * dimensions).map((value) => 1000 + value);
    const run = new Recorded(device());
    const distances = run.output('distances', [count, count]);
    pairDistances(run.builder, { points: run.input('points', [count, dimensions], points), distances });
    await run.run();
    const reference = squaredDistances(points, points, dimensions);
    const later = (values: ArrayLike<number>) =>
      Array.from({ length: count }, (_, i) =>
        Array.from({ length: count - i - 1 }, (_, k) => values[i * count + i + 1 + k] as number),
      ).flat();
    expectClose(later(await run.read(distances)), later(reference));
  });
});

test.each([2, 7, 90, 300])(
  'digit_counts and digit_choice: ranks among the pairs of %i points',
  async (count) => {
    const distances = normals(4, count * count, 10).map(Math.abs);
    for (let i = 0; i < count; i += 5) distances.fill(0.25, i * count, i * count + 3); // twins
    const pairs = distances.filter((_, at) => at % count > Math.floor(at / count)).sort();
    distances.forEach((_, at) => {
      if (at % count <= Math.floor(at / count)) distances[at] = Number.NaN; // these have no meaning
    });
    const ranks = [0, Math.floor(pairs.length / 3), pairs.length - 1];
    const run = new Recorded(gpu());
    const searches = run.input('searches', [3, 2], Uint32Array.from(ranks.flatMap((rank) => [0, rank])));
    const counts = run.output('counts', [3, 256]);
    selectRanks(run.builder, {
      distances: run.input('distances', [count, count], distances),
      searches,
      counts,
    });
    await run.run();
    const found = (await run.read(searches)).filter((_, i) => i % 2 === 0);
    expect(Array.from(found)).toEqual(ranks.map((rank) => pairs[rank]));
    expect((await run.read(counts)).every((value) => value === 0)).toBe(true);
  },
);

test.each([
  [2, 1, 3],
  [67, 30, 5],
  [131, 131, 0], // all distances are 0: the scale is 2
])('kernel_sums of %i points, %i of them on the first side', async (count, countA, size) => {
  const distances = normals(5, count * count, size).map(Math.abs);
  const middle = [size / 2, 9, size, 9];
  const run = new Recorded(gpu());
  const sums = run.output('sums', [count, 2]);
  const tensors = {
    distances: run.input('distances', [count, count], distances),
    middle: run.input('middle', [2, 2], middle),
    sums,
  };
  kernelSums(run.builder, tensors, countA);
  await run.run();
  const scale = 1.5 * size || 2;
  const expected = Array.from({ length: count }, (_, i) => {
    const sides: [number, number] = [0, 0];
    for (let j = i + 1; j < count; j++) {
      sides[i < countA === j < countA ? 0 : 1] += Math.exp(-(distances[i * count + j] as number) / scale);
    }
    return sides;
  }).flat();
  expectClose(await run.read(sums), expected, { relative: 1e-5 });
});
