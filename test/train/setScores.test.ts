import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GpuScores } from '../../src/engine/metrics/gpuScores.ts';
import { directionSource } from '../../src/engine/metrics/scores.ts';
import { compareSets } from '../../src/engine/metrics/setDistance.ts';
import { useGpu } from '../gpu.ts';
import { batch } from '../metrics/batches.ts';
import { maximumMeanDiscrepancy, slicedWasserstein2 } from '../reference/distances.ts';
import { expectClose } from '../reference/expectClose.ts';
import { normals } from '../reference/random.ts';

const gpu = useGpu();
let scores: GpuScores;
beforeAll(() => {
  scores = new GpuScores(gpu());
});
afterAll(() => scores?.destroy());

// Sizes off every workgroup and tile, equal and unequal ones; one of 4 dimensions and one point.
const sizes = [
  { n: 37, m: 37, dimensions: 13, count: 30 },
  { n: 141, m: 67, dimensions: 50, count: 200 },
  { n: 5, m: 130, dimensions: 4, count: 1 },
  { n: 1, m: 1, dimensions: 3, count: 129 },
];

describe.each(sizes)('$n against $m points of $dimensions dimensions', ({ n, m, dimensions, count }) => {
  const [a, b] = [normals(1, n * dimensions), normals(2, m * dimensions, 1.3)];

  test(`sliced Wasserstein over ${count} directions is that of its float64 reference`, async () => {
    const directions = directionSource(3, count)(dimensions);
    const value = await scores.slicedWasserstein(a, b, dimensions, directions);
    const reference = slicedWasserstein2(a, b, dimensions, directions);
    expectClose([value], [reference], { absolute: 1e-6, relative: 1e-5 });
  });

  test('MMD is that of its float64 reference', async () => {
    const value = await scores.discrepancy(a, b, dimensions);
    expectClose([value], [maximumMeanDiscrepancy(a, b, dimensions)], { absolute: 1e-6, relative: 1e-4 });
  });
});

test('both are those of their formulas in NumPy', async () => {
  const golden = JSON.parse(readFileSync(new URL('../golden/scores.json', import.meta.url), 'utf8'));
  const [a, b, directions] = [golden.a, golden.b, golden.directions].map((x) => Float64Array.from(x)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const sliced = await scores.slicedWasserstein(a, b, golden.dimensions, directions);
  expectClose([sliced], [golden.sliced], { absolute: 0, relative: 1e-6 });
  expectClose([await scores.discrepancy(a, b, golden.dimensions)], [golden.mmd], { relative: 1e-5 });
});

test('of a set and itself in another order, and of points that are all the same, both are 0', async () => {
  const points = normals(6, 61);
  expect(await scores.slicedWasserstein(points, points.toReversed(), 1, Float64Array.of(1))).toBe(0);
  expect(await scores.discrepancy(points, points.toReversed(), 1)).toBeLessThan(1e-3);
  expect(await scores.discrepancy(new Float32Array(9), new Float32Array(6), 3)).toBe(0);
});

test('asked again they give the same bits', async () => {
  const [a, b] = [normals(1, 70 * 6), normals(2, 70 * 6)];
  const directions = directionSource(3, 40)(6);
  const sliced = await scores.slicedWasserstein(a, b, 6, directions);
  const mmd = await scores.discrepancy(a, b, 6);
  await scores.slicedWasserstein(b, b, 6, directions);
  await scores.discrepancy(b, b, 6);
  expect(await scores.slicedWasserstein(a, b, 6, directions)).toBe(sliced);
  expect(await scores.discrepancy(a, b, 6)).toBe(mmd);
});

describe('sets', () => {
  const shape = { count: 80, seqLen: 5, featureSize: 2 };
  const real = batch(shape, (n, t) => Math.sin(n) + t);
  const draws = (seed: number, shift: number) =>
    normals(seed, real.values.length).map((value) => value + shift);

  test('two draws of one distribution are at the floor, two distributions above it', async () => {
    const same = await compareSets(scores, draws(1, 0), draws(2, 0), real, { directions: 200 });
    expect(same.size).toBe(40);
    expect(same.between).toBeLessThan(1.2 * same.floor);
    const shifted = await compareSets(scores, draws(1, 0), draws(2, 1), real, { directions: 200 });
    expect(shifted.between).toBeGreaterThan(2 * shifted.floor);
  });

  test('noise that two sets share row by row does not bring them nearer than the floor', async () => {
    const { between, floor } = await compareSets(scores, draws(1, 0), draws(1, 0), real, { directions: 200 });
    expect(between).toBeGreaterThan(0.8 * floor);
  });

  test('the real series themselves are at the real floor from real, and missing values do not count', async () => {
    const values = Float32Array.from(real.values);
    const { firstToReal, realFloor } = await compareSets(scores, values, draws(1, 0), real, {
      directions: 50,
    });
    expect(firstToReal).toBeLessThan(1e-6);
    expect(realFloor).toBeGreaterThan(0);
    const unseen = { ...real, mask: real.mask.map(() => 0) };
    expect((await compareSets(scores, draws(1, 0), draws(2, 5), unseen, { directions: 50 })).between).toBe(0);
  });

  test('with a single real series nothing can be compared', async () => {
    const one = { ...real, count: 1, values: real.values.subarray(0, 10), mask: real.mask.subarray(0, 10) };
    expect((await compareSets(scores, new Float32Array(10), new Float32Array(10), one)).between).toBeNaN();
  });
});
