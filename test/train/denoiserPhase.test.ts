import { expect, test } from 'vitest';
import { generate } from '../../src/engine/data/generators.ts';
import { prepare } from '../../src/engine/data/windows.ts';
import { parseConfig } from '../../src/engine/train/config.ts';
import { Evaluator } from '../../src/engine/train/evaluator.ts';
import { Trainer } from '../../src/engine/train/trainer.ts';
import { useGpu } from '../gpu.ts';

const gpu = useGpu();

/** Standard deviation over all of them. */
function spread(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

test('trained alone, the denoiser still learns draws of q(z | X), and not its means', async () => {
  // A KL term of full weight and a decoder that may see the past: the posterior is next to N(0, I), its means are next to 0.
  const config = parseConfig({
    data: { window: 6, stride: 6 },
    model: { hiddenSize: 8, latentSize: 2, tokenSize: 8 },
    method: { name: 'latent-diffusion' },
    diffusion: { width: 16, blocks: 1, sampleSteps: 10 },
    train: {
      steps: 500,
      batchSize: 16,
      denoiserBatchSize: 64,
      denoiserShare: 0.8,
      warmup: 5,
      validations: 0,
    },
    evaluate: { times: 1, dependenceSeries: 4, count: 8, quadrature: 8 },
  });
  const data = prepare(generate('sines', { seed: 1, count: 80, seqLen: 6 }), config.data);
  const trainer = await Trainer.create(gpu(), config, data, () => {});
  await trainer.run();
  const evaluator = await Evaluator.create(gpu(), config, data.train, await trainer.parameters());
  trainer.destroy();
  const means = spread(await evaluator.encode(data.train));
  const sampled = spread(await evaluator.sampleLatents(64, 0));
  evaluator.destroy();
  expect(means).toBeLessThan(0.5);
  expect(sampled).toBeGreaterThan(0.7);
  expect(sampled).toBeLessThan(1.4);
});
