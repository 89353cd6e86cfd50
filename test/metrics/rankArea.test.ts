import { expect, test } from 'vitest';
import { RandomStream } from '../../src/engine/data/random.ts';
import { rankArea } from '../../src/engine/metrics/rankArea.ts';

test('the area is the share of pairs in the right order, ties counting half', () => {
  const random = new RandomStream(3);
  const draw = (size: number) => Array.from({ length: size }, () => random.integer(9)); // many ties
  const [positives, negatives] = [draw(37), draw(23)];
  let wins = 0;
  for (const p of positives) for (const n of negatives) wins += p > n ? 1 : p === n ? 0.5 : 0;
  expect(rankArea(positives, negatives)).toBeCloseTo(wins / (37 * 23), 12);
  expect(rankArea([2, 3], [0, 1])).toBe(1);
  expect(rankArea([1, 1], [1])).toBe(0.5);
  expect(rankArea([], [1])).toBeNaN();
});
