import { expect, test } from 'vitest';
import { generate } from '../../src/engine/data/generators.ts';
import { prepare } from '../../src/engine/data/windows.ts';
import type { NamedArray } from '../../src/engine/export/safetensors.ts';
import { parseConfig } from '../../src/engine/train/config.ts';
import { Evaluator } from '../../src/engine/train/evaluator.ts';
import { Trainer } from '../../src/engine/train/trainer.ts';
import { useGpu } from '../gpu.ts';

const gpu = useGpu();

const latentSize = 2;

/** Mean and standard deviation of each column of rows of `width`, of which the first `latentSize` count. */
function moments(values: Float32Array, width: number): { mean: number; spread: number }[] {
  return Array.from({ length: latentSize }, (_, d) => {
    const column = values.filter((_value, i) => i % width === d);
    const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
    const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length;
    return { mean, spread: Math.sqrt(variance) };
  });
}

test('trained alone, the denoiser still learns draws of q(z | X), and not its means', async () => {
  // A decoder that may see the past needs little of z: the posteriors of all series are much the same, and none is narrow.
  const config = parseConfig({
    data: { window: 6, stride: 6 },
    model: { hiddenSize: 8, latentSize, tokenSize: 8 },
    method: { name: 'latent-diffusion', klWeight: 0.02 },
    diffusion: { width: 16, blocks: 1, sampleSteps: 10 },
    train: {
      steps: 500,
      batchSize: 16,
      denoiserBatchSize: 64,
      denoiserShare: 0.8,
      learningRate: 1e-2,
      denoiserLearningRate: 1e-2,
      warmup: 5,
      validations: 0,
    },
    evaluate: { times: 1, dependenceSeries: 4, count: 8, quadrature: 8 },
  });
  const data = prepare(generate('sines', { seed: 1, count: 80, seqLen: 6 }), config.data);
  const trainer = await Trainer.create(gpu(), config, data, () => {});
  await trainer.run();
  const { tensors } = await trainer.checkpointNow();
  const evaluator = await Evaluator.create(gpu(), config, data.train, await trainer.parameters());
  trainer.destroy();
  const sampled = moments(await evaluator.sampleLatents(256, 0), latentSize);
  evaluator.destroy();
  // Means, then log variances, of the posteriors that the second phase was trained on.
  const { data: posteriors } = tensors.get('latents') as NamedArray;
  const means = moments(posteriors, 2 * latentSize);
  const within = moments(posteriors.map(Math.exp).subarray(latentSize), 2 * latentSize);
  for (const [d, { mean, spread }] of means.entries()) {
    const whole = Math.hypot(spread, Math.sqrt(within[d]?.mean ?? 0));
    const found = sampled[d] ?? { mean: Number.NaN, spread: Number.NaN };
    expect(spread, `posterior means of dimension ${d}`).toBeLessThan(0.3 * whole);
    expect(Math.abs(mean), `dimension ${d} is off the centre`).toBeGreaterThan(whole);
    expect(Math.abs(found.mean - mean), `mean of dimension ${d}`).toBeLessThan(0.3 * whole);
    expect(found.spread / whole, `spread of dimension ${d}`).toBeGreaterThan(0.5);
    expect(found.spread / whole, `spread of dimension ${d}`).toBeLessThan(1.4);
  }
});
