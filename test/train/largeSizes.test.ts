import { describe, expect, test } from 'vitest';
import { instrumentBuffers } from '../bench/counters.ts';
import { largeRun, largeSizes, trainLarge } from '../bench/largeSizes.ts';
import { useGpu } from '../gpu.ts';

const gpu = useGpu();
/** The path of the dependence is most of the work of 1024 positions, and its residual is small at these nodes. */
const evaluate = { dependenceSeries: 1, quadrature: 16 } as const;

describe.each(largeSizes)('$T positions of $D features', (sizes) => {
  test.each(['lstm', 'transformer'] as const)(
    'train on %s in the bytes of the estimate',
    async (backbone) => {
      const counters = instrumentBuffers(gpu().device);
      const { estimate, allocated, losses } = await trainLarge(gpu(), counters, backbone, sizes, evaluate);
      expect(allocated).toBe(estimate);
      expect(losses.length).toBeGreaterThanOrEqual(largeRun.steps);
      expect(losses.every(Number.isFinite)).toBe(true);
      expect(gpu().fault).toBeUndefined();
    },
  );
});
