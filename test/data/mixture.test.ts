import { expect, test } from 'vitest';
import { fitMixture } from '../../src/engine/data/mixture.ts';
import { RandomStream } from '../../src/engine/data/random.ts';
import type { WindowSet } from '../../src/engine/data/types.ts';

function windowsOf(
  values: Float32Array,
  featureSize: number,
  mask = new Float32Array(values.length).fill(1),
) {
  const seqLen = 4;
  return { count: values.length / (seqLen * featureSize), seqLen, featureSize, values, mask, ids: [] };
}

/** Rows (log weight, means, log deviations). */
function rowsOf(mixture: Float32Array, featureSize: number): number[][] {
  const width = 1 + 2 * featureSize;
  return Array.from({ length: mixture.length / width }, (_, k) =>
    Array.from(mixture.subarray(k * width, (k + 1) * width)),
  );
}

/** Mean log-density of the observed features under the mixture. */
function density({ values, mask, featureSize }: WindowSet, mixture: Float32Array): number {
  const rows = rowsOf(mixture, featureSize);
  let total = 0;
  for (let at = 0; at < values.length; at += featureSize) {
    const terms = rows.map((row) => {
      let log = row[0] as number;
      for (let d = 0; d < featureSize; d++) {
        if (!mask[at + d]) continue;
        const logS = row[1 + featureSize + d] as number;
        const u = ((values[at + d] as number) - (row[1 + d] as number)) * Math.exp(-logS);
        log -= 0.5 * u * u + logS + 0.5 * Math.log(2 * Math.PI);
      }
      return Math.exp(log);
    });
    total += Math.log(terms.reduce((a, b) => a + b, 0));
  }
  return (total * featureSize) / values.length;
}

/** Two clusters in two features, three values in ten in the first. */
function clusters(count: number): Float32Array {
  const random = new RandomStream(3);
  return Float32Array.from(
    Array.from({ length: count }, () => {
      const first = random.uniform() < 0.3;
      const [x, y] = first ? [-2, 1] : [1.5, -0.5];
      return [x + 0.3 * random.normal(), y + (first ? 0.2 : 0.6) * random.normal()];
    }).flat(),
  );
}

test('two clusters are found: weights, means, deviations', () => {
  const windows = windowsOf(clusters(4000), 2);
  const [a, b] = rowsOf(fitMixture(windows, 2), 2).sort((p, q) => (p[1] as number) - (q[1] as number));
  const close = (row: number[] | undefined, [weight, x, y, sx, sy]: number[]) => {
    expect(Math.exp(row?.[0] as number)).toBeCloseTo(weight as number, 1);
    expect(row?.[1]).toBeCloseTo(x as number, 1);
    expect(row?.[2]).toBeCloseTo(y as number, 1);
    expect(Math.exp(row?.[3] as number)).toBeCloseTo(sx as number, 1);
    expect(Math.exp(row?.[4] as number)).toBeCloseTo(sy as number, 1);
  };
  close(a, [0.3, -2, 1, 0.3, 0.2]);
  close(b, [0.7, 1.5, -0.5, 0.3, 0.6]);
});

test('sixteen components say more of the values than N(0, I), and the weights add up to 1', () => {
  const windows = windowsOf(clusters(1200), 2);
  const mixture = fitMixture(windows, 16);
  expect(density(windows, mixture)).toBeGreaterThan(density(windows, new Float32Array(5)) + 1);
  const weights = rowsOf(mixture, 2).map(([log]) => Math.exp(log as number));
  expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
  expect(fitMixture(windows, 16)).toEqual(mixture);
});

test('missing values take no part, and one value that repeats gets no narrower than the decoder can be', () => {
  const values = clusters(800).map((value, i) => (i % 2 === 1 && i % 6 === 1 ? 1e6 : value));
  const mask = Float32Array.from(values, (value) => (value === 1e6 ? 0 : 1));
  const far = rowsOf(fitMixture(windowsOf(values, 2, mask), 4), 2).map((row) => Math.abs(row[2] as number));
  expect(Math.max(...far)).toBeLessThan(3);
  const repeated = rowsOf(fitMixture(windowsOf(new Float32Array(64).fill(0.5), 1), 3), 1);
  for (const [, mean, logDeviation] of repeated) {
    expect(mean).toBeCloseTo(0.5, 5);
    expect(logDeviation).toBe(-3);
  }
});
