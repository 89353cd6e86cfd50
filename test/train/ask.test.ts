import { expect, test } from 'vitest';
import { generate } from '../../src/engine/data/generators.ts';
import { prepare } from '../../src/engine/data/windows.ts';
import { parseConfig } from '../../src/engine/train/config.ts';
import { latentTrajectory } from '../../src/engine/train/latentCloud.ts';
import type { TrainerEvent } from '../../src/engine/train/protocol.ts';
import type { ModelTools } from '../../src/engine/train/questions.ts';
import { Trainer } from '../../src/engine/train/trainer.ts';
import { useGpu } from '../gpu.ts';

const gpu = useGpu();

const config = parseConfig({
  data: { window: 8, stride: 8 },
  model: { hiddenSize: 8, latentSize: 4, tokenSize: 8 },
  diffusion: { width: 16, blocks: 1, sampleSteps: 5 },
  train: { steps: 40, batchSize: 8, denoiserBatchSize: 8, warmup: 2, validations: 0 },
  evaluate: { times: 1, dependenceSeries: 4, count: 8, quadrature: 8 },
});
const data = prepare(generate('sines', { seed: 1, count: 40, seqLen: 8 }), config.data);

async function train(body: (trainer: Trainer) => Promise<void>, onEvent?: (event: TrainerEvent) => void) {
  const events: TrainerEvent[] = [];
  const trainer = await Trainer.create(gpu(), config, data, (event) => {
    events.push(event);
    onEvent?.(event);
  });
  await body(trainer);
  const parameters = await trainer.parameters();
  trainer.destroy();
  const losses = events.flatMap((event) => (event.type === 'losses' ? event.rows : []));
  return { losses, parameters, weights: [...parameters.values()].map((array) => [...array.data]) };
}

/** Everything an evaluator can be asked, so that a trace it left would be seen. */
async function everything({ evaluator, test: windows, between, step }: ModelTools) {
  const latents = await evaluator.encode(windows, between);
  await evaluator.sampleLatents(4, 9, between);
  await evaluator.logLikelihood(windows, latents, between);
  await evaluator.predict(windows, latents, between);
  await evaluator.generate(latents, { mode: 'sample', seed: 9 }, between);
  await evaluator.dependenceMatrix(windows, latents, 8, between);
  return step;
}

test('questions before, during and after a run leave no trace in it', async () => {
  const plain = await train((trainer) => trainer.run());
  const steps: number[] = [];
  const asked = await train(async (trainer) => {
    steps.push(await trainer.ask(everything));
    const running = trainer.run();
    while (trainer.completedSteps < 40) steps.push(await trainer.ask(everything));
    await running;
    steps.push(await trainer.ask(everything));
  });
  expect(steps[0]).toBe(0);
  expect(steps.at(-1)).toBe(40);
  expect(steps.some((step) => step > 0 && step < 40)).toBe(true);
  expect(asked.losses).toEqual(plain.losses);
  expect(asked.weights).toEqual(plain.weights);
});

test('questions are answered one after the other, in order, and an error is the answer of its own question', async () => {
  const order: string[] = [];
  await train(async (trainer) => {
    const slow = trainer.ask(async ({ between }) => {
      order.push('first begins');
      await new Promise((resolve) => setTimeout(resolve, 20));
      await between();
      order.push('first ends');
    });
    const broken = trainer.ask(async () => {
      throw new Error('no such series');
    });
    const last = trainer.ask(async () => order.push('last'));
    await expect(broken).rejects.toThrow('no such series');
    await Promise.all([slow, last]);
    await trainer.run();
    expect(trainer.completedSteps).toBe(40);
  });
  expect(order).toEqual(['first begins', 'first ends', 'last']);
});

test('a question interrupted by a pause, or by a run, begins again', async () => {
  let begun = 0;
  await train(async (trainer) => {
    const patient = async ({ between, step }: ModelTools) => {
      begun++;
      for (let i = 0; i < 5; i++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        await between();
      }
      return step;
    };
    const running = trainer.run();
    const duringRun = trainer.ask(patient);
    while (begun === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await trainer.pause();
    await running;
    expect(await duringRun).toBe(trainer.completedSteps);
    expect(begun).toBe(2);
    const idle = trainer.ask(patient);
    while (begun < 3) await new Promise((resolve) => setTimeout(resolve, 1));
    await trainer.run();
    expect(await idle).toBeLessThanOrEqual(40);
    expect(begun).toBe(4);
  });
});

test('a reset, or the end of the trainer, answers what waits with the reason', async () => {
  const forever = async ({ between }: ModelTools) => {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      await between();
    }
  };
  const trainer = await Trainer.create(gpu(), config, data, () => {});
  const first = expect(trainer.ask(forever)).rejects.toThrow('The run was reset before this was answered');
  await trainer.reset();
  await first;
  expect(await trainer.ask(async ({ step }) => step)).toBe(0);
  const second = expect(trainer.ask(forever)).rejects.toThrow('The run was removed');
  trainer.destroy();
  await second;
});

test('the reverse diffusion begins in the draws of N(0, I) and ends in the samples of the cloud, on its plane', async () => {
  const clouds: TrainerEvent[] = [];
  await train(
    async (trainer) => {
      await trainer.run();
      const { frames, encoded, sampled } = await trainer.ask(latentTrajectory);
      const moments = await trainer.ask(({ evaluator }) => evaluator.reverseMoments(4, 0, 3));
      const plain = await trainer.ask(({ evaluator }) => evaluator.sampleLatents(4, 0));
      // Every step of the sampler is a moment where there are fewer than could be shown.
      expect(frames.map(({ timestep }) => timestep)).toEqual([1000, 800, 600, 400, 200, 0]);
      expect(moments.map(({ timestep }) => timestep)).toEqual([1000, 800, 400, 0]);
      expect(moments.at(-1)?.latents).toEqual(plain);
      expect(frames.at(-1)?.points).toEqual(sampled);
      const last = clouds.at(-1);
      if (last?.type !== 'cloud') throw new Error('the run evaluated nothing');
      expect(sampled).toEqual(last.cloud.sampled);
      expect(encoded).toEqual(last.cloud.encoded);
    },
    (event) => {
      if (event.type === 'cloud') clouds.push(event);
    },
  );
});
