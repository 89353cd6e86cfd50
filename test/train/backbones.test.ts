import { describe, expect, test } from 'vitest';
import { generate } from '../../src/engine/data/generators.ts';
import { prepare } from '../../src/engine/data/windows.ts';
import { type Config, ConfigError, parseConfig, setKey } from '../../src/engine/train/config.ts';
import type { LossRow, TrainerEvent } from '../../src/engine/train/protocol.ts';
import { Trainer } from '../../src/engine/train/trainer.ts';
import { useGpu } from '../gpu.ts';

const gpu = useGpu();

function tiny(model: object, overrides: { method?: object; train?: object; evaluate?: object } = {}): Config {
  return parseConfig({
    data: { window: 8, stride: 8 },
    model: { hiddenSize: 8, latentSize: 4, tokenSize: 8, heads: 2, ...model },
    method: overrides.method ?? {},
    diffusion: { width: 16, blocks: 1, sampleSteps: 5 },
    train: { steps: 12, batchSize: 8, denoiserBatchSize: 8, warmup: 2, validations: 2, ...overrides.train },
    evaluate: { times: 2, dependenceSeries: 4, count: 8, quadrature: 8, ...overrides.evaluate },
  });
}

const sines = generate('sines', { seed: 1, count: 40, seqLen: 8 });
const data = prepare(sines, tiny({}).data);

async function train(config: Config) {
  const events: TrainerEvent[] = [];
  const trainer = await Trainer.create(gpu(), config, data, (event) => events.push(event));
  await trainer.run();
  const parameters = [...(await trainer.parameters()).values()].map(({ data: values }) => Array.from(values));
  trainer.destroy();
  const losses = events.flatMap((event): LossRow[] => (event.type === 'losses' ? event.rows : []));
  return { events, losses, parameters };
}

describe.each([
  { backbone: 'transformer', layers: null, method: 'posterior-stable' },
  { backbone: 'transformer', layers: 1, method: 'latent-diffusion' },
  { backbone: 'lstm', layers: 2, method: 'posterior-stable' },
])('$backbone of $layers layers, $method', ({ backbone, layers, method }) => {
  const model = { backbone, layers };

  test('the same seed gives the same bits; curves start at 1 and their residual is small', async () => {
    const config = tiny(model, { method: { name: method } });
    const [first, second] = [await train(config), await train(config)];
    expect(second.losses).toEqual(first.losses);
    expect(second.parameters).toEqual(first.parameters);
    expect(first.losses.every(({ total }) => Number.isFinite(total))).toBe(true);
    const curves = first.events.flatMap((event) => (event.type === 'dependence' ? [event.curve] : []));
    expect(curves.map(({ step }) => step)).toEqual([0, 6, 12]);
    for (const { points, residual } of curves) {
      expect(points[0]?.m0).toBeCloseTo(1, 4);
      expect(residual).toBeLessThan(1e-2);
    }
  });

  test('overfits a small set', async () => {
    const { losses } = await train(
      tiny(model, {
        method: { name: method, lambdaCS: 0, inferenceEnd: 0, klWeight: 0 },
        train: { steps: 120, denoiserShare: 0, learningRate: 2e-2, validations: 0 },
        evaluate: { times: 1 },
      }),
    );
    const mean = (rows: LossRow[]) => rows.reduce((sum, { vi }) => sum + vi, 0) / rows.length;
    expect(mean(losses.slice(-10))).toBeLessThan(0.6 * mean(losses.slice(0, 3)));
  });

  test('the bytes shown before a run are the bytes it allocates', async () => {
    const config = tiny(model, { method: { name: method } });
    const estimate = Trainer.needs(config, data);
    const { device } = gpu();
    const create = device.createBuffer.bind(device);
    let allocated = 0;
    device.createBuffer = (descriptor) => {
      allocated += descriptor.size;
      return create(descriptor);
    };
    await train(config);
    device.createBuffer = create;
    expect(allocated).toBe(estimate.bytes);
  });
});

test('sizes that do not fit the backbone are refused by the name of their key', () => {
  const width = () => tiny({ backbone: 'transformer', hiddenSize: 20, heads: 2 });
  expect(width).toThrow(ConfigError);
  expect(width).toThrow("'model.hiddenSize' (20) must be a multiple of 4 times 'model.heads' (2)");
  expect(setKey(tiny({ hiddenSize: 20 }), 'model.heads', '3').model.heads).toBe(3); // nothing to the LSTM
});
