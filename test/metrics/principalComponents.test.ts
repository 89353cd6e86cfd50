import { expect, test } from 'vitest';
import { RandomStream } from '../../src/engine/data/random.ts';
import { principalComponents, project } from '../../src/engine/metrics/principalComponents.ts';

const [n, width] = [400, 5];
/** An orthonormal pair, the axes of a cloud with spreads 4 and 1, and 0.1 in every other direction. */
const axes: number[][] = [
  [0.6, 0, 0.8, 0, 0],
  [0, -0.6, 0, 0.8, 0],
];

function cloud(centre: readonly number[]) {
  const random = new RandomStream(4);
  const points = new Float64Array(n * width);
  for (let row = 0; row < n; row++) {
    const [a, b] = [4 * random.normal(), random.normal()];
    for (let d = 0; d < width; d++) {
      points[row * width + d] =
        (centre[d] ?? 0) + a * (axes[0]?.[d] ?? 0) + b * (axes[1]?.[d] ?? 0) + 0.1 * random.normal();
    }
  }
  return points;
}

test('finds the axes of a cloud, their order and their shares', () => {
  const { components, explained, mean } = principalComponents(cloud([1, 2, 3, 4, 5]), width, 2);
  const dot = (row: number) =>
    axes[row]?.reduce((sum, x, d) => sum + x * (components[row * width + d] ?? 0), 0) ?? 0;
  expect(dot(0)).toBeGreaterThan(0.99); // its largest entry, 0.8, is positive
  expect(dot(1)).toBeGreaterThan(0.99);
  expect(explained[0]).toBeCloseTo(16 / 17, 1);
  expect(explained[1]).toBeCloseTo(1 / 17, 1);
  expect(Math.abs((mean[4] ?? 0) - 5)).toBeLessThan(0.05);
});

test('all components are orthonormal, diagonalise the covariance and add to the whole variance', () => {
  const points = cloud([0, 0, 0, 0, 0]);
  const all = principalComponents(points, width, width);
  expect(all.explained.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  for (let a = 0; a < width; a++) {
    for (let b = 0; b < width; b++) {
      let product = 0;
      for (let d = 0; d < width; d++)
        product += (all.components[a * width + d] ?? 0) * (all.components[b * width + d] ?? 0);
      expect(product).toBeCloseTo(a === b ? 1 : 0, 12);
    }
  }
  const projected = project(points, all);
  for (const [a, b] of [
    [0, 1],
    [0, 4],
    [2, 3],
  ] as const) {
    let covariance = 0;
    for (let row = 0; row < n; row++)
      covariance += ((projected[row * width + a] ?? 0) * (projected[row * width + b] ?? 0)) / n;
    expect(Math.abs(covariance)).toBeLessThan(1e-6);
  }
});

test('projects without the mean, so that the mean lies at 0', () => {
  const points = cloud([10, 0, 0, 0, 0]);
  const plane = principalComponents(points, width, 2);
  const [x = 1, y = 1] = project(plane.mean, plane);
  expect(Math.hypot(x, y)).toBeCloseTo(0, 12);
  const [originX = 0] = project(new Float64Array(width), plane);
  expect(originX).toBeLessThan(-5);
});

test('points that do not vary, and a single dimension, still have axes', () => {
  const still = principalComponents(new Float32Array(12).fill(2), 3, 2);
  expect([...still.explained]).toEqual([0, 0]);
  expect([...project(new Float32Array(3).fill(2), still)]).toEqual([0, 0]);
  const line = principalComponents([1, 2, 3, 4], 1, 2);
  expect([...line.explained]).toEqual([1, 0]);
  expect([...project([2.5, 3.5], line)]).toEqual([0, 0, 1, 0]);
});
