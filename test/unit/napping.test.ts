import { expect, test } from 'vitest';
import { napping } from '../../src/node/napping.ts';

const after = <T>(milliseconds: number, value: T) =>
  new Promise<T>((resolve) => setTimeout(() => resolve(value), milliseconds));

test('a wait gives what it waited for, or its error, and costs next to no time of the processor', async () => {
  const before = process.cpuUsage();
  expect(await napping(after(300, 7))).toBe(7);
  await expect(napping(Promise.reject(new Error('lost')))).rejects.toThrow('lost');
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(150);
});

test('thousands of short waits, one after the other, do not pile up their naps', async () => {
  const start = performance.now();
  for (let n = 0; n < 2000; n++) await napping(new Promise((resolve) => setImmediate(resolve)));
  expect(performance.now() - start).toBeLessThan(5000);
});
