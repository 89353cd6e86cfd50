import type { WindowSet } from '../data/types.ts';
import type { Gpu } from '../gpu/device.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { upload } from '../gpu/upload.ts';
import type { Between } from '../metrics/types.ts';

/** Puts windows and latents where an evaluation's plans read them, as many at a time as the plans hold. */
export class WindowFeed {
  readonly #tensors: Record<'x' | 'mask' | 'latents', Tensor>;

  /** @param tensors x and mask [T, rows, D], latents [rows, Z] */
  constructor(tensors: Record<'x' | 'mask' | 'latents', Tensor>) {
    this.#tensors = tensors;
  }

  /** Runs `body` over the windows, `count` of them from `start` on, with x and the mask uploaded position-major. */
  async windows(
    gpu: Gpu,
    windows: WindowSet,
    between: Between | undefined,
    body: (start: number, count: number) => Promise<void>,
  ): Promise<void> {
    const { x, mask } = this.#tensors;
    const shape = x.shape as [number, number, number];
    for (let start = 0; start < windows.count; start += shape[1]) {
      await between?.();
      const count = Math.min(shape[1], windows.count - start);
      upload(gpu, x, toPositionMajor(windows.values, start, count, shape));
      upload(gpu, mask, toPositionMajor(windows.mask, start, count, shape));
      await body(start, count);
    }
  }

  /** Uploads `count` of the latents [n, Z] from row `start` on. */
  latents(gpu: Gpu, values: Float32Array, start: number, count: number): void {
    const { latents } = this.#tensors;
    const width = latents.dim(1);
    upload(gpu, latents, values.subarray(start * width, (start + count) * width));
  }
}

function toPositionMajor(
  values: Float32Array,
  start: number,
  count: number,
  shape: [number, number, number],
) {
  const [seqLen, rows, width] = shape;
  const result = new Float32Array(seqLen * rows * width);
  for (let n = 0; n < count; n++) {
    for (let t = 0; t < seqLen; t++) {
      const source = ((start + n) * seqLen + t) * width;
      result.set(values.subarray(source, source + width), (t * rows + n) * width);
    }
  }
  return result;
}

/** Rows `start` to `start + count` of series-major `result` [n, T, width] from position-major values [T, rows, width]. */
export function toSeriesMajor(
  values: Float32Array,
  result: Float32Array,
  start: number,
  count: number,
  [seqLen, rows, width]: [number, number, number],
): void {
  for (let n = 0; n < count; n++) {
    for (let t = 0; t < seqLen; t++) {
      const source = (t * rows + n) * width;
      result.set(values.subarray(source, source + width), ((start + n) * seqLen + t) * width);
    }
  }
}
