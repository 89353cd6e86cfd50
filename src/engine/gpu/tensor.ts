import type { Storage } from './memory.ts';

/** WebGPU binds storage from a multiple of so many bytes on. */
export const bindingAlignment = 256;

/**
 * A row-major array of 4-byte elements in a storage; it can be bound where `byteOffset` is a multiple of `bindingAlignment`.
 * `gradient` stands at the same shape; a parameter's lies in the gradient arena, an activation's is made on demand.
 */
export class Tensor {
  gradient?: Tensor;

  constructor(
    readonly storage: Storage,
    readonly label: string,
    readonly shape: readonly number[],
    readonly byteOffset = 0,
    readonly requiresGradient = false,
  ) {}

  /** Number of elements. */
  get size(): number {
    return this.shape.reduce((product, length) => product * length, 1);
  }

  get bytes(): number {
    return this.size * 4;
  }

  /** Length of axis `axis`; negative counts from the end. */
  dim(axis: number): number {
    const length = this.shape.at(axis);
    if (length === undefined) throw new Error(`tensor '${this.label}' [${this.shape}] has no axis ${axis}`);
    return length;
  }

  /** The same elements under another shape of equal size. */
  reshape(...shape: number[]): Tensor {
    const view = new Tensor(this.storage, this.label, shape, this.byteOffset, this.requiresGradient);
    if (view.size !== this.size) throw new Error(`cannot view '${this.label}' [${this.shape}] as [${shape}]`);
    return view;
  }

  /** The first `length` entries along axis 0. A gradient of the view is not a gradient of the whole. */
  prefix(length: number): Tensor {
    return this.part(0, [length, ...this.shape.slice(1)]);
  }

  /** As many elements as `shape` has, from element `start` on. A gradient of the view is not a gradient of the whole. */
  part(start: number, shape: readonly number[]): Tensor {
    return new Tensor(this.storage, this.label, shape, this.byteOffset + 4 * start);
  }

  toString(): string {
    return `${this.label}[${this.shape.join(',')}]`;
  }
}
