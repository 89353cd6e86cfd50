import { afterAll, beforeAll, expect, test } from 'vitest';
import { generate } from '../../src/engine/data/generators.ts';
import { selectWindows } from '../../src/engine/data/selectWindows.ts';
import { prepare, unscale } from '../../src/engine/data/windows.ts';
import { verdict } from '../../src/engine/metrics/verdict.ts';
import { generationModes, parseConfig } from '../../src/engine/train/config.ts';
import { evaluateModel } from '../../src/engine/train/evaluateModel.ts';
import { matrix, prior, probes, shuffle, swap, zero } from '../../src/engine/train/probes.ts';
import type { DependenceCurve, ProbeName } from '../../src/engine/train/protocol.ts';
import { Trainer } from '../../src/engine/train/trainer.ts';
import { useGpu } from '../gpu.ts';
import { expectClose } from '../reference/expectClose.ts';

const gpu = useGpu();
const [seqLen, featureSize] = [9, 1];

const config = parseConfig({
  data: { window: seqLen, stride: seqLen },
  model: { hiddenSize: 8, latentSize: 3, tokenSize: 6, sigma: 0.5 },
  diffusion: { width: 16, blocks: 1, sampleSteps: 5 },
  train: { steps: 12, batchSize: 8, denoiserBatchSize: 8, validations: 0, seed: 5 },
  evaluate: { times: 1, dependenceSeries: 4, count: 8, quadrature: 8, samples: 4 },
});
const data = prepare(generate('reveal', { seed: 1, count: 60, seqLen }), config.data);
const curves: DependenceCurve[] = [];
let trainer: Trainer;

beforeAll(async () => {
  trainer = await Trainer.create(gpu(), config, data, (event) => {
    if (event.type === 'dependence') curves.push(event.curve);
  });
  await trainer.run();
});
afterAll(() => trainer?.destroy());

const seed = config.train.seed;
const finite = (values: Float32Array) => values.every(Number.isFinite);

test('the swap and noise tests of the probes are those of the evaluation', async () => {
  const report = await trainer.ask(async ({ evaluator }) => {
    const evaluation = await evaluateModel(evaluator, config, data, { matrix: false });
    return evaluation.report;
  });
  const result = await trainer.ask((tools) => swap(tools, { seed }));
  expect(result).toMatchObject({ probe: 'swap', step: 12, windows: report.counts.windows });
  expect(result.use).toEqual({ swap: report.swap, noise: report.noise });
  expect((await trainer.ask((tools) => prior(tools, { seed }))).use).toEqual(result.use);
  expect((await trainer.ask((tools) => zero(tools, { seed }))).use).toEqual(result.use);
});

test('the denoiser learns the latents of the training part, in the order of its windows', async () => {
  const { tensors } = await trainer.checkpointNow();
  const latents = await trainer.ask(({ evaluator }) => evaluator.encode(data.train));
  expect(tensors.get('latents')?.data).toEqual(latents);
});

test('predicted means are those of the likelihood: with a fixed spread one gives the other', async () => {
  await trainer.ask(async ({ evaluator, test: windows }) => {
    const latents = await evaluator.encode(windows);
    const means = await evaluator.predict(windows, latents);
    const expected = Array.from(means, (mean, i) => {
      const z = ((windows.values[i] ?? 0) - mean) / 0.5;
      return -0.5 * z * z - Math.log(0.5) - 0.5 * Math.log(2 * Math.PI);
    });
    expectClose(await evaluator.logLikelihood(windows, latents), expected, {
      relative: 1e-4,
      absolute: 1e-4,
    });
  });
});

test('the picture of the swap shows one past with two latents', async () => {
  const { picture } = await trainer.ask((tools) => swap(tools, { seed }));
  const { real, predicted, freeRun, ids } = picture;
  expect(ids[0]).not.toBe(ids[1]);
  for (const { own, other } of [real, predicted, freeRun]) {
    expect([own.length, other.length]).toEqual([seqLen * featureSize, seqLen * featureSize]);
    expect(finite(own) && finite(other)).toBe(true);
    expect(own).not.toEqual(other);
  }
  // Before there is any past, a mean-mode free run is the prediction; scaled back, both in the data's units.
  expect(freeRun.own[0]).toBeCloseTo(predicted.own[0] ?? 0, 4);
  expect(freeRun.other[0]).toBeCloseTo(predicted.other[0] ?? 0, 4);
});

