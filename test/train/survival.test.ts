import { describe, expect, test } from 'vitest';
import { generate } from '../../src/engine/data/generators.ts';
import { parts } from '../../src/engine/data/types.ts';
import { prepare } from '../../src/engine/data/windows.ts';
import { closeGpu, type Gpu } from '../../src/engine/gpu/device.ts';
import {
  type Checkpoint,
  fingerprint,
  readCheckpoint,
  writeCheckpoint,
} from '../../src/engine/train/checkpoint.ts';
import { type Config, parseConfig } from '../../src/engine/train/config.ts';
import { HistoryKeeper, readHistory, writeHistory } from '../../src/engine/train/history.ts';
import type { LossRow, TrainerEvent } from '../../src/engine/train/protocol.ts';
import { RecoveringTrainer, type RecoveryOptions } from '../../src/engine/train/recovery.ts';
import { optimiserSchedule, phases } from '../../src/engine/train/shape.ts';
import { openNodeGpu } from '../../src/node/gpu.ts';
import { useGpu } from '../gpu.ts';

const shared = useGpu();

function tiny(overrides: { method?: object; train?: object } = {}): Config {
  return parseConfig({
    data: { window: 8, stride: 8 },
    model: { hiddenSize: 8, latentSize: 4, tokenSize: 8 },
    method: overrides.method ?? {},
    diffusion: { width: 16, blocks: 1, sampleSteps: 5 },
    train: { steps: 30, batchSize: 8, denoiserBatchSize: 8, warmup: 2, validations: 3, ...overrides.train },
    evaluate: { times: 2, dependenceSeries: 4, count: 8, quadrature: 8 },
  });
}

const sines = generate('sines', { seed: 1, count: 40, seqLen: 8 });
const data = prepare(sines, tiny().data);
const interval = { steps: 4, seconds: 1e6 };

/** A recovering trainer, what it reports, and everything that must be the same bits however it came about. */
async function start(config: Config, options: Partial<RecoveryOptions> = {}) {
  const history = new HistoryKeeper();
  const events: TrainerEvent[] = [];
  const checkpoints: Checkpoint[] = [];
  const onEvent = (event: TrainerEvent) => {
    events.push(event);
    history.add(event);
    if (event.type === 'checkpoint') checkpoints.push(event.checkpoint);
    options.onEvent?.(event);
  };
  const openGpu = options.openGpu ?? (async () => shared());
  const trainer = await RecoveringTrainer.create({ config, data, interval, ...options, openGpu, onEvent });
  const result = async () => ({
    rows: history.rows,
    curves: history.curves,
    weights: [...(await trainer.parameters())].map(([name, array]) => [name, [...array.data]]),
    counters: checkpoints.at(-1)?.counters,
  });
  return { trainer, events, history, checkpoints, result };
}

async function uninterrupted(config: Config) {
  const { trainer, result, checkpoints } = await start(config);
  await trainer.run();
  const whole = await result();
  trainer.destroy();
  return { whole, checkpoints };
}

const logs = (events: TrainerEvent[]) => events.flatMap((e) => (e.type === 'log' ? [e.message] : []));

describe.each(['posterior-stable', 'latent-diffusion', 'vae'])('%s', (name) => {
  test('a run resumed from any checkpoint, through a file, has the bits of one never interrupted', async () => {
    const config = tiny({ method: { name } });
    const { whole, checkpoints } = await uninterrupted(config);
    expect(checkpoints.map(({ counters }) => counters.step)).toEqual([4, 8, 12, 16, 20, 24, 28, 30]);
    for (const at of name === 'posterior-stable' ? [0, 3, 5] : [4]) {
      const before = new HistoryKeeper();
      before.rows = whole.rows.slice(0, 4 * (at + 1));
      before.curves = whole.curves.filter(
        ({ step }) => step <= (checkpoints[at]?.counters.evaluatedAt ?? -1),
      );
      const file = writeCheckpoint(checkpoints[at] as Checkpoint, writeHistory(before));
      const { checkpoint, history: past } = readCheckpoint(file);
      const { trainer, history, result } = await start(config, { from: checkpoint });
      for (const event of past) history.add(event);
      await trainer.run();
      expect(await result()).toEqual(whole);
      trainer.destroy();
    }
  });
});

