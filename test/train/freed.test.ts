import { expect, test, vi } from 'vitest';
import { generate } from '../../src/engine/data/generators.ts';
import { prepare } from '../../src/engine/data/windows.ts';
import type { Gpu } from '../../src/engine/gpu/device.ts';
import { Memory } from '../../src/engine/gpu/memory.ts';
import type { Checkpoint } from '../../src/engine/train/checkpoint.ts';
import { parseConfig } from '../../src/engine/train/config.ts';
import { Evaluator } from '../../src/engine/train/evaluator.ts';
import type { TrainerEvent } from '../../src/engine/train/protocol.ts';
import { RecoveringTrainer } from '../../src/engine/train/recovery.ts';
import { tryStep } from '../../src/engine/train/stepTrial.ts';
import { Trainer } from '../../src/engine/train/trainer.ts';
import { openNodeGpu } from '../../src/node/gpu.ts';
import { useGpu } from '../gpu.ts';

const gpu = useGpu();

const config = parseConfig({
  data: { window: 8, stride: 8 },
  model: { hiddenSize: 8, latentSize: 4, tokenSize: 8 },
  method: { name: 'vae' },
  train: { steps: 400, batchSize: 8, warmup: 2, validations: 0 },
  evaluate: { times: 1, dependenceSeries: 4, count: 8, quadrature: 8 },
});
const data = prepare(generate('sines', { seed: 1, count: 40, seqLen: 8 }), config.data);

/** The same device, under a count of the buffers made through it that have not been freed. */
function counted(on: Gpu) {
  const held = new Set<GPUBuffer>();
  const createBuffer = (descriptor: GPUBufferDescriptor) => {
    const buffer = on.device.createBuffer(descriptor);
    const destroy = buffer.destroy.bind(buffer);
    buffer.destroy = () => {
      held.delete(buffer);
      return destroy();
    };
    held.add(buffer);
    return buffer;
  };
  return { gpu: { ...on, device: standIn(on.device, { createBuffer }) }, held };
}

/** A device some of whose properties are others. */
function standIn(device: GPUDevice, others: Partial<Record<keyof GPUDevice, unknown>>): GPUDevice {
  return new Proxy(device, {
    get(target, name) {
      if (name in others) return others[name as keyof GPUDevice];
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

test('a step that was only tried is as much work as the run says of its own, and frees its memory', async () => {
  const { gpu: on, held } = counted(gpu());
  const { time, work } = await tryStep(on, config, data);
  expect(time).toBeGreaterThan(0);
  expect(work).toBe(Trainer.needs(config, data).work);
  expect(held.size).toBe(0);
});

const noWeights = { weights: new Map() };

test('a run, or an evaluator, that cannot be set up frees the memory it had taken', async () => {
  const { gpu: on, held } = counted(gpu());
  await expect(Trainer.create(on, config, data, () => {}, noWeights)).rejects.toThrow('the weights have no');
  expect(held.size).toBe(0);
  await expect(Evaluator.create(on, config, data.train, new Map())).rejects.toThrow('the weights have no');
  expect(held.size).toBe(0);
});

test('a checkpoint that does not fit leaves nothing on the device', async () => {
  const { gpu: on, held } = counted(gpu());
  const from = { config, data: 'of other data' } as Checkpoint;
  const options = { openGpu: async () => on, config, data, onEvent: () => {}, from };
  await expect(RecoveringTrainer.create(options)).rejects.toThrow('other data');
  expect(held.size).toBe(0);
});

test('a run that is removed while it trains stops, fails in nothing, and frees its memory', async () => {
  const { gpu: on, held } = counted(gpu());
  const events: TrainerEvent[] = [];
  const trainer = await Trainer.create(on, config, data, (event) => events.push(event));
  const training = trainer.run();
  await vi.waitUntil(() => trainer.completedSteps > 2, { timeout: 20_000, interval: 1 });
  trainer.destroy();
  await training;
  expect(events.filter(({ type }) => type === 'failed')).toEqual([]);
  expect(trainer.completedSteps).toBeLessThan(400);
  await vi.waitUntil(() => held.size === 0);
});

/** A recovering run whose first device is lost at its first step; `second` is what comes after it. */
async function losingItsDevice(second: () => Promise<Gpu>) {
  const first = await openNodeGpu();
  const devices = [async () => first, second];
  const events: TrainerEvent[] = [];
  const trainer = await RecoveringTrainer.create({
    openGpu: () => (devices.shift() ?? (async () => gpu()))(),
    config,
    data,
    onEvent: (event) => events.push(event),
  });
  const training = trainer.run();
  await vi.waitUntil(() => trainer.completedSteps > 2, { timeout: 20_000, interval: 1 });
  first.device.destroy();
  return { trainer, training, events };
}

test('a run that is removed while another device is sought frees what it had made there', async () => {
  const { gpu: on, held } = counted(gpu());
  let sought = false;
  let found: () => void = () => {};
  const waiting = new Promise<void>((resolve) => {
    found = resolve;
  });
  const { trainer, training, events } = await losingItsDevice(async () => {
    sought = true;
    await waiting;
    return on;
  });
  await vi.waitUntil(() => sought, { timeout: 20_000 });
  trainer.destroy();
  found();
  await training;
  expect(held.size).toBe(0);
  expect(events.filter(({ type }) => type === 'failed')).toEqual([]);
});

test('a run that found no room on another device can be reset where there is room again', async () => {
  const limits = { maxBufferSize: 1024, maxStorageBufferBindingSize: 1024 };
  const small = { ...gpu(), device: standIn(gpu().device, { limits }) };
  const { trainer, training, events } = await losingItsDevice(async () => small);
  await training;
  expect(events.at(-1)).toMatchObject({ type: 'failed', failure: { cause: 'out-of-memory' } });
  await trainer.reset();
  await trainer.step();
  expect(trainer.completedSteps).toBe(1);
  trainer.destroy();
});

test('a buffer is refused that is above either limit of the device, before anything is allocated', async () => {
  const [small, large] = [1024, 2 ** 30];
  for (const limits of [
    { maxBufferSize: small, maxStorageBufferBindingSize: large },
    { maxBufferSize: large, maxStorageBufferBindingSize: small },
  ]) {
    const { gpu: on, held } = counted({ ...gpu(), device: standIn(gpu().device, { limits }) });
    const memory = new Memory();
    memory.storage('fits', small);
    await memory.allocate(on);
    expect(held.size).toBe(1);
    memory.storage('too large', small + 16);
    await expect(memory.allocate(on)).rejects.toMatchObject({ kind: 'limit' });
    memory.destroy();
    expect(held.size).toBe(0);
  }
});
