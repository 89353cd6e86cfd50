import { GpuError } from './errors.ts';

/** An open device, what it is called, and the pipelines already compiled on it. */
export interface Gpu {
  readonly device: GPUDevice;
  /** Human-readable name of the adapter, e.g. `llvmpipe (LLVM 19.1, 256 bits)`. */
  readonly adapterName: string;
  /** Pipelines by kernel name and constants; shared by every plan on this device. */
  readonly pipelines: Map<string, Promise<GPUComputePipeline>>;
  /** Why the device was lost; undefined while it is alive, and after `closeGpu`. */
  lost?: string;
  /** It was given up by `closeGpu`. */
  closed?: boolean;
  /** An error that no error scope caught, out of memory for example; whoever reads it takes it away. */
  fault?: GpuError;
}

const limitsWanted = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
] as const;

/**
 * Opens a device with the adapter's own buffer and workgroup limits.
 * @param gpu the browser's `navigator.gpu`, or Dawn's in Node
 * @throws GpuError `no-adapter` when there is no WebGPU adapter
 */
export async function openGpu(gpu: GPU, options: GPURequestAdapterOptions = {}): Promise<Gpu> {
  const adapter = await gpu.requestAdapter(options);
  if (!adapter) {
    throw new GpuError(
      'no-adapter',
      'No WebGPU adapter was found: enable WebGPU, or update the graphics driver.',
    );
  }
  const requiredLimits: Record<string, number> = {};
  for (const name of limitsWanted) requiredLimits[name] = adapter.limits[name];
  const device = await adapter.requestDevice({ label: 'posterior-lab', requiredLimits });
  const { description, device: model, vendor, architecture } = adapter.info;
  const adapterName =
    description || model || [vendor, architecture].filter(Boolean).join(' ') || 'WebGPU adapter';
  const opened: Gpu = { device, adapterName, pipelines: new Map() };
  device.lost.then((info) => {
    if (!opened.closed) opened.lost = info.message || 'the driver gave no reason';
  });
  device.onuncapturederror = ({ error }) => {
    const full = typeof GPUOutOfMemoryError !== 'undefined' && error instanceof GPUOutOfMemoryError;
    opened.fault = new GpuError(full ? 'out-of-memory' : 'validation', error.message);
  };
  return opened;
}

/**
 * A device for all who ask: the one there is while it lives, then another. Who asks while one is being opened gets that one, so
 * that runs which lose their device together go on together.
 * @param open opens a device
 * @param first one that is open already
 */
export function reopening(open: () => Promise<Gpu>, first?: Gpu): () => Promise<Gpu> {
  let gpu = first;
  let opening: Promise<Gpu> | undefined;
  return async () => {
    if (gpu && gpu.lost === undefined) return gpu;
    opening ??= open().finally(() => {
      opening = undefined;
    });
    gpu = await opening;
    return gpu;
  };
}

/** Gives a device up on purpose: it does not count as lost. */
export function closeGpu(gpu: Gpu): void {
  gpu.closed = true;
  gpu.device.destroy();
}
