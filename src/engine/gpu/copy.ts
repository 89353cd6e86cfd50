import type { Gpu } from './device.ts';
import type { Tensor } from './tensor.ts';

/** Copies `count` elements on the GPU, from element `from` of one tensor to element `to` of another. */
export function copyTensor(
  gpu: Gpu,
  source: Tensor,
  target: Tensor,
  { from = 0, to = 0, count = source.size - from }: { from?: number; to?: number; count?: number } = {},
): void {
  if (from + count > source.size || to + count > target.size)
    throw new Error(`${count} elements at ${from} of ${source} do not fit ${target} at ${to}`);
  const encoder = gpu.device.createCommandEncoder({ label: 'copy' });
  encoder.copyBufferToBuffer(
    source.storage.buffer,
    source.byteOffset + from * 4,
    target.storage.buffer,
    target.byteOffset + to * 4,
    count * 4,
  );
  gpu.device.queue.submit([encoder.finish()]);
}
