import type { Gpu } from './device.ts';
import type { Tensor } from './tensor.ts';

/** Writes host values into a tensor from element `start` on. */
export function upload(gpu: Gpu, tensor: Tensor, values: Float32Array | Uint32Array, start = 0): void {
  if (start + values.length > tensor.size) {
    throw new Error(`${values.length} values at ${start} do not fit ${tensor}`);
  }
  const offset = tensor.byteOffset + start * 4;
  gpu.device.queue.writeBuffer(
    tensor.storage.buffer,
    offset,
    values.buffer as ArrayBuffer,
    values.byteOffset,
    values.byteLength,
  );
}
