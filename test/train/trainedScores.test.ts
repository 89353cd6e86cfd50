import { afterAll, beforeAll, expect, test } from 'vitest';
import { RandomStream } from '../../src/engine/data/random.ts';
import { GpuScores } from '../../src/engine/metrics/gpuScores.ts';
import { useGpu } from '../gpu.ts';
import { batch, waves } from '../metrics/batches.ts';

const gpu = useGpu();
const shape = { count: 96, seqLen: 8, featureSize: 1 };
const real = waves(shape, 1);
const same = waves(shape, 2);

let scores: GpuScores;
beforeAll(() => {
  scores = new GpuScores(gpu(), { seed: 4 });
});
afterAll(() => scores?.destroy());

test('a classifier cannot tell series of one source apart', async () => {
  const { area, accuracy } = await scores.discriminate(same, real);
  expect(Math.abs(area - 0.5)).toBeLessThan(0.12); // two standard errors of 3 folds of 32 against 32 are 0.09
  expect(Math.abs(accuracy - 0.5)).toBeLessThan(0.12);
});

test('a classifier tells shifted series, rough ones and zeros from real ones', async () => {
  const few = { ...same, count: 48 };
  const shifted = { ...few, values: same.values.map((value) => value + 6) };
  const random = new RandomStream(8);
  const rough = batch(shape, () => 1.26 * random.normal()); // the values' own spread, no order
  const zeros = { ...few, values: same.values.map(() => 0) };
  expect((await scores.discriminate(shifted, real)).area).toBeGreaterThan(0.97);
  expect((await scores.discriminate(rough, real)).area).toBeGreaterThan(0.8);
  expect(await scores.discriminate(zeros, real)).toMatchObject({ area: 1 });
});

test('the same seed gives the same classifier, bit for bit; another gives another', async () => {
  const [first, again, other] = [4, 4, 5].map((seed) => new GpuScores(gpu(), { seed }));
  const few = { ...same, count: 20 };
  const judge = async (one?: GpuScores) => {
    const result = await one?.discriminate(few, real);
    await one?.destroy();
    return result;
  };
  const result = await judge(first);
  expect(await judge(again)).toEqual(result);
  expect(await judge(other)).not.toEqual(result);
});

test('a pattern of missing values gives nothing away', async () => {
  // Real and generated rows miss the same values, and every row misses others: only the values may tell.
  const mask = real.mask.map((_, i) => ((i * 7919) % 11 < 4 ? 0 : 1));
  const hide = (side: typeof real) => ({
    ...side,
    mask,
    values: side.values.map((v, i) => (mask[i] ? v : 0)),
  });
  const { area } = await scores.discriminate(hide(same), hide(real));
  expect(Math.abs(area - 0.5)).toBeLessThan(0.12);
});

test('a predictor learns from series of the source, and not from noise or from zeros', async () => {
  const smooth = (seed: number) => {
    const random = new RandomStream(seed);
    const phases = Array.from({ length: shape.count }, () => 2 * Math.PI * random.uniform());
    return batch(shape, (n, t) => 1.4 * Math.sin((2 * Math.PI * t) / shape.seqLen + (phases[n] as number)));
  };
  const random = new RandomStream(9);
  const [source, noise, zeros] = [smooth(1), batch(shape, () => random.normal()), batch(shape, () => 0)];
  const error = (generated: typeof real) => scores.predict(generated, source);
  // Zeros teach to predict 0: the error is the mean size of what was to be predicted.
  const sizes = Array.from(source.values.map(Math.abs)).filter((_, i) => i % shape.seqLen > 0);
  expect(await error(zeros)).toBeCloseTo(sizes.reduce((a, b) => a + b) / sizes.length, 1);
  const learnt = await error(smooth(2));
  expect(learnt).toBeLessThan(0.45);
  expect(await error(noise)).toBeGreaterThan(1.5 * learnt);
});

test('a series with nothing to predict is no series that was predicted well', async () => {
  const few = waves({ ...shape, count: 20 }, 2);
  const ended = { ...real, mask: real.mask.slice(), values: real.values.slice() };
  // Of the later half only the first position is left.
  for (let i = ended.mask.length / 2; i < ended.mask.length; i++) {
    if (i % shape.seqLen === 0) continue;
    ended.mask[i] = 0;
    ended.values[i] = 0;
  }
  const half = { ...real, count: shape.count / 2 };
  expect(await scores.predict(few, ended)).toBeCloseTo(await scores.predict(few, half), 6);
  const nothing = { ...ended, count: 1, values: ended.values.slice(-8), mask: ended.mask.slice(-8) };
  expect(await scores.predict(few, nothing)).toBeNaN();
});

test('long scoring stops where it is told to', async () => {
  let calls = 0;
  const stopping = new GpuScores(gpu(), {
    between: () => {
      if (++calls > 3) throw new Error('stopped');
    },
  });
  await expect(stopping.discriminate(same, real)).rejects.toThrow('stopped');
  await stopping.destroy();
});
