import { expect, test } from 'vitest';
import { generate } from '../../src/engine/data/generators.ts';
import { prepare } from '../../src/engine/data/windows.ts';
import { SafetensorsError } from '../../src/engine/export/safetensors.ts';
import { writeWeightsFile } from '../../src/engine/export/weightsFile.ts';
import { closeGpu, type Gpu, reopening } from '../../src/engine/gpu/device.ts';
import { CheckpointError, readCheckpoint } from '../../src/engine/train/checkpoint.ts';
import { parseConfig } from '../../src/engine/train/config.ts';
import { type LastingEvent, type LastingOptions, LastingRun } from '../../src/engine/train/lastingRun.ts';
import { openNodeGpu } from '../../src/node/gpu.ts';
import { useGpu } from '../gpu.ts';

const shared = useGpu();

const config = parseConfig({
  data: { window: 8, stride: 8 },
  model: { hiddenSize: 8, latentSize: 4, tokenSize: 8 },
  diffusion: { width: 16, blocks: 1, sampleSteps: 5 },
  train: { steps: 30, batchSize: 8, denoiserBatchSize: 8, warmup: 2, validations: 3 },
  evaluate: { times: 2, dependenceSeries: 4, count: 8, quadrature: 8, costly: false },
});
const data = prepare(generate('sines', { seed: 1, count: 40, seqLen: 8 }), config.data);

async function start(options: Partial<LastingOptions> = {}) {
  const events: LastingEvent[] = [];
  const onEvent = (event: LastingEvent) => {
    events.push(event);
    options.onEvent?.(event);
  };
  const run = await LastingRun.create({
    openGpu: async () => shared(),
    config,
    data,
    ...options,
    onEvent,
  });
  return { run, events };
}

const kinds = (events: readonly LastingEvent[]) => events.map(({ type }) => type);

test('a file made in the middle of training tells the past first, and ends in the file of a run never interrupted', async () => {
  const whole = await start();
  whole.run.trainer.limitSpeed(2000); // a step a submit, so that the question comes between two
  const training = whole.run.trainer.run();
  while (whole.run.trainer.completedSteps < 7) await new Promise((resolve) => setTimeout(resolve, 1));
  const asked = whole.run.file();
  await training;
  const file = await asked;
  const { step } = readCheckpoint(file).checkpoint.counters;
  expect(step).toBeGreaterThanOrEqual(7);
  expect(step).toBeLessThan(30);

  const other = await start({ checkpoint: file });
  const past = kinds(other.events);
  expect(past.indexOf('losses')).toBeLessThan(past.indexOf('ready'));
  expect(other.events.findLast(({ type }) => type === 'rewound')).toEqual({ type: 'rewound', step });
  const [rows] = other.events.flatMap((event) => (event.type === 'losses' ? [event.rows] : []));
  expect(rows?.map((row) => row.step)).toEqual(Array.from({ length: step }, (_, n) => n));
  await other.run.trainer.run();
  expect(Buffer.compare(await other.run.file(), await whole.run.file())).toBe(0);
  for (const { run } of [whole, other]) run.trainer.destroy();
});

test('the files that a run reports are its checkpoints, the last of them at its end', async () => {
  const { run, events } = await start();
  await run.trainer.run();
  const files = events.flatMap((event) => (event.type === 'file' ? [event] : []));
  expect(files.map(({ step }) => step)).toEqual([20, 30]);
  for (const { step, bytes } of files) {
    const { checkpoint, history } = readCheckpoint(bytes);
    expect(checkpoint.counters.step).toBe(step);
    const rows = history.flatMap((event) => (event.type === 'losses' ? event.rows : []));
    expect(rows).toHaveLength(step);
  }
  run.trainer.destroy();
});

test('two runs that lose their device together go on on one new device', async () => {
  const opened: Gpu[] = [];
  const openGpu = reopening(async () => {
    const gpu = await openNodeGpu();
    opened.push(gpu);
    return gpu;
  });
  const destroyAt = (event: LastingEvent) => {
    if (event.type === 'progress' && event.progress.step >= 5) opened[0]?.device.destroy();
  };
  const one = await start({ openGpu, onEvent: destroyAt });
  const two = await start({ openGpu, config: { ...config, method: { ...config.method, name: 'vae' } } });
  for (const { run } of [one, two]) run.trainer.limitSpeed(2000);
  await Promise.all([one.run.trainer.run(), two.run.trainer.run()]);
  expect(opened).toHaveLength(2);
  for (const { run, events } of [one, two]) {
    expect(run.trainer.completedSteps).toBe(30);
    expect(kinds(events)).not.toContain('failed');
    expect(events.some((event) => event.type === 'log' && event.message.includes('on a new device'))).toBe(
      true,
    );
    run.trainer.destroy();
  }
  for (const gpu of opened) closeGpu(gpu);
});

test('a run begins with the weights of a file', async () => {
  const first = await start({ config: { ...config, train: { ...config.train, steps: 8 } } });
  await first.run.trainer.run();
  const parameters = await first.run.trainer.parameters();
  first.run.trainer.destroy();
  const weights = writeWeightsFile(parameters, { config, features: data.features });
  const second = await start({ weights });
  const [name, array] = [...(await second.run.trainer.parameters())][0] ?? [];
  expect(array?.data).toEqual(parameters.get(name as string)?.data);
  second.run.trainer.destroy();
  const narrow = { ...config, model: { ...config.model, hiddenSize: 12 } };
  await expect(start({ weights, config: narrow })).rejects.toThrow(SafetensorsError);
});

test('a damaged checkpoint, or one of other data, is refused in words', async () => {
  const { run } = await start();
  const file = await run.file();
  run.trainer.destroy();
  const damaged = file.slice();
  damaged[damaged.length - 9] = (damaged[damaged.length - 9] as number) ^ 1;
  await expect(start({ checkpoint: damaged })).rejects.toThrow('is damaged');
  const other = prepare(generate('sines', { seed: 2, count: 40, seqLen: 8 }), config.data);
  await expect(start({ checkpoint: file, data: other })).rejects.toThrow(CheckpointError);
});
