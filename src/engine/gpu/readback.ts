import { checkDevice, type Gpu } from './device.ts';
import { type Memory, type Storage, usage } from './memory.ts';
import type { Tensor } from './tensor.ts';

/**
 * Copies tensors to the host through a ring of mapped buffers, so that a read never waits for the one before it.
 * Its bytes are planned in the run's memory like everything else.
 */
export class Readback {
  readonly #ring: { storage: Storage; free: Promise<void> }[];
  #next = 0;

  /** @param bytes the largest read; longer tensors are read in pieces of this size */
  constructor(
    memory: Memory,
    label: string,
    readonly bytes: number,
    slots = 2,
  ) {
    this.#ring = Array.from({ length: slots }, (_, slot) => ({
      storage: memory.storage(`${label}/readback ${slot}`, bytes, usage.readback),
      free: Promise.resolve(),
    }));
  }

  /** Reads `count` elements of a tensor from element `start` on. @throws GpuError as {@link checkDevice} */
  async read(gpu: Gpu, tensor: Tensor, start = 0, count = tensor.size - start): Promise<Float32Array> {
    const result = new Float32Array(count);
    const perPiece = Math.floor(this.bytes / 4);
    const pieces: Promise<void>[] = [];
    for (let done = 0; done < count; done += perPiece) {
      const length = Math.min(perPiece, count - done);
      pieces.push(this.#piece(gpu, tensor, start + done, result.subarray(done, done + length)));
    }
    await Promise.all(pieces);
    checkDevice(gpu);
    return result;
  }

  async #piece(gpu: Gpu, tensor: Tensor, start: number, target: Float32Array): Promise<void> {
    const slot = this.#ring[this.#next++ % this.#ring.length];
    if (!slot) throw new Error('readback ring is empty');
    const before = slot.free;
    let release: () => void = () => {};
    slot.free = new Promise((resolve) => {
      release = resolve;
    });
    // A piece that must wait for its slot copies later; the caller awaits, so the tensor may not change meanwhile.
    await before;
    try {
      const { buffer } = slot.storage;
      const encoder = gpu.device.createCommandEncoder({ label: 'readback' });
      encoder.copyBufferToBuffer(
        tensor.storage.buffer,
        tensor.byteOffset + start * 4,
        buffer,
        0,
        target.byteLength,
      );
      gpu.device.queue.submit([encoder.finish()]);
      await gpu.wait(buffer.mapAsync(GPUMapMode.READ, 0, target.byteLength));
      target.set(new Float32Array(buffer.getMappedRange(0, target.byteLength)));
      buffer.unmap();
    } finally {
      release();
    }
  }
}