test('the picture of the swap is of the two series farthest apart, and predicts the first from its own past', async () => {
  const { picture } = await trainer.ask((tools) => swap(tools, { seed }));
  await trainer.ask(async ({ evaluator, test: windows }) => {
    const latents = await evaluator.encode(windows);
    const latent = (n: number) => latents.slice(3 * n, 3 * n + 3);
    const apart = (a: number, b: number) => {
      const [one, other] = [latent(a), latent(b)];
      return Math.hypot(...one.map((value, i) => value - (other[i] as number)));
    };
    const all = Array.from({ length: windows.count }, (_, n) => n);
    const [a, b] = picture.ids.map((id) => windows.ids.indexOf(id)) as [number, number];
    expect(apart(a, b)).toBe(Math.max(...all.flatMap((n) => all.map((m) => apart(n, m)))));
    const own = unscale(windows.values.slice(a * seqLen, (a + 1) * seqLen), data.scaler);
    expect(picture.real.own).toEqual(own);
    for (const [n, predicted] of [
      [a, picture.predicted.own],
      [b, picture.predicted.other],
    ] as const) {
      const ahead = await evaluator.predict(selectWindows(windows, [a]), latent(n));
      expectClose(predicted, unscale(ahead, data.scaler));
    }
  });
});

test('the probe of the prior sets draws of N(0, I) beside the latents of the diffusion', async () => {
  const { series } = await trainer.ask((tools) => prior(tools, { seed }));
  await trainer.ask(async ({ evaluator }) => {
    const sampled = await evaluator.sampleLatents(series.count, seed);
    const expected = await evaluator.generate(sampled, { mode: 'mean', seed });
    expectClose(series.fromDiffusion.mean, unscale(expected, data.scaler));
  });
});

test('the prior gives series of its own, equal in noise to those of the diffusion', async () => {
  const { series, distances } = await trainer.ask((tools) => prior(tools, { seed }));
  expect(series.count).toBe(6); // the test part has no more
  for (const mode of generationModes) {
    for (const set of [series.fromPrior, series.fromDiffusion]) {
      expect(set[mode].length).toBe(series.count * seqLen * featureSize);
      expect(finite(set[mode])).toBe(true);
    }
    expect(series.fromPrior[mode]).not.toEqual(series.fromDiffusion[mode]);
    expect(distances[mode].size).toBe(3);
    expect(distances[mode].between).toBeGreaterThan(0);
  }
  const noise = (set: typeof series.fromPrior, i: number) =>
    (set['noise-not-fed-back'][i] ?? 0) - (set.mean[i] ?? 0);
  for (let i = 0; i < seqLen; i++) {
    expect(noise(series.fromPrior, i)).toBeCloseTo(noise(series.fromDiffusion, i), 3);
  }
});

test('z = 0 gives one series, and costs what the likelihood says', async () => {
  const result = await trainer.ask((tools) => zero(tools, { seed }));
  const { count, real, fromEncoded, fromZero } = result.series;
  expect([real.length, fromEncoded.length]).toEqual([count * seqLen, count * seqLen]);
  expect(fromZero.length).toBe(seqLen * featureSize);
  await trainer.ask(async ({ evaluator, test: windows }) => {
    const latents = await evaluator.encode(windows);
    const [own, none] = [
      await evaluator.logLikelihood(windows, latents),
      await evaluator.logLikelihood(windows, new Float32Array(latents.length)),
    ];
    const lost = own.reduce((sum, value, i) => sum + value - (none[i] ?? 0), 0) / own.length;
    expect(result.lost.all).toBeCloseTo(lost, 5);
  });
});

test('the shuffle leaves the live curve as it was, and the windows themselves alone', async () => {
  const before = data.validation.values.slice();
  const { ordered, shuffled } = await trainer.ask((tools) => shuffle(tools, { seed }));
  expect(data.validation.values).toEqual(before);
  expect(ordered.curve.points).toEqual(curves.at(-1)?.points);
  expect(shuffled.curve.points).not.toEqual(ordered.curve.points);
  expect(shuffled.curve.points[0]?.m0).toBeCloseTo(1, 4);
  const again = await trainer.ask((tools) => shuffle(tools, { seed }));
  expect(again.shuffled).toEqual(shuffled);
});

test('the matrix has the live curves as its first column and its diagonal, and rows that add up to 1', async () => {
  const { values, residual, series } = await trainer.ask((tools) =>
    matrix(tools, { series: 4, quadrature: 8 }),
  );
  const points = curves.at(-1)?.points ?? [];
  expect(series).toBe(4);
  expectClose(
    Array.from({ length: seqLen }, (_, t) => values[t * seqLen] ?? 0),
    points.map(({ m0 }) => m0),
  );
  expectClose(
    Array.from({ length: seqLen }, (_, t) => values[t * seqLen + t] ?? 0),
    points.map(({ mLocal }) => mLocal),
  );
  expect(residual).toBeLessThan(1e-2);
});

test.each(Object.keys(probes) as ProbeName[])('%s has a verdict with numbers', async (name) => {
  const result = await trainer.ask((tools) => probes[name](tools, { seed }));
  expect(result.probe).toBe(name);
  const { finding, sentence } = verdict(result);
  expect(finding).not.toBe('unknown');
  expect(sentence).toMatch(/\d.*\.$/);
});
