import { expect, test } from 'vitest';
import { lastThirdOf, lastThirdStart } from '../../src/engine/metrics/statistics.ts';

test('the last third is a third of the positions, or the next whole number above', () => {
  expect([3, 8, 9, 32].map(lastThirdStart)).toEqual([2, 5, 6, 21]);
});

test('the last third of a padded series is that of its own length', () => {
  const padded = { seqLen: 32, lengths: Uint32Array.of(9, 32) };
  expect([0, 1].map((n) => lastThirdOf(padded, n))).toEqual([6, 21]);
  expect(lastThirdOf({ seqLen: 32 }, 0)).toBe(21);
});
