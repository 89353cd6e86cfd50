import { expect, test, vi } from 'vitest';
import { generate } from '../../src/engine/data/generators.ts';
import { prepare } from '../../src/engine/data/windows.ts';
import { type Config, generationModes, parseConfig } from '../../src/engine/train/config.ts';
import { evaluateModel } from '../../src/engine/train/evaluateModel.ts';
import type { Evaluator } from '../../src/engine/train/evaluator.ts';
import { Pacer } from '../../src/engine/train/pacer.ts';
import type { LossRow, TrainerEvent } from '../../src/engine/train/protocol.ts';
import { logCapacity } from '../../src/engine/train/stepPlans.ts';
import { Trainer } from '../../src/engine/train/trainer.ts';
import { useGpu } from '../gpu.ts';

const gpu = useGpu();

function tiny(overrides: { method?: object; train?: object; evaluate?: object } = {}): Config {
  return parseConfig({
    data: { window: 8, stride: 8 },
    model: { hiddenSize: 8, latentSize: 4, tokenSize: 8 },
    method: overrides.method ?? {},
    diffusion: { width: 16, blocks: 1, sampleSteps: 5 },
    train: { steps: 12, batchSize: 8, denoiserBatchSize: 8, warmup: 2, validations: 2, ...overrides.train },
    evaluate: { times: 2, dependenceSeries: 4, count: 8, quadrature: 8, ...overrides.evaluate },
  });
}

const sines = generate('sines', { seed: 1, count: 40, seqLen: 8 });
const data = prepare(sines, tiny().data);

async function train(
  config: Config,
  body: (trainer: Trainer) => Promise<void> = (trainer) => trainer.run(),
  on = data,
) {
  const events: TrainerEvent[] = [];
  const trainer = await Trainer.create(gpu(), config, on, (event) => events.push(event));
  await body(trainer);
  const parameters = await trainer.parameters();
  trainer.destroy();
  const losses = events.flatMap((event): LossRow[] => (event.type === 'losses' ? event.rows : []));
  return { events, losses, parameters };
}

const states = (events: TrainerEvent[]) =>
  events.flatMap((event) => (event.type === 'state' ? [event.state] : []));
const weights = (parameters: Map<string, { data: Float32Array }>) =>
  [...parameters.values()].map(({ data: d }) => Array.from(d));

test.each(['posterior-stable', 'latent-diffusion'])(
  '%s: the same seed gives the same bits, another seed others',
  async (name) => {
    const config = tiny({ method: { name } });
    const [first, second] = [await train(config), await train(config)];
    expect(second.losses).toEqual(first.losses);
    expect(weights(second.parameters)).toEqual(weights(first.parameters));
    const other = await train(tiny({ method: { name }, train: { seed: 1 } }));
    expect(other.losses).not.toEqual(first.losses);
  },
);

test('without a validation part no snapshot is chosen: the test part stays unseen', async () => {
  const config = tiny({ train: { learningRate: 0.1 } }); // so high that the last weights are seldom the best
  const best = ({ events }: { events: TrainerEvent[] }) =>
    events.filter((event) => event.type === 'log' && event.message.includes('best validation')).length;
  expect(best(await train(config))).toBeGreaterThan(0);
  const split = { train: 0.9, validation: 0, test: 0.1 };
  expect(best(await train(config, undefined, prepare(sines, { ...config.data, split })))).toBe(0);
});

