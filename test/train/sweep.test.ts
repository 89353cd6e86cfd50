import { afterAll, beforeAll, expect, test } from 'vitest';
import { sweepAxes, sweepConfigs } from '../../src/app/sweep/sweepPlan.ts';
import { generate, prepare } from '../../src/engine/data/index.ts';
import type { Gpu } from '../../src/engine/gpu/device.ts';
import { defaults, parseConfig, setKeys } from '../../src/engine/train/config.ts';
import type { SweepEvent } from '../../src/engine/train/protocol.ts';
import { type SweepStop, sweep } from '../../src/engine/train/sweep.ts';
import { openNodeGpu } from '../../src/node/gpu.ts';

const config = setKeys(defaults, [
  ['data.window', '8'],
  ['data.stride', '8'],
  ['model.hiddenSize', '4'],
  ['model.latentSize', '2'],
  ['model.tokenSize', '4'],
  ['diffusion.width', '8'],
  ['diffusion.sampleSteps', '4'],
  ['train.batchSize', '8'],
  ['train.denoiserBatchSize', '8'],
  ['evaluate.count', '6'],
  ['evaluate.dependenceSeries', '4'],
  ['evaluate.quadrature', '8'],
]);
const data = prepare(generate('reveal', { count: 60, seed: 0, seqLen: 8 }), config.data);

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openNodeGpu();
});
afterAll(() => gpu.device.destroy());

test('a plan is a grid of configs that can be run', () => {
  expect(sweepAxes(3, 1000)).toEqual({ ends: [0, 45, 90], starts: [100, 500, 900] });
  for (const one of sweepConfigs(config, 5, 100)) expect(parseConfig(one)).toEqual(one);
  expect(
    sweepConfigs(config, 2, 10).map(({ method }) => [method.inferenceEnd, method.collapseStart]),
  ).toEqual([
    [0, 100],
    [0, 900],
    [90, 100],
    [90, 900],
  ]);
});

test('a sweep trains every run, with progress, and ends', async () => {
  const events: SweepEvent[] = [];
  await sweep(gpu, sweepConfigs(config, 2, 6), data, (event) => events.push(event), { asked: false });
  const results = events.filter((event) => event.type === 'result');
  expect(results.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  for (const { m0, control, failure } of results) {
    expect(failure).toBeUndefined();
    expect(Number.isFinite(m0 + control)).toBe(true);
  }
  expect(events.some((event) => event.type === 'progress' && event.share > 0)).toBe(true);
  expect(events.at(-1)).toEqual({ type: 'end', stopped: false });
});

test('a sweep that is stopped ends at once and keeps what it has', async () => {
  const stop: SweepStop = { asked: false };
  const events: SweepEvent[] = [];
  await sweep(
    gpu,
    sweepConfigs(config, 2, 6),
    data,
    (event) => {
      events.push(event);
      if (event.type !== 'result') return;
      stop.asked = true;
      void stop.trainer?.pause();
    },
    stop,
  );
  expect(events.filter(({ type }) => type === 'result')).toHaveLength(1);
  expect(events.at(-1)).toEqual({ type: 'end', stopped: true });
});
