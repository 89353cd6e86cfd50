import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cheapestAssignment } from '../../src/engine/metrics/assignment.ts';
import { exactWasserstein2 } from '../../src/engine/metrics/exactWasserstein.ts';
import { maximumMeanDiscrepancy, slicedWasserstein2 } from '../reference/distances.ts';
import { normals } from '../reference/random.ts';

const golden = JSON.parse(readFileSync(new URL('../golden/scores.json', import.meta.url), 'utf8'));
const [a, b] = [Float64Array.from(golden.a), Float64Array.from(golden.b)];

test('exact Wasserstein is that of POT', () => {
  expect(exactWasserstein2(a, b, golden.dimensions)).toBeCloseTo(golden.exact, 10);
});

test('sliced Wasserstein and MMD are those of their formulas in NumPy', () => {
  const directions = Float64Array.from(golden.directions);
  expect(slicedWasserstein2(a, b, golden.dimensions, directions)).toBeCloseTo(golden.sliced, 10);
  expect(maximumMeanDiscrepancy(a, b, golden.dimensions)).toBeCloseTo(golden.mmd, 10);
});

test('no other assignment of a few rows is cheaper', () => {
  const n = 6;
  for (let seed = 0; seed < 20; seed++) {
    const cost = Float64Array.from(normals(seed, n * n));
    const costOf = (columns: readonly number[]) =>
      columns.reduce((sum, column, row) => sum + (cost[row * n + column] as number), 0);
    const best = Math.min(...permutations(Array.from({ length: n }, (_, k) => k)).map(costOf));
    const found = Array.from(cheapestAssignment(cost, n));
    expect([...found].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(costOf(found)).toBeCloseTo(best, 10);
  }
});

test('a thousand points are assigned within seconds', () => {
  const start = performance.now();
  const [x, y] = [normals(1, 1000 * 8), normals(2, 1000 * 8)];
  expect(exactWasserstein2(x, y, 8)).toBeGreaterThan(0.5);
  expect(performance.now() - start).toBeLessThan(15_000);
});

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}
