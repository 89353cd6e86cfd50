import { expect, test } from 'vitest';
import { generate, prepare } from '../../src/engine/data/index.ts';
import { philox } from '../../src/engine/diffusion/randomness.ts';
import { createSchedule } from '../../src/engine/diffusion/schedule.ts';
import { Memory } from '../../src/engine/gpu/memory.ts';
import type { Dispatch, Plan } from '../../src/engine/gpu/plan.ts';
import { methodByName, methods } from '../../src/engine/methods/index.ts';
import { planModel } from '../../src/engine/methods/model.ts';
import { defaults, parseConfig } from '../../src/engine/train/config.ts';
import { recordPlans } from '../../src/engine/train/evaluationPlans.ts';
import {
  klWeights,
  modelShape,
  optimiserSchedule,
  phases,
  timestepTables,
} from '../../src/engine/train/shape.ts';
import { jointStep, planTrainingState, planWindows } from '../../src/engine/train/stepPlans.ts';
import { Trainer } from '../../src/engine/train/trainer.ts';
import { multiplyAdds, workOf } from '../../src/engine/train/work.ts';
import { expectClose } from '../reference/expectClose.ts';

function plan(name: string, sizes = {}) {
  const config = parseConfig({
    model: { hiddenSize: 8, latentSize: 4, tokenSize: 8, ...sizes },
    method: { name },
    diffusion: { width: 16, blocks: 1 },
    train: { batchSize: 8 },
  });
  const memory = new Memory();
  const method = methodByName(name);
  const model = planModel(memory, method, modelShape(config, { seqLen: 6, featureSize: 2 }), true);
  const windows = planWindows(memory, 'training', 20, 6, 2);
  return jointStep(
    memory,
    method,
    model,
    config,
    windows,
    planTrainingState(memory, config, { trainCount: 20, featureSize: 2 }),
  );
}

/** The ranges from which a joint step of posterior-stable draws whole numbers, by stream. */
function ranges(method: object): Record<string, { count: number; low: number; high: number }[]> {
  const config = parseConfig({ method, train: { batchSize: 8 } });
  const memory = new Memory();
  const stable = methodByName('posterior-stable');
  const model = planModel(memory, stable, modelShape(config, { seqLen: 6, featureSize: 2 }), true);
  const windows = planWindows(memory, 'training', 20, 6, 2);
  const state = planTrainingState(memory, config, { trainCount: 20, featureSize: 2 });
  const asked: ReturnType<typeof ranges> = {};
  jointStep(memory, stable, model, config, windows, state, (builder, source) => {
    const draws = philox(builder, source);
    return {
      ...draws,
      integers(stream, parts) {
        asked[stream] = [...parts];
        return draws.integers(stream, parts);
      },
    };
  });
  return asked;
}

test('posterior-stable draws timesteps up to N and from M on, and no series is its own negative', () => {
  const drawn = ranges({ inferenceEnd: 50, collapseStart: 900, penaltyShare: 0.5, negatives: 'perm' });
  expect(drawn.batch).toEqual([{ count: 8, low: 0, high: 19 }]);
  expect(drawn['latent timestep']).toEqual([
    { count: 8, low: 0, high: 50 },
    { count: 4, low: 900, high: 1000 },
  ]);
  expect(drawn.negative).toEqual([{ count: 4, low: 1, high: 7 }]);
  expect(ranges({ penaltyShare: 1, negatives: 'mix' }).negative).toEqual([{ count: 4, low: 1, high: 7 }]);
  expect(ranges({ negatives: 'tail' }).negative).toBeUndefined();
});

