import { afterAll, beforeAll, expect, test } from 'vitest';
import { generate } from '../../src/engine/data/generators.ts';
import { prepare } from '../../src/engine/data/windows.ts';
import { type Config, parseConfig } from '../../src/engine/train/config.ts';
import { measureUse } from '../../src/engine/train/latentUse.ts';
import type { LossRow, TrainerEvent } from '../../src/engine/train/protocol.ts';
import { Trainer } from '../../src/engine/train/trainer.ts';
import { useGpu } from '../gpu.ts';

const gpu = useGpu();
const latentSize = 4;

function tiny(train: object = {}): Config {
  return parseConfig({
    data: { window: 8, stride: 8 },
    model: { hiddenSize: 8, latentSize, tokenSize: 8 },
    method: { name: 'latent-diffusion' },
    diffusion: { width: 16, blocks: 1, sampleSteps: 5 },
    train: { steps: 4, batchSize: 8, denoiserBatchSize: 8, denoiserShare: 0.5, validations: 0, ...train },
    evaluate: { times: 1, dependenceSeries: 4, count: 8, quadrature: 8 },
  });
}

const data = prepare(generate('sines', { seed: 1, count: 40, seqLen: 8 }), tiny().data);
let trainer: Trainer;
beforeAll(async () => {
  trainer = await Trainer.create(gpu(), tiny(), data, () => {});
});
afterAll(() => trainer?.destroy());

/** Rows of latents or values, as text to tell them apart by. */
const rowsOf = (values: Float32Array, width: number) =>
  Array.from({ length: values.length / width }, (_, n) => values.slice(n * width, (n + 1) * width).join());

test('new latents, and the noise of series, are drawn anew for every chunk and every seed', async () => {
  const count = 130; // two chunks of 64, and the beginning of a third
  await trainer.ask(async ({ evaluator }) => {
    const latents = await evaluator.sampleLatents(count, 7);
    const all = [latents, await evaluator.sampleLatents(count, 8)].flatMap((z) => rowsOf(z, latentSize));
    expect(new Set(all).size).toBe(2 * count);
    const [same, width] = [new Float32Array(30 * latentSize), 8 * data.features.length];
    const series = await evaluator.generate(same, { mode: 'sample', seed: 7 });
    const other = await evaluator.generate(same, { mode: 'sample', seed: 8 });
    expect(new Set([series, other].flatMap((values) => rowsOf(values, width))).size).toBe(60);
  });
});

test('the seed decides the weights at step 0', async () => {
  const weights = async (seed: number) => {
    const one = await Trainer.create(gpu(), tiny({ seed }), data, () => {});
    const parameters = await one.parameters();
    one.destroy();
    return parameters;
  };
  const [zero, again, one] = [await weights(0), await weights(0), await weights(1)];
  expect(again).toEqual(zero);
  const drawn = [...zero].filter(([name]) => name.endsWith('weight'));
  expect(drawn.length).toBeGreaterThan(5);
  for (const [name, { data: values }] of drawn) expect(one.get(name)?.data, name).not.toEqual(values);
});

test('with the same weights the seed decides the draws of both phases', async () => {
  const weights = await trainer.parameters();
  const still = { learningRate: 0, minLearningRate: 0, denoiserLearningRate: 0 };
  const losses = async (seed: number) => {
    const rows: LossRow[] = [];
    const receive = (event: TrainerEvent) => {
      if (event.type === 'losses') rows.push(...event.rows);
    };
    const one = await Trainer.create(gpu(), tiny({ seed, ...still }), data, receive, { weights });
    await one.run();
    expect(await one.parameters()).toEqual(weights);
    one.destroy();
    return rows;
  };
  const [zero, again, one] = [await losses(0), await losses(0), await losses(1)];
  expect(again).toEqual(zero);
  expect(one.map(({ step }) => step)).toEqual([0, 1, 2, 3]);
  for (const [step, { total, dm }] of zero.entries()) {
    expect(one[step]?.dm, `step ${step}`).not.toBe(dm);
    expect(one[step]?.total, `step ${step}`).not.toBe(total);
  }
});

test('in the swap test every series gets the latent of another, and every latent is used once', async () => {
  await trainer.ask(async ({ evaluator }) => {
    const z = await evaluator.encode(data.train);
    const own = rowsOf(z, latentSize);
    expect(new Set(own).size).toBe(data.train.count);
    const orders = new Set<string>();
    for (let seed = 0; seed < 8; seed++) {
      const { swappedLatents } = await measureUse(evaluator, data.train, z, seed);
      const swapped = rowsOf(swappedLatents, latentSize);
      expect(swapped.filter((row, n) => row === own[n])).toEqual([]);
      expect(swapped.toSorted()).toEqual(own.toSorted());
      orders.add(swapped.join(';'));
    }
    expect(orders.size).toBe(8);
  });
});
