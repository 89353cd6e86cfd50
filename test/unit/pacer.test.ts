import { expect, test } from 'vitest';
import type { Gpu } from '../../src/engine/gpu/device.ts';
import { Pacer } from '../../src/engine/train/pacer.ts';

const gpu = {
  device: { queue: { onSubmittedWorkDone: async () => {} } },
  wait: (pending: Promise<unknown>) => pending,
} as unknown as Gpu;
const phases = { joint: 80, total: 100 };

test('a slowed run makes its steps one by one, as many a second as it may, and says so', async () => {
  const pacer = new Pacer();
  pacer.limit = 20;
  const start = performance.now();
  for (let step = 1; step <= 4; step++) {
    expect(pacer.stepsPerSubmit).toBe(1);
    await pacer.inTurn(gpu, () => pacer.finished(gpu, step + 1, 1));
    await pacer.rest(() => false);
  }
  expect(performance.now() - start).toBeGreaterThan(4 * 50 - 5);
  const { stepsPerSecond, secondsLeft, stepTime } = pacer.progress(20, phases, 0);
  expect(stepsPerSecond).toBe(20);
  expect(stepTime).toBeLessThan(25); // by itself, without the rests
  expect(secondsLeft).toBeCloseTo(80 / 20);
});

test('a pause does not wait for the next step of a slowed run', async () => {
  const pacer = new Pacer();
  pacer.limit = 0.1;
  let stopped = false;
  setTimeout(() => {
    stopped = true;
  }, 20);
  const start = performance.now();
  await pacer.inTurn(gpu, () => pacer.finished(gpu, 5, 1));
  await pacer.rest(() => stopped);
  expect(performance.now() - start).toBeLessThan(1000);
});

test('the time left counts the evaluations that are still to come', async () => {
  const pacer = new Pacer();
  pacer.limit = 10;
  await pacer.evaluated(() => new Promise((resolve) => setTimeout(resolve, 30)));
  const { secondsLeft } = pacer.progress(90, phases, 4);
  expect(secondsLeft).toBeGreaterThan(1 + 4 * 0.029);
  expect(secondsLeft).toBeLessThan(1 + 4 * 0.5);
});

test('runs whose steps are long take turns: a submit waits for the one under way', async () => {
  const queue: (() => void)[] = [];
  const busy = {
    device: { queue: { onSubmittedWorkDone: () => new Promise<void>((done) => queue.push(done)) } },
    wait: (pending: Promise<unknown>) => pending,
  } as unknown as Gpu;
  const pacers = [new Pacer(), new Pacer()] as const;
  const submits: string[] = [];
  const run = async (name: string, pacer: Pacer) => {
    for (let step = 2; step <= 8; step++) {
      await pacer.inTurn(busy, async () => {
        submits.push(name);
        await pacer.finished(busy, step, 1);
      });
    }
  };
  const runs = [run('a', pacers[0]), run('b', pacers[1])];
  const underWay: number[] = [];
  for (let ended = 0; ended < 14; ended++) {
    await new Promise((resolve) => setTimeout(resolve, 40)); // longer than a submit should take
    underWay.push(queue.length);
    queue.shift()?.();
  }
  await Promise.all(runs);
  expect(submits.join('')).toBe('ab'.repeat(7));
  // Each has the device half of the time, and says so.
  for (const pacer of pacers) expect(pacer.progress(8, phases, 0).stepsPerSecond).toBeLessThan(1000 / 50);
  expect(underWay).toEqual([2, 2, ...new Array(12).fill(1)]); // nothing is known of the first ones, and the second then has its turn beside one
});
