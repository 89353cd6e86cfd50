import { beforeAll, describe, expect, test } from 'vitest';
import { nodeGpu } from '../../src/node/gpu.ts';
import { type Counters, instrument } from '../bench/counters.ts';
import { largeRun, largeSizes, trainLarge } from '../bench/largeSizes.ts';
import { useGpu } from '../gpu.ts';

let counters: Counters;
beforeAll(async () => {
  counters = instrument(await nodeGpu()); // before the device is opened, so that every buffer is counted
});
const gpu = useGpu();

describe.each(largeSizes)('$T positions of $D features', (sizes) => {
  test.each(['lstm', 'transformer'] as const)(
    'train on %s in the bytes of the estimate',
    async (backbone) => {
      const { estimate, allocated, losses } = await trainLarge(gpu(), counters, backbone, sizes);
      expect(allocated).toBe(estimate);
      expect(losses.length).toBeGreaterThanOrEqual(largeRun.steps);
      expect(losses.every(Number.isFinite)).toBe(true);
      expect(counters.errors).toEqual([]);
    },
  );
});
