/** What a contestant asks of the device, counted under its own hands. */
export interface Counters {
  dispatches: number;
  submits: number;
  /** Bytes of live buffers, and the most there have been. */
  bytes: number;
  peakBytes: number;
  /** Messages of errors that nobody caught: an invalid submit does no work, so its times mean nothing. */
  errors: string[];
}

const nothingYet = (): Counters => ({ dispatches: 0, submits: 0, bytes: 0, peakBytes: 0, errors: [] });

/** Counts on every device that `gpu` opens from here on. */
export function instrument(gpu: GPU): Counters {
  const counters = nothingYet();
  const requestAdapter = gpu.requestAdapter.bind(gpu);
  gpu.requestAdapter = async (options) => {
    const adapter = await requestAdapter(options);
    if (!adapter) return adapter;
    const requestDevice = adapter.requestDevice.bind(adapter);
    adapter.requestDevice = async (descriptor) => {
      const device = await requestDevice(descriptor);
      watch(device, counters);
      return device;
    };
    return adapter;
  };
  return counters;
}

/** Counts on this device, from here on, the bytes of its live buffers and nothing else. */
export function instrumentBuffers(device: GPUDevice): Counters {
  const counters = nothingYet();
  watchBuffers(device, counters);
  return counters;
}

function watchBuffers(device: GPUDevice, counters: Counters): void {
  const createBuffer = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const buffer = createBuffer(descriptor);
    counters.bytes += descriptor.size;
    counters.peakBytes = Math.max(counters.peakBytes, counters.bytes);
    const destroy = buffer.destroy.bind(buffer);
    buffer.destroy = () => {
      counters.bytes -= descriptor.size;
      return destroy();
    };
    return buffer;
  };
}

function watch(device: GPUDevice, counters: Counters): void {
  device.addEventListener('uncapturederror', ({ error }) => counters.errors.push(error.message));
  watchBuffers(device, counters);
  const submit = device.queue.submit.bind(device.queue);
  device.queue.submit = (buffers) => {
    counters.submits++;
    return submit(buffers);
  };
  const createCommandEncoder = device.createCommandEncoder.bind(device);
  device.createCommandEncoder = (descriptor) => {
    const encoder = createCommandEncoder(descriptor);
    const beginComputePass = encoder.beginComputePass.bind(encoder);
    encoder.beginComputePass = (options) => {
      const pass = beginComputePass(options);
      const dispatch = pass.dispatchWorkgroups.bind(pass);
      pass.dispatchWorkgroups = (x, y, z) => {
        counters.dispatches++;
        return dispatch(x, y, z);
      };
      return pass;
    };
    return encoder;
  };
}
