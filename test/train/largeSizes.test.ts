import { describe, expect, test } from 'vitest';
import { instrumentBuffers } from '../bench/counters.ts';
import { largeSizes, trainLarge } from '../bench/largeSizes.ts';
import { useGpu } from '../gpu.ts';

const gpu = useGpu();
/** Smaller than what the benchmark times: a step beyond the first, and a short path, show as much of the bytes. */
const tiny = { hidden: 8, steps: 2, evaluate: { dependenceSeries: 1, quadrature: 8 } } as const;

describe.each(largeSizes)('$T positions of $D features', (sizes) => {
  test.each(['lstm', 'transformer'] as const)(
    'train on %s in the bytes of the estimate',
    async (backbone) => {
      const counters = instrumentBuffers(gpu().device);
      const { estimate, allocated, losses } = await trainLarge(gpu(), counters, backbone, sizes, tiny);
      expect(allocated).toBe(estimate);
      expect(losses.length).toBeGreaterThanOrEqual(tiny.steps);
      expect(losses.every(Number.isFinite)).toBe(true);
      expect(gpu().fault).toBeUndefined();
    },
  );
});