test('the work of a step is its multiply-adds: of a linear layer one for each row and weight', () => {
  const dispatch = (name: string, values: object, constants: object = {}) =>
    ({ kernel: { name }, values, constants }) as unknown as Dispatch;
  const sizes = { rows: 2, inSize: 3, outSize: 5 };
  expect(multiplyAdds(dispatch('linear_forward', sizes))).toBe(30);
  // Four gates at every position but the first, which has no state before it.
  const recurrent = dispatch('lstm_forward', { rows: 2, seqLen: 6 }, { HIDDEN: 8 });
  expect(multiplyAdds(recurrent)).toBe(2 * 5 * 4 * 8 * 8);
  expect(multiplyAdds(dispatch('adam', sizes))).toBeUndefined();
  const dispatches = [dispatch('linear_forward', sizes), dispatch('adam', sizes), recurrent];
  expect(workOf({ dispatches } as unknown as Plan)).toBe(30 + 2560);
});

// Every dispatch of a training step in order: whoever changes what runs sees it here.
test.each(methods.map(({ name }) => name))('the step of %s, dispatch by dispatch', (name) => {
  expect(plan(name).toString()).toMatchSnapshot();
});

test('the step of posterior-stable with a Transformer of one block, dispatch by dispatch', () => {
  expect(
    plan('posterior-stable', { backbone: 'transformer', layers: 1, heads: 2 }).toString(),
  ).toMatchSnapshot();
});

test('a block of the Transformer costs 23 dispatches in encoder and in decoder, forward and backward together', () => {
  const count = (layers: number) =>
    plan('posterior-stable', { backbone: 'transformer', layers, heads: 2 }).dispatches.length;
  expect(count(3) - count(2)).toBe(2 * 23);
});

test('the recurrence is one dispatch a pass, whatever the length', () => {
  const kernels = plan('posterior-stable').dispatches.map(({ kernel }) => kernel.name);
  expect(kernels.filter((name) => name === 'lstm_forward').length).toBe(2); // encoder, decoder
  expect(kernels.filter((name) => name === 'lstm_backward').length).toBe(2);
});

test('objective weights: alphaBar at gamma i, 1 - alphaBar at ceil(k / eta), indices past L count as L', () => {
  const config = parseConfig({ method: { gamma: 3, eta: 2 } });
  const { weights } = timestepTables(config);
  const { alphaBar } = createSchedule(config.diffusion);
  const at = (i: number) => alphaBar[i] as number;
  expectClose(
    [0, 20, 999].map((i) => weights[2 * i] as number),
    [1, at(60), at(1000)],
    { absolute: 1e-7 },
  );
  expectClose(
    [0, 901, 1000].map((k) => weights[2 * k + 1] as number),
    [0, 1 - at(451), 1 - at(500)],
    { absolute: 1e-7 },
  );
});

test('learning rates warm up, fall to the smallest over the phase a group trains, and Adam is unbiased from step 1', () => {
  const config = parseConfig({ train: { steps: 300, warmup: 10, denoiserLearningRate: 4e-3 } });
  expect(phases(config)).toEqual({ joint: 200, total: 300 });
  const rows = optimiserSchedule(config);
  const row = (step: number) => Array.from(rows.subarray(4 * step, 4 * step + 4));
  expectClose(row(0), [2e-4, 4e-4, 0.1, 0.001], { absolute: 1e-9 });
  expectClose(row(9).slice(0, 2), [2e-3, 4e-3], { absolute: 1e-9 });
  expectClose([row(199)[0] as number, row(299)[1] as number], [1e-5, 1e-5], { absolute: 2e-6, relative: 0 });
});

test('between warm-up and end the rates are a cosine over the steps left, and the scale multiplies both', () => {
  const config = parseConfig({ train: { steps: 300, warmup: 10, denoiserLearningRate: 4e-3 } });
  const rows = optimiserSchedule(config);
  const rate = (peak: number, done: number) => 1e-5 + 0.5 * (peak - 1e-5) * (1 + Math.cos(Math.PI * done));
  const close = { absolute: 1e-9, relative: 1e-5 };
  for (const step of [10, 105, 150, 199])
    expectClose([rows[4 * step] as number], [rate(2e-3, (step - 10) / (200 - 10))], close);
  for (const step of [10, 155, 200, 299])
    expectClose([rows[4 * step + 1] as number], [rate(4e-3, (step - 10) / (300 - 10))], close);
  const half = optimiserSchedule(config, 0.5);
  for (const step of [0, 150, 250]) {
    for (const [column, scale] of [0.5, 0.5, 1, 1].entries())
      expect(half[4 * step + column]).toBeCloseTo(scale * (rows[4 * step + column] as number), 9);
  }
});

