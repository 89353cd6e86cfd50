import { expect, test } from 'vitest';
import { openGpu } from '../../src/engine/gpu/device.ts';

const promised = { maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 27 };

/** A browser's GPU whose adapters look like `adapter`; `asked` takes what devices are asked for, and throws to refuse. */
function browser(adapter: object, asked: (descriptor: GPUDeviceDescriptor) => void): GPU {
  const requestAdapter = async () => {
    let given = false;
    return {
      features: new Set<string>(),
      limits: promised,
      requestDevice: async (descriptor: GPUDeviceDescriptor) => {
        if (given) throw new Error('the adapter is consumed');
        given = true;
        asked(descriptor);
        return { features: new Set(descriptor.requiredFeatures), lost: new Promise(() => {}) };
      },
      ...adapter,
    };
  };
  return { requestAdapter } as unknown as GPU;
}

test('a browser that is older than adapter.info is asked in its own way', async () => {
  const info = { vendor: 'intel', architecture: 'gen-9', device: '', description: '' };
  const gpu = await openGpu(
    browser({ requestAdapterInfo: async () => info, isFallbackAdapter: true }, () => {}),
  );
  expect(gpu).toMatchObject({
    adapterName: 'intel gen-9',
    fallback: true,
    subgroups: false,
    subgroupSize: 4,
  });
});

test('an adapter that says nothing of itself opens', async () => {
  expect(await openGpu(browser({}, () => {}))).toMatchObject({
    adapterName: 'WebGPU adapter',
    fallback: false,
  });
});

test('a device that is refused with all that is offered is asked for with less, each time of a new adapter', async () => {
  const asked: GPUDeviceDescriptor[] = [];
  const offering = browser({ info: {}, features: new Set(['subgroups']) }, (descriptor) => {
    asked.push(descriptor);
    if (asked.length < 3) throw new Error('the driver would not');
  });
  const gpu = await openGpu(offering);
  expect(asked.map(({ requiredFeatures }) => requiredFeatures)).toEqual([['subgroups'], [], []]);
  expect(asked.map(({ requiredLimits }) => requiredLimits?.maxBufferSize)).toEqual([
    promised.maxBufferSize,
    promised.maxBufferSize,
    undefined,
  ]);
  expect(gpu.subgroups).toBe(false);
});

test('an adapter that gives no device at all is an error that says why', async () => {
  const refusing = browser({}, () => {
    throw new Error('out of handles');
  });
  await expect(openGpu(refusing)).rejects.toMatchObject({
    kind: 'no-adapter',
    message: 'The WebGPU adapter gave no device (out of handles): update the graphics driver.',
  });
});