test.each(['posterior-stable', 'latent-diffusion'])(
  '%s: reports every step once, curves at the start, between and at the end',
  async (name) => {
    const { events, losses } = await train(tiny({ method: { name } }));
    expect(losses.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect(losses.every(({ total, dm }) => Number.isFinite(total) && dm > 0)).toBe(true);
    expect(losses.filter(({ vi }) => Number.isNaN(vi)).map(({ step }) => step)).toEqual([8, 9, 10, 11]); // the denoiser alone
    const curves = events.flatMap((event) => (event.type === 'dependence' ? [event.curve] : []));
    expect(curves.map(({ step }) => step)).toEqual([0, 6, 12]);
    for (const { points, residual } of curves) {
      expect(points[0]?.m0).toBeCloseTo(1, 4); // at position 1 there is nothing but the latent
      expect(residual).toBeLessThan(1e-2);
    }
    expect(states(events)).toEqual(['running', 'finished']);
  },
);

test('pausing, stepping and running on give the bits of never having stopped', async () => {
  const config = tiny({ train: { validations: 0 } });
  const whole = await train(config);
  const stopped = await train(config, async (trainer) => {
    await trainer.step();
    await trainer.step();
    const running = trainer.run();
    await trainer.pause();
    await running;
    await trainer.run();
  });
  expect(stopped.losses).toEqual(whole.losses);
  expect(weights(stopped.parameters)).toEqual(weights(whole.parameters));
});

test('what is asked of a run at once is done one after the other', async () => {
  const config = tiny({ train: { validations: 0 } });
  const whole = await train(config);
  const hurried = await train(config, async (trainer) => {
    await Promise.all([trainer.step(), trainer.reset(), trainer.step(), trainer.step()]);
    expect(trainer.completedSteps).toBe(2);
    await trainer.run();
  });
  expect(hurried.losses.map(({ step }) => step)).toEqual([0, ...whole.losses.map(({ step }) => step)]);
  expect(hurried.losses.slice(1)).toEqual(whole.losses);
});

test('no loss is overwritten before it has been read, however fast the steps go', async () => {
  const many = { steps: logCapacity + 40, batchSize: 2, validations: 0 };
  // No report is ever due, as where all these steps are done within a quarter of a second.
  const due = vi.spyOn(Pacer.prototype, 'reportDue').mockReturnValue(false);
  const { losses } = await train(tiny({ method: { name: 'vae' }, train: many, evaluate: { times: 1 } }));
  due.mockRestore();
  expect(losses.map(({ step }) => step)).toEqual(Array.from({ length: many.steps }, (_, step) => step));
  const distinct = new Set(losses.map(({ total, vi, kl, gradNorm }) => [total, vi, kl, gradNorm].join()));
  expect(distinct.size).toBe(many.steps);
});

test('reset starts the same run again', async () => {
  const config = tiny();
  const once = await train(config);
  const twice = await train(config, async (trainer) => {
    await trainer.run();
    await trainer.reset();
    await trainer.run();
  });
  expect(twice.losses.slice(12)).toEqual(once.losses);
});

test('shows the same latents in all three modes, and the plane of the latents', async () => {
  const { events } = await train(tiny());
  const samples = events.flatMap((event) => (event.type === 'samples' ? [event.samples] : []));
  expect(samples.map(({ step }) => step)).toEqual([0, 6, 12]);
  for (const { count, real, generated } of samples) {
    expect(count).toBe(4); // the test part has no more
    const size = count * 8 * data.features.length;
    expect(real.length).toBe(size);
    for (const mode of generationModes) expect(generated[mode].length).toBe(size);
    // The first value is drawn before anything is fed back.
    expect(generated.sample[0]).toBe(generated['noise-not-fed-back'][0]);
    expect(generated.sample[0]).not.toBe(generated.mean[0]);
    expect(generated.sample[size - 1]).not.toBe(generated['noise-not-fed-back'][size - 1]);
  }
  const clouds = events.flatMap((event) => (event.type === 'cloud' ? [event.cloud] : []));
  expect(clouds.map(({ step }) => step)).toEqual([0, 6, 12]);
  for (const { encoded, sampled, origin, explained } of clouds) {
    expect([encoded.length, sampled.length]).toEqual([8, 8]);
    expect(explained[0]).toBeGreaterThanOrEqual(explained[1]);
    expect(origin.every(Number.isFinite)).toBe(true);
    for (const axis of [0, 1]) {
      let sum = 0;
      for (let i = axis; i < encoded.length; i += 2) sum += encoded[i] ?? 0;
      expect(Math.abs(sum)).toBeLessThan(1e-4);
    }
  }
});

test('early evaluations halve the first interval', async () => {
  const config = tiny({ evaluate: { early: 2 }, train: { steps: 16 } });
  const { events } = await train(config);
  const steps = events.flatMap((event) => (event.type === 'dependence' ? [event.curve.step] : []));
  expect(steps).toEqual([0, 2, 4, 8, 16]);
});

test('overfits a small set: the likelihood term falls far below where it began', async () => {
  const config = tiny({
    method: { name: 'posterior-stable', lambdaCS: 0, inferenceEnd: 0 },
    train: { steps: 300, denoiserShare: 0, learningRate: 2e-2, validations: 0 },
    evaluate: { times: 1 },
  });
  const { losses } = await train(config);
  const mean = (rows: LossRow[]) => rows.reduce((sum, { vi }) => sum + vi, 0) / rows.length;
  expect(mean(losses.slice(-10))).toBeLessThan(0.6 * mean(losses.slice(0, 3)));
});

test('the gradients of the model and of the denoiser are each clipped to the norm that is set', async () => {
  // After one step Adam's first moment is a tenth of the gradient.
  const norms = async (clip: number) => {
    const config = tiny({ train: { clip, validations: 0 } });
    const trainer = await Trainer.create(gpu(), config, data, () => {});
    await trainer.step();
    const { tensors } = await trainer.checkpointNow();
    trainer.destroy();
    const moments = [...tensors].filter(([name]) => name.startsWith('adam.moment1.'));
    const norm = (denoiser: boolean) =>
      10 *
      Math.hypot(
        ...moments
          .filter(([name]) => name.startsWith('adam.moment1.denoiser.') === denoiser)
          .flatMap(([, array]) => [...array.data]),
      );
    return [norm(false), norm(true)];
  };
  const free = await norms(1e3);
  for (const norm of free) expect(norm).toBeGreaterThan(0.1);
  for (const norm of await norms(1e-3)) expect(norm).toBeCloseTo(1e-3, 6);
  expect(await norms(1e6)).toEqual(free);
});

test('the bytes shown before a run are the bytes it allocates', async () => {
  const config = tiny();
  const estimate = Trainer.needs(config, data);
  const { device } = gpu();
  const create = device.createBuffer.bind(device);
  let allocated = 0;
  device.createBuffer = (descriptor) => {
    allocated += descriptor.size;
    return create(descriptor);
  };
  const { events } = await train(config);
  device.createBuffer = create;
  expect(allocated).toBe(estimate.bytes);
  expect(estimate.parts.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(estimate.bytes);
  expect(events.find((event) => event.type === 'ready')).toMatchObject({ bytes: estimate.bytes });
});

test('a diverging loss stops the run with the step, what is kept, and what to do', async () => {
  const config = tiny({
    method: { penalty: 'literal', lambdaCS: 1000 },
    train: { learningRate: 1, minLearningRate: 0, warmup: 0, steps: 400, clip: 1e6, validations: 0 },
    evaluate: { times: 1 },
  });
  const wild = prepare(sines, config.data);
  wild.train.values.set(wild.train.values.map((value) => value * 1e19)); // its square overflows float32
  const events: TrainerEvent[] = [];
  const trainer = await Trainer.create(gpu(), config, wild, (event) => events.push(event));
  await trainer.run();
  const weightsKept = weights(await trainer.parameters());
  trainer.destroy();
  const failed = events.find((event) => event.type === 'failed');
  expect(failed).toMatchObject({ failure: { cause: 'non-finite' } });
  expect(failed?.failure.message).toMatch(
    /^The loss or its gradient stopped being a finite number at step \d+\.$/,
  );
  expect(failed?.failure.advice).toContain("use 'hinge'");
  expect(weightsKept.flat().every(Number.isFinite)).toBe(true);
});

test('a likelihood that cannot take missing cells says so before anything is planned, and before an evaluation', async () => {
  const series = generate('sines', { seed: 1, count: 30, seqLen: 6 });
  for (const { mask, values } of series.series) {
    mask[3] = 0;
    values[3] = 0;
  }
  const config = parseConfig({ data: { window: 6, stride: 6 }, model: { likelihood: 'mixture-full' } });
  const gaps = prepare(series, config.data);
  await expect(Trainer.create(gpu(), config, gaps, () => {})).rejects.toThrow(
    /takes no data with missing cells/,
  );
  // It is refused before the model is asked anything.
  const evaluation = evaluateModel({} as Evaluator, config, gaps);
  await expect(evaluation).rejects.toThrow(/takes no data with missing cells/);
});