describe('a lost device', () => {
  /** Opens a device anew when the last one is lost. */
  function ownGpu() {
    let gpu: Gpu | undefined;
    let opened = 0;
    const openGpu = async () => {
      if (!gpu || gpu.lost !== undefined) {
        gpu = await openNodeGpu();
        opened++;
      }
      return gpu;
    };
    return { openGpu, device: () => gpu?.device, opened: () => opened, close: () => gpu && closeGpu(gpu) };
  }

  test('is replaced, and the run ends with the bits of one that kept its device', async () => {
    const config = tiny();
    const { whole } = await uninterrupted(config);
    // Each run begins on the device that replaced the last one's.
    const { openGpu, device, opened, close } = ownGpu();
    for (const [index, at] of [2, 9, 17, 22, 27].entries()) {
      let destroyed = false;
      const { trainer, events, result } = await start(config, {
        openGpu,
        onEvent: (event) => {
          if (destroyed || event.type !== 'progress' || event.progress.step < at) return;
          destroyed = true;
          device()?.destroy();
        },
      });
      trainer.limitSpeed(2000); // a step a submit
      await trainer.run();
      expect(await result(), `destroyed at step ${at}`).toEqual(whole);
      expect(opened()).toBe(index + 2);
      expect(logs(events).filter((line) => line.startsWith('The GPU device was lost'))).toHaveLength(1);
      expect(events.some(({ type }) => type === 'failed')).toBe(false);
      trainer.destroy();
    }
    close();
  });

  /** The shared device, taken for lost when it is told so: what follows is the same, without the seconds that a new one takes. */
  function oneThatSeemsLost() {
    let gpu: Gpu | undefined;
    let opened = 0;
    const openGpu = async () => {
      if (gpu && gpu.lost === undefined) return gpu;
      opened++;
      gpu = { ...shared() };
      return gpu;
    };
    const lose = () => {
      if (gpu) gpu.lost = 'unplugged';
    };
    return { openGpu, lose, opened: () => opened };
  }

  test('is replaced as often as it takes, where the run comes to a new checkpoint in between', async () => {
    const config = tiny();
    const { whole } = await uninterrupted(config);
    const { openGpu, lose, opened } = oneThatSeemsLost();
    let [kept, losses] = [-1, 0];
    const { trainer, events, result } = await start(config, {
      openGpu,
      onEvent: (event) => {
        if (event.type === 'checkpoint') kept = event.checkpoint.counters.step;
        if (event.type !== 'progress' || kept < 0 || event.progress.step <= kept || losses === 4) return;
        [kept, losses] = [-1, losses + 1];
        lose();
      },
    });
    await trainer.run();
    expect(await result()).toEqual(whole);
    expect(opened()).toBe(5);
    expect(logs(events).filter((line) => line.includes('(try 1 of 3)'))).toHaveLength(4);
    expect(events.some(({ type }) => type === 'failed')).toBe(false);
    trainer.destroy();
  });

  test('leaves the learning rate as rollbacks have left it, and a reset gives the full one back', async () => {
    const config = tiny();
    const { whole, checkpoints } = await uninterrupted(config);
    const { counters, ...rest } = checkpoints[1] as Checkpoint;
    const from: Checkpoint = { ...rest, counters: { ...counters, rateScale: 0.5, rollbacks: 1 } };
    const calm = await start(config, { from });
    await calm.trainer.run();
    const slower = await calm.result();
    calm.trainer.destroy();
    expect(slower.weights).not.toEqual(whole.weights);
    const rates = optimiserSchedule(config, 0.5);
    for (const { step, lr } of slower.rows)
      expect(lr, `step ${step}`).toBe(rates[4 * step + (step < phases(config).joint ? 0 : 1)]);

    const { openGpu, lose, opened } = oneThatSeemsLost();
    let due = true;
    const { trainer, result } = await start(config, {
      from,
      openGpu,
      onEvent: (event) => {
        if (!due || event.type !== 'progress' || event.progress.step < 14) return;
        due = false;
        lose();
      },
    });
    await trainer.run();
    expect(opened()).toBe(2);
    expect(await result()).toEqual(slower);
    await trainer.reset();
    due = true;
    await trainer.run();
    expect(opened()).toBe(3);
    expect(await result()).toEqual(whole);
    trainer.destroy();
  });

  test.each(['vae', 'posterior-stable'])(
    '%s: three new devices that are lost too end the run, with what is kept',
    async (name) => {
      const { openGpu, device, opened, close } = ownGpu();
      const { trainer, events } = await start(tiny({ method: { name } }), {
        openGpu,
        onEvent: (event) => {
          if (event.type === 'progress' && event.progress.step > 5) device()?.destroy();
        },
      });
      trainer.limitSpeed(2000);
      await trainer.run();
      const failed = events.flatMap((event) => (event.type === 'failed' ? [event.failure] : []));
      expect(failed).toHaveLength(1);
      expect(failed[0]).toMatchObject({ cause: 'device-lost' });
      expect(failed[0]?.message).toContain('3 new devices');
      expect(failed[0]?.saved).toContain('up to step 4 is kept');
      expect(opened()).toBe(4);
      trainer.destroy();
      close();
    },
  );
});

