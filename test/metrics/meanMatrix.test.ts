import { expect, test } from 'vitest';
import { meanMatrix } from '../../src/engine/metrics/meanMatrix.ts';

test('the mean matrix is the ratio of sums, and its rows add up to 1 where those of the series do', () => {
  // Two series of two positions; the second one's D_2 is three times as long (squared).
  const matrices = [1, 0, 0.2, 0.8, 1, 0, 0.6, 0.4];
  const { values, residual } = meanMatrix(matrices, [1, 1, 1, 3], 2);
  expect([...values].map((value) => Number(value.toFixed(6)))).toEqual([1, 0, 0.5, 0.5]);
  expect(residual).toBeLessThan(1e-12);
  expect(meanMatrix([0.5], [2], 1).residual).toBeCloseTo(0.5);
  expect(meanMatrix([0], [0], 1)).toEqual({ values: new Float32Array(1), residual: 0 });
});
