import { afterAll, beforeAll } from 'vitest';
import { closeGpu, type Gpu, type OpenOptions } from '../src/engine/gpu/device.ts';
import { openNodeGpu } from '../src/node/gpu.ts';
import { onSharedDevices } from './sharedDevices.ts';

type Options = Pick<OpenOptions, 'subgroups' | 'fine' | 'recurrentRows' | 'movingRows'>;

/**
 * One GPU device for the test file that calls this at its top level: opened before its first test, destroyed
 * after its last; see `onSharedDevices` for what it shares with those of other files. Options are those of `openGpu`.
 * The returned function gives the device inside a test or a hook; a file without a device fails.
 */
export function useGpu(options?: Options): () => Gpu {
  return use(() => onSharedDevices(() => openNodeGpu(options)));
}

/** As {@link useGpu}, but the device is shared with no other file. */
export function useOwnGpu(options?: Options): () => Gpu {
  return use(() => openNodeGpu(options));
}

function use(open: () => Promise<Gpu>): () => Gpu {
  let gpu: Gpu | undefined;
  beforeAll(async () => {
    gpu = await open();
  });
  afterAll(() => {
    if (gpu) closeGpu(gpu);
  });
  return () => {
    if (!gpu) throw new Error('the GPU device opens before the first test: call this inside a test');
    return gpu;
  };
}
