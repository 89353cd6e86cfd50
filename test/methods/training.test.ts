import { describe, expect, test } from 'vitest';
import { generate } from '../../src/engine/data/generators.ts';
import { prepare } from '../../src/engine/data/windows.ts';
import { methods } from '../../src/engine/methods/index.ts';
import { type Config, parseConfig } from '../../src/engine/train/config.ts';
import type { LossRow, TrainerEvent } from '../../src/engine/train/protocol.ts';
import { Trainer } from '../../src/engine/train/trainer.ts';
import { useGpu } from '../gpu.ts';

const gpu = useGpu();

function tiny(method: object, train: object, backbone = 'lstm', model: object = {}): Config {
  return parseConfig({
    data: { window: 6, stride: 6 },
    model: { backbone, heads: 2, layers: 1, hiddenSize: 8, latentSize: 4, tokenSize: 8, ...model },
    method,
    diffusion: { width: 16, blocks: 1, sampleSteps: 3 },
    train: { batchSize: 8, denoiserBatchSize: 8, warmup: 2, validations: 2, ...train },
    evaluate: { times: 1, dependenceSeries: 4, count: 8, quadrature: 8 },
  });
}

const sines = generate('sines', { seed: 1, count: 30, seqLen: 6 });
const data = prepare(sines, tiny({}, {}).data);

async function train(config: Config, body: (trainer: Trainer) => Promise<void> = (trainer) => trainer.run()) {
  const events: TrainerEvent[] = [];
  const trainer = await Trainer.create(gpu(), config, data, (event) => events.push(event));
  await body(trainer);
  const parameters = await trainer.parameters();
  trainer.destroy();
  const losses = events.flatMap((event): LossRow[] => (event.type === 'losses' ? event.rows : []));
  const failed = events.find((event) => event.type === 'failed');
  if (failed) throw new Error(failed.failure.message);
  const weights = [...parameters.values()].map(({ data: values }) => Array.from(values));
  return { events, losses, weights };
}

/** Every method, and the settings of the posterior-stable one that change what runs. */
const runs = [
  ...methods.map(({ name }) => ({ label: name, method: { name } as Record<string, unknown> })),
  { label: 'posterior-stable, mix and fitted', method: { negatives: 'mix', reference: 'fitted' } },
  { label: 'posterior-stable, perm and softplus', method: { negatives: 'perm', penalty: 'softplus' } },
  { label: 'posterior-stable, lambda_CS = 0', method: { lambdaCS: 0 } },
];

const backbones = ['lstm', 'transformer'];
const mixtures = [
  { label: 'posterior-stable, mixture', method: {}, model: { likelihood: 'mixture', components: 3 } },
  {
    label: 'skip-connections, mixture of full covariance',
    method: { name: 'skip-connections' },
    model: { likelihood: 'mixture-full', components: 2 },
  },
];
const all: { label: string; method: Record<string, unknown>; model?: object }[] = [...runs, ...mixtures];
describe.each(all.flatMap((run) => backbones.map((backbone) => ({ ...run, backbone }))))(
  '$label with $backbone',
  ({ method, backbone, model }) => {
    test('stopping and going on gives the bits of never having stopped; the shares of the inputs add up to 1', async () => {
      const config = tiny(method, { steps: 9 }, backbone, model);
      const whole = await train(config);
      const stopped = await train(config, async (trainer) => {
        await trainer.step();
        await trainer.step();
        await trainer.run();
      });
      expect(stopped.losses).toEqual(whole.losses);
      expect(stopped.weights).toEqual(whole.weights);
      expect(whole.losses.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
      const curves = whole.events.flatMap((event) => (event.type === 'dependence' ? [event.curve] : []));
      expect(curves.map(({ step }) => step)).toEqual([0, 9]);
      for (const { points, residual } of curves) {
        expect(points[0]?.m0).toBeCloseTo(1, 4);
        expect(residual).toBeLessThan(1e-2);
      }
    });

    test('overfits one batch', async () => {
      const few = prepare(generate('sines', { seed: 2, count: 10, seqLen: 6 }), tiny({}, {}).data);
      // Without what is there to keep the decoder from it: the KL, the noise in the latent, the penalty.
      const free = { inferenceEnd: 0, klWeight: 0.01, mutualInformation: 0.99, maskProbability: 0.1 };
      const config = tiny(
        { ...method, ...free },
        { steps: 60, denoiserShare: 0, learningRate: 4e-2, validations: 0 },
        backbone,
        model,
      );
      const events: TrainerEvent[] = [];
      const trainer = await Trainer.create(gpu(), config, few, (event) => events.push(event));
      await trainer.run();
      trainer.destroy();
      const losses = events.flatMap((event): LossRow[] => (event.type === 'losses' ? event.rows : []));
      const mean = (rows: LossRow[]) => rows.reduce((sum, { vi }) => sum + vi, 0) / rows.length;
      expect(mean(losses.slice(-10))).toBeLessThan(0.5 * mean(losses.slice(0, 3)));
    });
  },
);
