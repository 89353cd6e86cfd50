import { expect, test, vi } from 'vitest';
import { generate } from '../../src/engine/data/generators.ts';
import { prepare } from '../../src/engine/data/windows.ts';
import type { CheckpointInterval } from '../../src/engine/train/checkpointSchedule.ts';
import { type Config, parseConfig } from '../../src/engine/train/config.ts';
import type { TrainerEvent } from '../../src/engine/train/protocol.ts';
import { Trainer } from '../../src/engine/train/trainer.ts';
import { Validation } from '../../src/engine/train/validation.ts';
import { useGpu } from '../gpu.ts';

const gpu = useGpu();

function tiny(method: object = {}, train: object = {}): Config {
  return parseConfig({
    data: { window: 8, stride: 8 },
    model: { hiddenSize: 8, latentSize: 4, tokenSize: 8 },
    method,
    diffusion: { width: 16, blocks: 1, sampleSteps: 5 },
    train: { steps: 12, batchSize: 8, denoiserBatchSize: 8, warmup: 2, validations: 2, ...train },
    evaluate: { times: 1, dependenceSeries: 4, count: 8, quadrature: 8 },
  });
}

const data = prepare(generate('sines', { seed: 1, count: 40, seqLen: 8 }), tiny().data);

async function train(config: Config, on = data, interval?: CheckpointInterval) {
  const events: TrainerEvent[] = [];
  const trainer = await Trainer.create(gpu(), config, on, (event) => events.push(event), { interval });
  await trainer.run();
  const checkpoint = await trainer.checkpointNow();
  trainer.destroy();
  const told = events.flatMap((event) => {
    const best = event.type === 'log' && /best validation objective so far, (.*)\.$/.exec(event.message);
    return best ? [Number(best[1])] : [];
  });
  return { events, checkpoint, told };
}

test.each(['posterior-stable', 'latent-diffusion'])(
  '%s: after the joint phase the weights of the lowest validation objective come back, and stay',
  async (name) => {
    const objectives = [3, 1, 2, 1.5]; // at steps 5, 10, 15 and 20
    const loss = vi.spyOn(Validation.prototype, 'loss').mockImplementation(async () => {
      return objectives.shift() as number;
    });
    const config = tiny({ name }, { steps: 30, validations: 4 });
    const { events, checkpoint, told } = await train(config, data, { steps: 10, seconds: 1e6 });
    loss.mockRestore();
    expect(told).toEqual([3, 1]);
    expect(checkpoint.counters).toMatchObject({ step: 30, best: 1 });
    const before = events.flatMap((event) => (event.type === 'checkpoint' ? [event.checkpoint] : []));
    const weights = before.find(({ counters }) => counters.step === 10)?.tensors;
    const best = [...checkpoint.tensors.keys()].filter((tensor) => tensor.startsWith('best.'));
    expect(best.length).toBeGreaterThan(5);
    for (const tensor of best) {
      const own = tensor.slice('best.'.length);
      expect(checkpoint.tensors.get(tensor), tensor).toEqual(weights?.get(own));
      expect(checkpoint.tensors.get(own), own).toEqual(weights?.get(own));
    }
  },
);

/** The validation objective of a model that learns nothing: of the same weights whatever the method's settings. */
async function objective(method: object): Promise<number> {
  const still = { learningRate: 0, minLearningRate: 0, denoiserShare: 0, steps: 1, validations: 1 };
  const { checkpoint } = await train(tiny(method, still));
  return checkpoint.counters.best as number;
}

test('the validation objective has the KL term at the weight of the finished run', async () => {
  const [none, one, two] = await Promise.all(
    [0, 1, 2].map((klWeight) => objective({ name: 'kl-annealing', klWeight })),
  );
  const kl = (one as number) - (none as number);
  expect(kl).toBeGreaterThan(0.01);
  expect((two as number) - (none as number)).toBeCloseTo(2 * kl, 3);
});

test('the validation objective has the penalty times lambda, of the whole batch', async () => {
  const [none, one, two, half] = await Promise.all([
    objective({ penalty: 'softplus', lambdaCS: 1e-9 }),
    objective({ penalty: 'softplus', lambdaCS: 0.2 }),
    objective({ penalty: 'softplus', lambdaCS: 0.4 }),
    objective({ penalty: 'softplus', lambdaCS: 0.2, penaltyShare: 0.1 }),
  ]);
  expect(one - none).toBeGreaterThan(0.01);
  expect(two - none).toBeCloseTo(2 * (one - none), 3);
  expect(half).toBe(one);
});

test('a validation masks no inputs', async () => {
  const [few, many] = await Promise.all(
    [0.1, 0.9].map((maskProbability) => objective({ name: 'variable-masking', maskProbability })),
  );
  expect(many).toBe(few);
});

const reference = { lambdaCS: 0.4, penalty: 'softplus', reference: 'fitted' };
test.each([{ lambdaCS: 0.4 }, reference, { name: 'latent-diffusion' }])(
  'with %o the test part changes nothing of a run: neither losses nor weights nor live curves',
  async (method) => {
    const { test: held } = data;
    const [one, other] = [
      await train(tiny(method)),
      await train(tiny(method), { ...data, test: { ...held, values: held.values.map((v) => 3 * v) } }),
    ];
    const rows = (events: TrainerEvent[]) =>
      events.flatMap((event) => (event.type === 'losses' ? event.rows : []));
    const shown = (events: TrainerEvent[]) =>
      events.filter(({ type }) => ['dependence', 'cloud', 'log'].includes(type));
    expect(shown(one.events).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['dependence', 'cloud', 'log']),
    );
    expect(shown(other.events)).toEqual(shown(one.events));
    expect(rows(other.events)).toEqual(rows(one.events));
    expect(other.checkpoint.tensors).toEqual(one.checkpoint.tensors);
  },
);
