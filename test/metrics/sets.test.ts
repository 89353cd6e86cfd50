import { expect, test } from 'vitest';
import { RandomStream } from '../../src/engine/data/random.ts';
import { meanMatrix } from '../../src/engine/metrics/meanMatrix.ts';
import { compareSets } from '../../src/engine/metrics/setDistance.ts';
import { batch } from './batches.ts';

const shape = { count: 80, seqLen: 5, featureSize: 2 };
const real = batch(shape, (n, t) => Math.sin(n) + t);

function normals(seed: number, shift: number): Float32Array {
  const random = new RandomStream(seed);
  return Float32Array.from({ length: real.values.length }, () => shift + random.normal());
}

test('two draws of one distribution are at the floor, two distributions above it', () => {
  const same = compareSets(normals(1, 0), normals(2, 0), real, { directions: 200 });
  expect(same.size).toBe(40);
  expect(same.between).toBeLessThan(1.2 * same.floor);
  const shifted = compareSets(normals(1, 0), normals(2, 1), real, { directions: 200 });
  expect(shifted.between).toBeGreaterThan(2 * shifted.floor);
});

test('noise that two sets share row by row does not bring them nearer than the floor', () => {
  const { between, floor } = compareSets(normals(1, 0), normals(1, 0), real, { directions: 200 });
  expect(between).toBeGreaterThan(0.8 * floor);
});

test('the real series themselves are at the real floor from real, and missing values do not count', () => {
  const values = Float32Array.from(real.values);
  const { firstToReal, realFloor } = compareSets(values, normals(1, 0), real, { directions: 50 });
  expect(firstToReal).toBeLessThan(1e-6);
  expect(realFloor).toBeGreaterThan(0);
  const unseen = { ...real, mask: real.mask.map(() => 0) };
  expect(compareSets(normals(1, 0), normals(2, 5), unseen, { directions: 50 }).between).toBe(0);
});

test('with a single real series nothing can be compared', () => {
  const one = { ...real, count: 1, values: real.values.subarray(0, 10), mask: real.mask.subarray(0, 10) };
  expect(compareSets(new Float32Array(10), new Float32Array(10), one).between).toBeNaN();
});

test('the mean matrix is the ratio of sums, and its rows add up to 1 where those of the series do', () => {
  // Two series of two positions; the second one's D_2 is three times as long (squared).
  const matrices = [1, 0, 0.2, 0.8, 1, 0, 0.6, 0.4];
  const { values, residual } = meanMatrix(matrices, [1, 1, 1, 3], 2);
  expect([...values].map((value) => Number(value.toFixed(6)))).toEqual([1, 0, 0.5, 0.5]);
  expect(residual).toBeLessThan(1e-12);
  expect(meanMatrix([0.5], [2], 1).residual).toBeCloseTo(0.5);
  expect(meanMatrix([0], [0], 1)).toEqual({ values: new Float32Array(1), residual: 0 });
});
