import type { Gpu } from './device.ts';
import { GpuError } from './errors.ts';

// WebGPU's usage bits, as numbers: a size estimate must work where there is no WebGPU at all.
const MAP_READ = 0x01;
const COPY_SRC = 0x04;
const COPY_DST = 0x08;
const UNIFORM = 0x40;
const STORAGE = 0x80;

export const usage = {
  storage: STORAGE | COPY_SRC | COPY_DST,
  uniform: UNIFORM | COPY_DST,
  readback: MAP_READ | COPY_DST,
} as const;

/** A buffer that is planned first and allocated later, so that its bytes are known before the device is asked. */
export class Storage {
  #buffer?: GPUBuffer;

  constructor(
    readonly label: string,
    readonly bytes: number,
    readonly usage: GPUBufferUsageFlags,
  ) {}

  get buffer(): GPUBuffer {
    if (!this.#buffer) throw new Error(`storage '${this.label}' is used before Memory.allocate()`);
    return this.#buffer;
  }

  get allocated(): boolean {
    return this.#buffer !== undefined;
  }

  allocate(device: GPUDevice): void {
    this.#buffer ??= device.createBuffer({ label: this.label, size: this.bytes, usage: this.usage });
  }

  destroy(): void {
    this.#buffer?.destroy();
    this.#buffer = undefined;
  }
}

/** The bytes of one part of a run, for the panel that shows them before Run. */
export interface MemoryPart {
  label: string;
  bytes: number;
}

/** Every buffer of a run. Plans are recorded against it, its bytes are shown, then it is allocated in one go. */
export class Memory {
  readonly storages: Storage[] = [];
  #part = 'other';
  readonly #partOf = new Map<Storage, string>();

  /** Names the part of the run that the storages planned from here on belong to. */
  part(label: string): void {
    this.#part = label;
  }

  /** Plans a buffer of `bytes` (rounded up to 16). */
  storage(label: string, bytes: number, flags: GPUBufferUsageFlags = usage.storage): Storage {
    const storage = new Storage(label, Math.max(16, Math.ceil(bytes / 16) * 16), flags);
    this.storages.push(storage);
    this.#partOf.set(storage, this.#part);
    return storage;
  }

  /** Bytes of all planned buffers. */
  get bytes(): number {
    return this.storages.reduce((sum, storage) => sum + storage.bytes, 0);
  }

  /** Bytes by part, in the order the parts were first named. */
  get parts(): MemoryPart[] {
    const sums = new Map<string, number>();
    for (const storage of this.storages) {
      const part = this.#partOf.get(storage) ?? 'other';
      sums.set(part, (sums.get(part) ?? 0) + storage.bytes);
    }
    return [...sums].map(([label, bytes]) => ({ label, bytes }));
  }

  /**
   * Allocates everything planned and not yet allocated.
   * @throws GpuError `limit` when one buffer is larger than the adapter allows, `out-of-memory` when the device refuses
   */
  async allocate(gpu: Gpu): Promise<void> {
    const { device } = gpu;
    const largest = Math.min(device.limits.maxBufferSize, device.limits.maxStorageBufferBindingSize);
    const tooLarge = this.storages.find((storage) => storage.bytes > largest);
    if (tooLarge) {
      throw new GpuError(
        'limit',
        `'${tooLarge.label}' needs ${megabytes(tooLarge.bytes)}, but ${gpu.adapterName} allows ${megabytes(largest)} a buffer: ` +
          'make the batch, the window or the hidden size smaller.',
      );
    }
    device.pushErrorScope('out-of-memory');
    for (const storage of this.storages) storage.allocate(device);
    if (await device.popErrorScope()) {
      this.destroy();
      throw new GpuError(
        'out-of-memory',
        `${gpu.adapterName} could not provide ${megabytes(this.bytes)}: make the batch, the window or the hidden size smaller.`,
      );
    }
  }

  /** Allocates everything, and frees it again where `setUp`, which makes it ready for use, fails. @throws GpuError as `allocate` */
  async allocateFor(gpu: Gpu, setUp: () => Promise<void>): Promise<void> {
    await this.allocate(gpu);
    try {
      await setUp();
    } catch (error) {
      this.destroy();
      throw error;
    }
  }

  destroy(): void {
    for (const storage of this.storages) storage.destroy();
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
