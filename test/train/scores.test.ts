import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GpuScores } from '../../src/engine/metrics/gpuScores.ts';
import { metrics } from '../../src/engine/metrics/index.ts';
import { type ScoreOptions, Scorer } from '../../src/engine/metrics/scores.ts';
import type { SeriesBatch } from '../../src/engine/metrics/types.ts';
import { useGpu } from '../gpu.ts';
import { batch, waves } from '../metrics/batches.ts';

const device = useGpu();
let gpu: GpuScores;
beforeAll(() => {
  gpu = new GpuScores(device());
});
afterAll(() => gpu?.destroy());

/** Scores of one set of generated series. */
const scoreAll = ({
  generated,
  real: held,
  ...options
}: { generated: Float32Array | Float64Array; real: SeriesBatch } & ScoreOptions) =>
  new Scorer(held, options).score(generated);

const shape = { count: 120, seqLen: 24, featureSize: 2 };
const real = waves(shape, 1);

describe('scores', () => {
  test('of series from the same source are at the floor, those of other series above it', async () => {
    const scorer = new Scorer(real, { directions: 200, gpu });
    const same = await scorer.score(waves(shape, 2).values);
    const other = await scorer.score(batch(shape, (n, t) => 2 * Math.sin(n + t) + 1).values);
    for (const name of ['slicedWasserstein', 'summaryWasserstein', 'marginalWasserstein']) {
      const [near, far] = [same[name], other[name]];
      expect(near?.value).toBeLessThan(2 * (near?.floor ?? 0));
      expect(far?.value).toBeGreaterThan(2 * (far?.floor ?? 0));
      expect(near?.zero).toBeGreaterThan(near?.floor ?? 0);
    }
  });

  test('of zeros equal the zero baseline', async () => {
    const scores = await scoreAll({
      generated: new Float64Array(real.values.length),
      real,
      directions: 50,
      gpu,
    });
    expect(Object.keys(scores)).toEqual(metrics.filter(({ costly }) => !costly).map(({ name }) => name));
    for (const { value, zero } of Object.values(scores)) expect(value).toBe(zero);
  });

  test('of one feature have no cross-correlation', async () => {
    const one = waves({ ...shape, featureSize: 1 }, 3);
    expect(await scoreAll({ generated: one.values, real: one, directions: 20, gpu })).not.toHaveProperty(
      'crossCorrelationError',
    );
  });

  test('are the same for the same seed, and depend on it', async () => {
    const generated = waves(shape, 4).values;
    const score = (seed: number) => scoreAll({ generated, real, seed, directions: 50, gpu });
    expect(await score(5)).toEqual(await score(5));
    expect((await score(5)).slicedWasserstein?.floor).not.toBe((await score(6)).slicedWasserstein?.floor);
  });

  test('do not see what is missing', async () => {
    const holes = waves(shape, 7);
    holes.mask.forEach((_, i) => {
      if (i % 6 !== 0) return;
      holes.mask[i] = 0;
      holes.values[i] = 0;
    });
    const score = (shift: number) => {
      const generated = waves(shape, 8).values;
      // Rows are paired by the seeded halves: a change at places that no mask shows leaves every score as it was.
      const changed = generated.map((value, i) => value + (i % 6 === 0 ? shift : 0));
      return scoreAll({ generated: changed, real: holes, directions: 20, gpu });
    };
    // 48 places a series, so the pattern of holes is the same in every row.
    expect(await score(100)).toEqual(await score(0));
  });

  test('compare as many series as the floor does, also when few are generated', async () => {
    const scorer = new Scorer(real, { directions: 20, gpu });
    expect(scorer.sampleSize).toBe(60);
    const few = waves({ ...shape, count: 10 }, 9).values;
    expect((await scorer.score(few)).slicedWasserstein?.value).toBeGreaterThan(0);
  });

  test('are of all generated series: each half of them meets another half of the real ones', async () => {
    const scorer = new Scorer(real, { directions: 20, gpu });
    const { values } = waves(shape, 2);
    const half = values.length / 2;
    const distance = async (generated: typeof values) =>
      (await scorer.score(generated)).slicedWasserstein?.value as number;
    const plain = await distance(values);
    expect(plain).toBeLessThan(2);
    expect(await distance(values.map((value, i) => value + (i < half ? 0 : 50)))).toBeGreaterThan(5);
    expect(await distance(values.map((value, i) => value + (i < half ? 50 : 0)))).toBeGreaterThan(5);
  });

  test('need two series on each side', async () => {
    expect(() => new Scorer(batch({ ...shape, count: 1 }, () => 0))).toThrow('at least 2 held-out series');
    const one = waves({ ...shape, count: 1 }, 1).values;
    await expect(new Scorer(real).score(one)).rejects.toThrow(RangeError);
  });
});
