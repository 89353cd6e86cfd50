import { messageOf } from '../messageOf.ts';
import { GpuError } from './errors.ts';

/** An open device, what it is called, and the pipelines already compiled on it. */
export interface Gpu {
  readonly device: GPUDevice;
  /** Human-readable name of the adapter, e.g. `llvmpipe (LLVM 19.1, 256 bits)`. */
  readonly adapterName: string;
  /** A software adapter, as a browser tells of its own: its work is the processor's. */
  readonly fallback: boolean;
  /** Whether threads that run together can hand each other values; see kernels/subgroups.ts. */
  subgroups: boolean;
  /** How many run together at least, where they can. */
  readonly subgroupSize: number;
  /**
   * How products and recurrences are cut. Fine: for a GPU that runs thousands of threads at once. Coarse: for a software adapter, whose few
   * threads are the processor's, and which reads for each of its lanes apart.
   */
  readonly fine: boolean;
  /** Batch rows that a workgroup of a recurrence owns, cut coarsely. */
  readonly recurrentRows: 8 | 16;
  /**
   * How a thread takes the rows of its tile. False: one by one as the driver unrolls its loops, as a compiler for a GPU does. True: in
   * loops that it cannot unroll, where rows move up through the registers, so that none is indexed by the loop. Every read and
   * write is compiled once instead of once a row.
   */
  readonly movingRows: boolean;
  /** Pipelines by kernel name and constants; shared by every plan on this device. */
  readonly pipelines: Map<string, Promise<GPUComputePipeline>>;
  /** Waits for what the device has yet to do, in the way that suits the host. */
  readonly wait: <T>(pending: Promise<T>) => Promise<T>;
  /** Ends with the last turn that a run has taken, where runs take turns; see train/pacer.ts. */
  lastTurn?: Promise<void>;
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

/** How a device is opened. */
export interface OpenOptions extends GPURequestAdapterOptions {
  /** See `Gpu.wait`; a browser needs none. */
  wait?: Gpu['wait'];
  /** False: not even where the adapter has them. */
  subgroups?: boolean;
  /** Unless given, as the adapter tells what it is. */
  fine?: boolean;
  /** 16 takes a weight for more rows, but leaves half the workgroups to run at once; 8 unless given. */
  recurrentRows?: Gpu['recurrentRows'];
  /** False unless given. */
  movingRows?: boolean;
}

/** An adapter, in browsers that are older than `info` too. */
type Adapter = Omit<GPUAdapter, 'info'> & {
  info?: GPUAdapterInfo;
  requestAdapterInfo?: () => Promise<GPUAdapterInfo>;
  isFallbackAdapter?: boolean;
};

/** Lanes of a subgroup that a kernel may take for granted, where there are so many. */
export const lanesTaken = 8;

/**
 * Opens a device with the adapter's own buffer and workgroup limits.
 * @param gpu the browser's `navigator.gpu`, or Dawn's in Node
 * @throws GpuError `no-adapter` when there is no WebGPU adapter, or none that gives a device
 */
export async function openGpu(
  gpu: GPU,
  {
    wait = (pending) => pending,
    subgroups: wanted = true,
    fine,
    recurrentRows = 8,
    movingRows = false,
    ...options
  }: OpenOptions = {},
): Promise<Gpu> {
  const { adapter, device } = await requestDevice(gpu, options, wanted);
  const info = adapter.info ?? (await adapter.requestAdapterInfo?.());
  const { description, device: model, vendor, architecture } = info ?? {};
  const adapterName =
    description || model || [vendor, architecture].filter(Boolean).join(' ') || 'WebGPU adapter';
  const fallback = info?.isFallbackAdapter ?? adapter.isFallbackAdapter ?? false;
  const subgroupSize = info?.subgroupMinSize || 4; // WebGPU promises 4
  const opened: Gpu = {
    device,
    adapterName,
    fallback,
    fine: fine ?? !fallback,
    subgroups: device.features.has('subgroups'),
    subgroupSize,
    recurrentRows,
    movingRows,
    pipelines: new Map(),
    wait,
  };
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
 * To be asked after waiting for the device: a command that it refused left its buffers as they were.
 * @throws GpuError `device-lost`, or once the error that nobody has heard of yet
 */
export function checkDevice(gpu: Gpu): void {
  const { lost, fault } = gpu;
  if (lost !== undefined) throw new GpuError('device-lost', lost);
  if (!fault) return;
  gpu.fault = undefined;
  throw fault;
}

/** A device with all that the adapter offers; where it refuses that, with less. Each try takes a new adapter: one gives one device. */
async function requestDevice(
  gpu: GPU,
  options: GPURequestAdapterOptions,
  subgroups: boolean,
): Promise<{ adapter: Adapter; device: GPUDevice }> {
  let refusal: unknown;
  for (const ask of ['all', 'limits', 'nothing'] as const) {
    const adapter = await gpu.requestAdapter(options);
    if (!adapter) break;
    const requiredLimits: Record<string, number> = {};
    if (ask !== 'nothing') for (const name of limitsWanted) requiredLimits[name] = adapter.limits[name];
    const requiredFeatures: GPUFeatureName[] =
      ask === 'all' && subgroups && adapter.features.has('subgroups') ? ['subgroups'] : [];
    try {
      const device = await adapter.requestDevice({
        label: 'posterior-lab',
        requiredLimits,
        requiredFeatures,
      });
      return { adapter, device };
    } catch (cause) {
      refusal = cause;
    }
  }
  throw new GpuError(
    'no-adapter',
    refusal === undefined
      ? 'No WebGPU adapter was found: enable WebGPU, or update the graphics driver.'
      : `The WebGPU adapter gave no device (${messageOf(refusal)}): update the graphics driver.`,
  );
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

/** Resolves when everything submitted so far is done. */
export function submittedWorkDone(gpu: Gpu): Promise<void> {
  return gpu.wait(gpu.device.queue.onSubmittedWorkDone().then(() => {}));
}