test('a group whose rate is below the smallest stays at it', () => {
  const config = parseConfig({ train: { steps: 300, warmup: 10, denoiserLearningRate: 0 } });
  const rates = optimiserSchedule(config).filter((_, i) => i % 4 === 1);
  expect(rates.every((rate) => rate === 0)).toBe(true);
});

test('KL weights: constant, or rising over the joint phase by the schedule; none without a KL', () => {
  const at = (method: object, steps: number[]) => {
    const weights = klWeights(parseConfig({ method, train: { steps: 150 } })); // 100 of them joint
    expect(weights).toHaveLength(150);
    return steps.map((step) => weights[step] as number);
  };
  const close = (actual: number[], expected: number[]) => expectClose(actual, expected, { absolute: 1e-6 });
  const annealed = { name: 'kl-annealing', klWeight: 2 };
  close(at({ name: 'latent-diffusion', klWeight: 0.7 }, [0, 149]), [0.7, 0.7]);
  close(at({ name: 'posterior-stable' }, [0, 149]), [0, 0]);
  close(at(annealed, [0, 25, 50, 149]), [0, 1, 2, 2]);
  const low = 2 / (1 + Math.exp(6));
  close(at({ ...annealed, klSchedule: 'logistic' }, [0, 25, 50, 149]), [low, 1, 2, 2]);
  // Cycles of 25 steps, half of each a ramp.
  close(at({ ...annealed, klSchedule: 'cyclical' }, [0, 5, 13, 24, 25, 30, 99]), [0, 0.8, 2, 2, 0, 0.8, 2]);
  close(at({ name: 'mutual-information', mutualInformation: 0.3 }, [0, 149]), [0.7, 0.7]);
});

test('after the joint phase the weight of a cyclical schedule stays at the top', () => {
  const weights = klWeights(
    parseConfig({ method: { name: 'kl-annealing', klSchedule: 'cyclical' }, train: { steps: 150 } }),
  );
  expect(Math.min(...weights.subarray(100))).toBe(1);
});

test('an evaluation of more series takes no more memory: they go through in turns', () => {
  const data = prepare(generate('ar1', { count: 20, seed: 0, seqLen: 32 }), {
    ...defaults.data,
    window: 8,
    stride: 8,
  });
  const bytes = (dependenceSeries: number) =>
    Trainer.needs(parseConfig({ evaluate: { dependenceSeries, count: 4096, samples: 64 } }), data).bytes;
  expect(bytes(4096)).toBe(bytes(64));
  expect(bytes(64)).toBeGreaterThan(bytes(8));
});

test('an LSTM of more features than one dispatch has room for generates position by position', () => {
  const kernels = (featureSize: number) => {
    const config = parseConfig({ model: { hiddenSize: 8, latentSize: 4, tokenSize: 8 } });
    const memory = new Memory();
    const method = methodByName('posterior-stable');
    const model = planModel(memory, method, modelShape(config, { seqLen: 4, featureSize }), true);
    const { generator } = recordPlans(memory, config, method, model, { latents: 4, series: 4 }).generation;
    return new Set(generator.plans.flatMap(({ dispatches }) => dispatches.map(({ kernel }) => kernel.name)));
  };
  expect(kernels(1016).has('lstm_generate')).toBe(true); // 16 bytes for each of 8 units and 1016 features: 16 KiB
  expect(kernels(1017).has('lstm_generate')).toBe(false);
});
