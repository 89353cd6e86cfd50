import { describe, expect, test } from 'vitest';
import { RandomStream } from '../../src/engine/data/random.ts';
import {
  autocorrelation,
  autocorrelationError,
  autocorrelationLags,
} from '../../src/engine/metrics/autocorrelation.ts';
import { control } from '../../src/engine/metrics/control.ts';
import { crossCorrelation, crossCorrelationError } from '../../src/engine/metrics/crossCorrelation.ts';
import { driftOfMean, driftOfSpread } from '../../src/engine/metrics/drift.ts';
import { spreadOfMeans } from '../../src/engine/metrics/spreadOfMeans.ts';
import { summaryFeatures, summaryNames } from '../../src/engine/metrics/summaryFeatures.ts';
import { batch, context, waves } from './batches.ts';

const shape = { count: 400, seqLen: 40, featureSize: 1 };

describe('autocorrelation', () => {
  test('of an AR(1) process is phi to the power of the lag', () => {
    const random = new RandomStream(1);
    let x = 0;
    const ar = batch(shape, (_, t) => {
      x = t === 0 ? random.normal() : 0.8 * x + 0.6 * random.normal();
      return x;
    });
    for (const lag of [1, 2, 5]) expect(autocorrelation(ar, 0, lag)).toBeCloseTo(0.8 ** lag, 1);
  });

  test('of constant series is 0, so zeros score the real autocorrelation itself', () => {
    const real = waves(shape, 2);
    const zeros = batch(shape, () => 0);
    const lags = autocorrelationLags(shape.seqLen);
    const expected =
      lags.reduce((sum, lag) => sum + Math.abs(autocorrelation(real, 0, lag)), 0) / lags.length;
    expect(autocorrelationError.score(zeros, real, context(1))).toBeCloseTo(expected, 12);
    expect(autocorrelationError.score(real, real, context(1))).toBe(0);
  });

  test('uses pairs only where both values are observed', () => {
    const series = batch({ count: 3, seqLen: 6, featureSize: 1 }, (n, t) => (-1) ** t * (n + 1));
    const before = autocorrelation(series, 0, 2);
    for (const n of [0, 1, 2]) {
      series.values[n * 6 + 5] = 1e6;
      series.mask[n * 6 + 5] = 0;
    }
    expect(before).toBeCloseTo(1, 6);
    expect(autocorrelation(series, 0, 2)).toBeGreaterThan(0.8);
    expect(autocorrelation(series, 0, 2)).toBeLessThan(1.2);
  });

  test('compares at most 32 lags, up to half the window', () => {
    expect(autocorrelationLags(24)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(autocorrelationLags(2)).toEqual([1]);
    const long = autocorrelationLags(1000);
    expect(long).toHaveLength(32);
    expect(long.at(-1)).toBe(500);
  });
});

describe('cross-correlation', () => {
  const pair = (rho: number, seed: number) => {
    const random = new RandomStream(seed);
    let first = 0;
    return batch({ count: 200, seqLen: 30, featureSize: 2 }, (_, __, feature) => {
      if (feature === 0) first = random.normal();
      return feature === 0 ? first : rho * first + Math.sqrt(1 - rho * rho) * random.normal();
    });
  };

  test('finds the correlation that the series were made with', () => {
    expect(crossCorrelation(pair(0.7, 3), 0, 1)).toBeCloseTo(0.7, 1);
    expect(crossCorrelationError.score(pair(0.7, 3), pair(-0.2, 4), context(1))).toBeCloseTo(0.9, 1);
  });

  test('does not apply to one feature', () => {
    expect(crossCorrelationError.applies?.({ seqLen: 24, featureSize: 1 })).toBe(false);
  });
});

describe('drift', () => {
  const real = batch(shape, (n) => (n % 2 ? 1 : -1));

  test('of the mean looks at the last third alone', () => {
    const early = batch(shape, (n, t) => (n % 2 ? 1 : -1) + (t < 26 ? 5 : 0));
    const late = batch(shape, (n, t) => (n % 2 ? 1 : -1) + (t < 26 ? 0 : 0.5));
    expect(driftOfMean.score(early, real, context(1))).toBe(0);
    expect(driftOfMean.score(late, real, context(1))).toBeCloseTo(0.5, 12);
  });

  test('of the spread is a share of the real spread', () => {
    const narrow = batch(shape, (n) => (n % 2 ? 0.25 : -0.25));
    expect(driftOfSpread.score(narrow, real, context(1))).toBeCloseTo(0.75, 12);
    expect(
      driftOfSpread.score(
        batch(shape, () => 0),
        real,
        context(1),
      ),
    ).toBe(1);
  });

  test('of the spread leaves out what does not vary in the real series: there is nothing to take a share of', () => {
    const still = (values: (n: number) => number) =>
      batch({ ...shape, featureSize: 2 }, (n, _, feature) => (feature === 0 ? values(n) : -0.1));
    const generated = batch({ ...shape, featureSize: 2 }, (n) => (n % 2 ? 0.25 : -0.25));
    expect(
      driftOfSpread.score(
        generated,
        still((n) => (n % 2 ? 1 : -1)),
        context(1),
      ),
    ).toBeCloseTo(0.75, 12);
    expect(
      driftOfSpread.score(
        generated,
        still(() => 0.3),
        context(1),
      ),
    ).toBeNaN();
  });
});

describe('spread of series means', () => {
  test('has no value where the real means differ by rounding alone', () => {
    const still = batch({ count: 3, seqLen: 7, featureSize: 1 }, (n, t) => 0.1 + 1e-15 * ((n * t) % 5));
    expect(
      spreadOfMeans.score(waves({ count: 3, seqLen: 7, featureSize: 1 }, 1), still, context(1)),
    ).toBeNaN();
  });

  test('is 1 for real against itself, 0 when all series are the same, and scales', () => {
    const real = waves(shape, 5);
    expect(spreadOfMeans.score(real, real, context(1))).toBe(1);
    expect(
      spreadOfMeans.score(
        batch(shape, (_, t) => t),
        real,
        context(1),
      ),
    ).toBeCloseTo(0, 12);
    const half = { ...real, values: real.values.map((value) => value / 2) };
    expect(spreadOfMeans.score(half, real, context(1))).toBeCloseTo(0.5, 12);
  });
});

describe('summary features', () => {
  const value = (of: Float64Array, name: (typeof summaryNames)[number]) => of[summaryNames.indexOf(name)];

  test('of a cosine are its amplitude, extremes and frequency', () => {
    const cosine = batch(
      { count: 1, seqLen: 64, featureSize: 1 },
      (_, t) => 2 * Math.cos((4 * Math.PI * t) / 64) + 1,
    );
    const summary = summaryFeatures(cosine);
    expect(value(summary, 'mean')).toBeCloseTo(1, 12);
    expect(value(summary, 'spread')).toBeCloseTo(Math.SQRT2, 12);
    expect(value(summary, 'minimum')).toBeCloseTo(-1, 12);
    expect(value(summary, 'maximum')).toBeCloseTo(3, 12);
    expect(value(summary, 'magnitude at frequency 2')).toBeCloseTo(2, 12);
    expect(value(summary, 'magnitude at frequency 1')).toBeCloseTo(0, 12);
    expect(value(summary, 'magnitude at frequency 3')).toBeCloseTo(0, 12);
  });

  test('of a ramp are its step and the difference of its halves', () => {
    const summary = summaryFeatures(batch({ count: 1, seqLen: 10, featureSize: 1 }, (_, t) => 3 * t));
    expect(value(summary, 'mean absolute difference')).toBeCloseTo(3, 12);
    expect(value(summary, 'second half less first half')).toBeCloseTo(15, 12);
  });

  test('skip missing values, and steps across them', () => {
    const series = batch({ count: 1, seqLen: 4, featureSize: 1 }, (_, t) => [1, 2, 50, 4][t] as number);
    series.mask[2] = 0;
    const summary = summaryFeatures(series);
    expect(value(summary, 'mean')).toBeCloseTo(7 / 3, 12);
    expect(value(summary, 'maximum')).toBe(4);
    expect(value(summary, 'mean absolute difference')).toBe(1);
  });
});

describe('control', () => {
  const real = waves({ count: 100, seqLen: 30, featureSize: 1 }, 6);

  test('is 1 when the free run follows the series, -1 when it goes against, 0 when it is always the same', () => {
    const run = (value: (x: number) => number) => control(real, real.values.map(value));
    expect(run((x) => x).correlation).toBeCloseTo(1, 12);
    expect(run((x) => x).spread).toBeCloseTo(1, 12);
    expect(run((x) => 3 - 2 * x).correlation).toBeCloseTo(-1, 12);
    expect(run((x) => 3 - 2 * x).spread).toBeCloseTo(2, 12);
    expect(control(real, batch(real, (_, t) => t).values)).toEqual({ correlation: 0, spread: 0 });
  });

  test('of one series or two, or of series that end before the last third, is NaN and not 0', () => {
    const unknown = { correlation: Number.NaN, spread: Number.NaN };
    for (const count of [1, 2]) {
      const few = waves({ ...real, count }, 6); // two lie on a line, whatever they are
      expect(control(few, few.values)).toEqual(unknown);
    }
    const short = { ...real, mask: real.mask.map((_, i) => (i % 30 < 20 ? 1 : 0)) };
    expect(control(short, short.values)).toEqual(unknown);
  });

  test('leaves out a feature in which the series do not differ: there is nothing to steer', () => {
    const [first, second] = [real.values, real.values.map((value) => 2 * value)];
    const both = batch({ ...real, featureSize: 2 }, (n, t, feature) =>
      feature === 0 ? (first[n * 30 + t] as number) : -0.1,
    );
    const runs = batch({ ...real, featureSize: 2 }, (n, t, feature) =>
      feature === 0 ? (second[n * 30 + t] as number) : Math.sin(n),
    );
    expect(control(both, runs.values).correlation).toBeCloseTo(1, 12);
    expect(control(both, runs.values).spread).toBeCloseTo(2, 12);
  });

  test('of series paired with others is near 0', () => {
    expect(Math.abs(control(real, waves(real, 99).values).correlation)).toBeLessThan(0.3);
  });
});
