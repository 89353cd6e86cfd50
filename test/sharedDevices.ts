import { nodeGpu } from '../src/node/gpu.ts';

/** A device for all of this process's test files, and what has been compiled on it. */
interface Shared {
  device: GPUDevice;
  modules: Map<string, GPUShaderModule>;
  pipelines: Map<GPUShaderModule, Map<string, Promise<GPUComputePipeline>>>;
}

/**
 * While `body` runs, `nodeGpu()` opens no device anew but gives a part in one that lives as long as the process: what one
 * test file has compiled is there for the next, which saves a software adapter most of its work. Such a part looks like a device of
 * its own: it has no buffers but those made on it, and they are gone once it is destroyed. What breaks a device, or counts what its
 * driver does, needs a real one.
 */
export async function onSharedDevices<T>(body: () => Promise<T>): Promise<T> {
  const gpu = await nodeGpu();
  const { requestAdapter } = gpu;
  gpu.requestAdapter = async (options) => {
    const adapter = await requestAdapter.call(gpu, options);
    if (adapter) {
      const requestDevice = adapter.requestDevice.bind(adapter);
      adapter.requestDevice = async (descriptor) => partIn(await shared(descriptor, requestDevice));
    }
    return adapter;
  };
  try {
    return await body();
  } finally {
    gpu.requestAdapter = requestAdapter;
  }
}

/** The device of this process that was asked for in these words. */
async function shared(
  descriptor: GPUDeviceDescriptor | undefined,
  open: GPUAdapter['requestDevice'],
): Promise<Shared> {
  const devices = keptForTheProcess();
  const key = JSON.stringify(descriptor);
  const known = devices.get(key);
  if (known) return known;
  const device = await open(descriptor);
  const opened: Shared = { device, modules: new Map(), pipelines: new Map() };
  devices.set(key, opened);
  void device.lost.then(() => devices.delete(key));
  return opened;
}

/** What a test takes for its device. */
function partIn({ device, modules, pipelines }: Shared): GPUDevice {
  const buffers = new Set<GPUBuffer>();
  let lose: (info: GPUDeviceLostInfo) => void = () => {};
  const own: Record<PropertyKey, unknown> = {
    lost: new Promise<GPUDeviceLostInfo>((resolve) => {
      lose = resolve;
    }),
    createBuffer(descriptor: GPUBufferDescriptor) {
      const buffer = device.createBuffer(descriptor);
      buffers.add(buffer);
      return buffer;
    },
    createShaderModule(descriptor: GPUShaderModuleDescriptor) {
      const module = modules.get(descriptor.code) ?? device.createShaderModule(descriptor);
      modules.set(descriptor.code, module);
      return module;
    },
    createComputePipelineAsync(descriptor: GPUComputePipelineDescriptor) {
      const { module, ...rest } = descriptor.compute;
      const ofModule = pipelines.get(module) ?? new Map<string, Promise<GPUComputePipeline>>();
      pipelines.set(module, ofModule);
      const key = JSON.stringify(rest);
      const pipeline = ofModule.get(key) ?? device.createComputePipelineAsync(descriptor);
      ofModule.set(key, pipeline);
      return pipeline;
    },
    destroy() {
      for (const buffer of buffers) buffer.destroy();
      buffers.clear();
      lose({ reason: 'destroyed', message: 'A test has destroyed its part.' } as GPUDeviceLostInfo);
    },
  };
  return new Proxy(device, {
    get(_, key) {
      if (key in own) return own[key];
      const value = Reflect.get(device, key);
      if (typeof value !== 'function') return value;
      own[key] = value.bind(device);
      return own[key];
    },
    set(_, key, value) {
      if (key === 'onuncapturederror') return Reflect.set(device, key, value);
      own[key] = value;
      return true;
    },
  });
}

/** On the global object: each file has its own instance of this module. */
function keptForTheProcess(): Map<string, Shared> {
  const holder = globalThis as { posteriorLabTestDevices?: Map<string, Shared> };
  holder.posteriorLabTestDevices ??= new Map();
  return holder.posteriorLabTestDevices;
}
