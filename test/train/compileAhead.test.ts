import { expect, test } from 'vitest';
import { generate } from '../../src/engine/data/generators.ts';
import { prepare } from '../../src/engine/data/windows.ts';
import { compileAhead } from '../../src/engine/train/compileAhead.ts';
import { parseConfig } from '../../src/engine/train/config.ts';
import { Trainer } from '../../src/engine/train/trainer.ts';
import { useGpu } from '../gpu.ts';

const gpu = useGpu();

test.each(['lstm', 'transformer'])('a run with %s finds all it needs compiled ahead', async (backbone) => {
  const config = parseConfig({
    data: { window: 6, stride: 6 },
    model: { backbone, heads: 2, hiddenSize: 8, latentSize: 4, tokenSize: 8 },
    diffusion: { width: 16, blocks: 1, sampleSteps: 3 },
    train: { steps: 3, batchSize: 8, denoiserBatchSize: 8, warmup: 1, validations: 1 },
    evaluate: { times: 1, dependenceSeries: 4, count: 8, quadrature: 8 },
  });
  const data = prepare(generate('sines', { seed: 1, count: 30, seqLen: 6 }), config.data);
  const before = gpu().pipelines.size;
  await compileAhead(gpu(), config, data);
  const compiled = gpu().pipelines.size;
  expect(compiled).toBeGreaterThan(before);

  const trainer = await Trainer.create(gpu(), config, data, () => {});
  await trainer.run();
  trainer.destroy();
  expect(gpu().pipelines.size).toBe(compiled);
});
