import { describe, expect, test } from 'vitest';
import { RandomStream } from '../../src/engine/data/random.ts';
import { marginalWasserstein } from '../../src/engine/metrics/marginalWasserstein.ts';
import { wassersteinOnLine } from '../../src/engine/metrics/wasserstein.ts';
import { slicedWasserstein2 } from '../reference/distances.ts';
import { batch, context } from './batches.ts';

const normals = (count: number, mean: number, deviation: number, seed: number) => {
  const random = new RandomStream(seed);
  return Float64Array.from({ length: count }, () => mean + deviation * random.normal()).sort();
};

/** Best assignment of equally many points, by trying every permutation. */
function byAssignment(a: number[], b: number[], p: 1 | 2): number {
  if (a.length === 0) return 0;
  return Math.min(
    ...b.map((y, j) => Math.abs((a[0] as number) - y) ** p + byAssignment(a.slice(1), b.toSpliced(j, 1), p)),
  );
}

describe('Wasserstein on a line', () => {
  test('equals the best assignment of a small sample', () => {
    const [a, b] = [
      [3, -1, 0.5, 2, 7],
      [1, 1.5, -4, 0, 6],
    ];
    for (const p of [1, 2] as const) {
      const value = wassersteinOnLine(Float64Array.from(a).sort(), Float64Array.from(b).sort(), p);
      expect(value).toBeCloseTo(byAssignment(a, b, p) / 5, 12);
    }
  });

  test('of unequal sizes equals that of the samples repeated to a common size', () => {
    const [a, b] = [normals(6, 0, 1, 1), normals(10, 1, 2, 2)];
    const repeat = (values: Float64Array, times: number) =>
      Float64Array.from([...values].flatMap((value) => Array(times).fill(value))).sort();
    for (const p of [1, 2] as const) {
      expect(wassersteinOnLine(a, b, p)).toBeCloseTo(wassersteinOnLine(repeat(a, 5), repeat(b, 3), p), 12);
      expect(wassersteinOnLine(b, a, p)).toBeCloseTo(wassersteinOnLine(a, b, p), 12);
    }
  });

  test('approaches the closed form between Gaussians: (mean difference)^2 + (deviation difference)^2', () => {
    const value = wassersteinOnLine(normals(20_000, 0, 1, 3), normals(15_000, 2, 1.5, 4), 2);
    expect(value).toBeGreaterThan(4.25 * 0.95);
    expect(value).toBeLessThan(4.25 * 1.05);
  });
});

describe('sliced Wasserstein-2', () => {
  test('of a sample and its shift is the root mean square of the projected shift', () => {
    const points = normals(300, 0, 1, 5);
    const shift = [1, -2, 0.5];
    const moved = points.map((value, i) => value + (shift[i % 3] as number));
    const directions = context(3).directions(3);
    let expected = 0;
    for (let k = 0; k < directions.length; k += 3) {
      expected += shift.reduce((sum, s, d) => sum + s * (directions[k + d] as number), 0) ** 2;
    }
    const value = slicedWasserstein2(points, moved, 3, directions);
    expect(value).toBeCloseTo(Math.sqrt(expected / (directions.length / 3)), 10);
    // Over the whole sphere: |shift| / sqrt(dimensions).
    expect(value).toBeCloseTo(Math.hypot(...shift) / Math.sqrt(3), 1);
  });

  test('of a sample and itself in another order is 0', () => {
    const points = normals(60, 0, 1, 6);
    expect(slicedWasserstein2(points, points.toReversed(), 1, Float64Array.of(1))).toBe(0);
  });
});

describe('marginal Wasserstein-1', () => {
  test('averages the shifts of each feature and position', () => {
    const real = batch({ count: 50, seqLen: 2, featureSize: 2 }, (n) => Math.sin(n));
    const shifts = [0.1, 0.2, 0.3, 0.6];
    const values = real.values.map((value, i) => value + (shifts[i % 4] as number));
    expect(marginalWasserstein.score({ ...real, values }, real, context(1))).toBeCloseTo(0.3, 10);
  });

  test('leaves out what is missing', () => {
    const real = batch({ count: 4, seqLen: 2, featureSize: 1 }, (n, t) => (t === 1 && n > 1 ? 99 : 0));
    real.values.forEach((value, i) => {
      if (value === 99) real.mask[i] = 0;
    });
    const generated = batch(real, () => 0);
    expect(marginalWasserstein.score(generated, real, context(1))).toBe(0);
  });
});