test('a loss that is no number sends the run back with half the rate, three times, and then ends it', async () => {
  const config = tiny({
    method: { penalty: 'literal', lambdaCS: 1000 },
    train: { learningRate: 1, minLearningRate: 0, warmup: 0, steps: 400, clip: 1e6, validations: 0 },
  });
  const wild = prepare(sines, config.data);
  wild.train.values.set(wild.train.values.map((value) => value * 1e19));
  const { trainer, events } = await start(config, { data: wild });
  await trainer.run();
  trainer.destroy();
  expect(
    logs(events).map((line) => /Back to step \d+ with the learning rate times (.*)\.$/.exec(line)?.[1]),
  ).toEqual(['0.5', '0.25', '0.125']);
  const failed = events.flatMap((event) => (event.type === 'failed' ? [event.failure] : []));
  expect(failed).toHaveLength(1);
  expect(failed[0]?.advice).toContain("use 'hinge'");
  expect(failed[0]?.saved).toContain('sent back 3 times');
});

describe('a checkpoint file', () => {
  const config = tiny();
  const checkpoint: Checkpoint = {
    config,
    data: '00000000',
    counters: {
      step: 7,
      evaluatedAt: -1,
      nodes: 0,
      validatedAt: -1,
      best: null,
      frozen: false,
      rateScale: 1,
      rollbacks: 0,
    },
    tensors: new Map([['a', { shape: [2, 2], data: Float32Array.of(1, -0, Number.NaN, 1e-40) }]]),
  };

  test('comes back as it was', () => {
    expect(readCheckpoint(writeCheckpoint(checkpoint)).checkpoint).toEqual(checkpoint);
    const stored = writeHistory(new HistoryKeeper());
    expect(readHistory(stored)).toEqual([{ type: 'losses', rows: [] }]);
  });

  test('is refused when any of its bytes differs, or its end is missing', () => {
    const bytes = writeCheckpoint(checkpoint);
    for (let at = 0; at < bytes.length; at += 3) {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] as number) ^ 1;
      expect(() => readCheckpoint(damaged), `byte ${at}`).toThrow();
      expect(() => readCheckpoint(bytes.subarray(0, at)), `cut at ${at}`).toThrow();
    }
  });

  test('of other settings or other data is refused', async () => {
    const { trainer, checkpoints } = await start(tiny({ train: { steps: 4 } }));
    await trainer.run();
    trainer.destroy();
    const from = checkpoints[0] as Checkpoint;
    await expect(start(tiny({ train: { steps: 5 } }), { from })).rejects.toThrow('other settings');
    const other = prepare(generate('sines', { seed: 2, count: 40, seqLen: 8 }), config.data);
    await expect(start(tiny({ train: { steps: 4 } }), { from, data: other })).rejects.toThrow('other data');
  });

  test('knows its data by values and masks of every part', () => {
    const own = fingerprint(data);
    expect(fingerprint(prepare(sines, tiny().data))).toBe(own);
    for (const part of parts) {
      for (const array of ['values', 'mask'] as const) {
        const changed = data[part][array].slice();
        changed[changed.length - 1] = 0.25;
        const other = { ...data, [part]: { ...data[part], [array]: changed } };
        expect(fingerprint(other), `${array} of ${part}`).not.toBe(own);
      }
    }
  });
});

test('of a long run the history keeps losses equally spaced from the first on', () => {
  const history = new HistoryKeeper();
  const row = (step: number): LossRow => ({ step, total: 1, vi: 1, cs: 0, dm: 0, kl: 0, gradNorm: 1, lr: 1 });
  for (let step = 0; step < 40_000; step += 1000)
    history.add({ type: 'losses', rows: Array.from({ length: 1000 }, (_, i) => row(step + i)) });
  expect(history.rows.map(({ step }) => step)).toEqual(Array.from({ length: 10_000 }, (_, n) => 4 * n));
  history.add({ type: 'rewound', step: 20_000 });
  history.add({ type: 'losses', rows: [20_000, 20_001, 20_004].map(row) });
  expect(history.rows.slice(-3).map(({ step }) => step)).toEqual([19_996, 20_000, 20_004]);
});
