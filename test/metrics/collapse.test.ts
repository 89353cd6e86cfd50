import { describe, expect, test } from 'vitest';
import type { DependenceParts } from '../../src/engine/metrics/dependence.ts';
import { summariseDependence } from '../../src/engine/metrics/dependenceSummary.ts';
import { lostPerStep, perStep, validPositions } from '../../src/engine/metrics/likelihood.ts';

describe('nats per step', () => {
  test('average over valid positions, and over the last third of them', () => {
    const values = [-1, -1, -1, -1, -4, -7, -2, -2, -2, -2, -9, -9];
    const valid = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0];
    expect(perStep(values, valid, 6)).toMatchObject({ all: -23 / 10, lastThird: -11 / 2 });
  });

  test('are NaN, not 0, where no position is valid', () => {
    expect(perStep([-1, -1, -1], [1, 1, 0], 3)).toMatchObject({ all: -1, lastThird: Number.NaN });
    expect(perStep([-1, -1, -1], [0, 0, 0], 3)).toMatchObject({ all: Number.NaN, lastThird: Number.NaN });
  });

  test('lost are the original less the replaced', () => {
    expect(lostPerStep([-1, -1, -1], [-1, -2, -4], [1, 1, 1], 3)).toMatchObject({
      all: 4 / 3,
      lastThird: 3,
    });
  });

  test('a position is valid when one feature is observed', () => {
    expect([...validPositions(Float32Array.of(1, 0, 0, 0, 1, 1), 2)]).toEqual([1, 0, 1]);
  });
});

describe('dependence over series', () => {
  const parts: DependenceParts = {
    count: 4,
    seqLen: 2,
    quadrature: 32,
    denominator: Float64Array.of(1, 1, 1, 1, 1, 2, 1, 0),
    numeratorGlobal: Float64Array.of(1, 0.2, 1, 0.4, 1, 1.2, 1, 0),
    numeratorLocal: Float64Array.of(1, 0.8, 1, 0.5, 1, 0.8, 1, 0),
    numeratorSum: Float64Array.of(1, 1, 1, 0.9, 1, 2.02, 1, 0),
  };
  const { points, residual, series, quadrature, step } = summariseDependence(parts, 7);

  test('is the ratio of sums', () => {
    expect(points.map(({ position }) => position)).toEqual([1, 2]);
    expect(points[0]?.m0).toBe(1);
    expect(points[1]?.m0).toBeCloseTo(1.8 / 4, 12);
    expect(points[1]?.mLocal).toBeCloseTo(2.1 / 4, 12);
    expect({ series, quadrature, step }).toEqual({ series: 4, quadrature: 32, step: 7 });
  });

  test('has quartiles of the ratios of series, without series that have none', () => {
    // Ratios .2, .4, .6; the last series has ||D|| = 0.
    expect(points[1]?.m0q25).toBeCloseTo(0.3, 12);
    expect(points[1]?.m0q75).toBeCloseTo(0.5, 12);
  });

  test('has the largest deviation of the sum from 1 as its residual', () => {
    expect(residual).toBeCloseTo(Math.abs(3.92 / 4 - 1), 12);
  });
});
