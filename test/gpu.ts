import { afterAll, beforeAll } from 'vitest';
import { closeGpu, type Gpu, type OpenOptions } from '../src/engine/gpu/device.ts';
import { openNodeGpu } from '../src/node/gpu.ts';

/**
 * One GPU device for the test file that calls this at its top level: opened before its first test, destroyed
 * after its last. Options are those of `openGpu`. The returned function gives the device inside a test or a hook; a file without a device fails.
 */
export function useGpu(options?: Pick<OpenOptions, 'subgroups' | 'recurrentRows' | 'movingRows'>): () => Gpu {
  let gpu: Gpu | undefined;
  beforeAll(async () => {
    gpu = await openNodeGpu(options);
  });
  afterAll(() => {
    if (gpu) closeGpu(gpu);
  });
  return () => {
    if (!gpu) throw new Error('the GPU device opens before the first test: call this inside a test');
    return gpu;
  };
}
