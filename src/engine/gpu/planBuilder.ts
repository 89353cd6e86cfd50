import { GpuError } from './errors.ts';
import { type Kernel, packParams } from './kernel.ts';
import { type Memory, type Storage, usage } from './memory.ts';
import { type Dispatch, Plan } from './plan.ts';
import { bindingAlignment, Tensor } from './tensor.ts';

/** Workgroups that WebGPU promises in each dimension of a dispatch. */
export const mostWorkgroups = 65_535;

export type Workgroups = readonly [number, number?, number?];

export interface DispatchOptions {
  /** A tensor for every storage buffer the WGSL declares, by its name there. */
  tensors: Readonly<Record<string, Tensor>>;
  params?: Readonly<Record<string, number>>;
  constants?: Readonly<Record<string, number>>;
  workgroups: Workgroups;
}

/** Where a gradient goes: the first writer stores, later ones add, so nothing has to be cleared. */
export interface GradientTarget {
  tensor: Tensor;
  accumulate: 0 | 1;
}

/**
 * Records a plan. A layer allocates its output, records its forward dispatches and pushes one closure that records its
 * backward dispatches; `backward()` runs the closures in reverse, once. No GPU is needed until `Plan.compile`.
 */
export class PlanBuilder {
  readonly #dispatches: Dispatch[] = [];
  readonly #closures: (() => void)[] = [];
  readonly #written = new Set<Tensor>();
  readonly #gradientOwner = new Map<Storage, Map<number, Tensor>>();
  readonly #takenOver = new Set<Tensor>();
  #none?: Tensor;
  #scratch?: Tensor;

  constructor(
    readonly memory: Memory,
    readonly label: string,
    /** False for evaluation: backward closures are dropped and activations need no gradients. */
    readonly training = false,
  ) {}

  /** A new activation or scratch tensor. */
  tensor(label: string, shape: readonly number[], requiresGradient = false): Tensor {
    const size = shape.reduce((product, length) => product * length, 1);
    const storage = this.memory.storage(`${this.label}/${label}`, size * 4);
    return new Tensor(storage, label, shape, 0, requiresGradient && this.training);
  }

  /** Stands in for an optional binding, only read, that the kernel's constants switch off. */
  get none(): Tensor {
    this.#none ??= this.tensor('none', [4]);
    return this.#none;
  }

  /** The same for a binding that would be written. */
  get scratch(): Tensor {
    this.#scratch ??= this.tensor('scratch', [4]);
    return this.#scratch;
  }

  /**
   * Records one dispatch.
   * @throws Error when a binding is missing, unknown, or one buffer is both read and written
   * @throws GpuError `limit` when a dimension has more workgroups than WebGPU promises
   */
  dispatch(kernel: Kernel, { tensors, params = {}, constants = {}, workgroups }: DispatchOptions): void {
    for (const name of Object.keys(tensors)) {
      if (!kernel.bindings.has(name)) throw new Error(`kernel ${kernel.name} has no binding '${name}'`);
    }
    const bound: { index: number; tensor: Tensor }[] = [];
    const access = new Map<unknown, string>();
    for (const [name, binding] of kernel.bindings) {
      const tensor = tensors[name];
      if (!tensor) throw new Error(`kernel ${kernel.name} needs binding '${name}'`);
      const before = access.get(tensor.storage);
      if (before !== undefined && before !== binding.access) {
        throw new Error(
          `kernel ${kernel.name}: '${tensor.storage.label}' is read and written in one dispatch`,
        );
      }
      access.set(tensor.storage, binding.access);
      bound.push({ index: binding.index, tensor });
    }
    const [x, y = 1, z = 1] = workgroups;
    if (Math.max(x, y, z) > mostWorkgroups) {
      throw new GpuError(
        'limit',
        `${kernel.name} would take ${Math.max(x, y, z)} workgroups in a row, ${mostWorkgroups} at most: make the batch or the window smaller.`,
      );
    }
    this.#dispatches.push({
      kernel,
      constants,
      bound,
      params: packParams(kernel, params),
      values: params,
      workgroups: [x, y, z],
    });
  }

  /** Pushes the recording of a backward pass; ignored when not training. */
  onBackward(closure: () => void): void {
    if (this.training) this.#closures.push(closure);
  }

  /** The gradient that has flowed into `tensor`, or undefined when nothing has. */
  gradient(tensor: Tensor): Tensor | undefined {
    const gradient = this.#owner(tensor).gradient;
    if (!gradient || !this.#written.has(gradient)) return undefined;
    return gradient.shape === tensor.shape ? gradient : gradient.reshape(...tensor.shape);
  }

  /** Where to write the gradient of `tensor`; undefined when it wants none. */
  gradientTarget(tensor: Tensor): GradientTarget | undefined {
    if (!tensor.requiresGradient) return undefined;
    const owner = this.#owner(tensor);
    owner.gradient ??= this.tensor(`d ${owner.label}`, owner.shape);
    const accumulate = this.#written.has(owner.gradient) ? 1 : 0;
    this.#written.add(owner.gradient);
    return { tensor: owner.gradient.reshape(...tensor.shape), accumulate };
  }

  /**
   * Passes the gradient of `y` on to `x` unchanged (y = x + ...). Where `x` has none yet it takes over the buffer of y's:
   * by then every reader of y's gradient has been recorded. Call it last in a backward closure, once for each y at most
   * as a take-over.
   * @returns true when the buffer was taken over; false when the caller must add the gradient itself
   */
  takeOverGradient(y: Tensor, x: Tensor): boolean {
    const gradient = this.#owner(y).gradient;
    if (!gradient || this.#takenOver.has(gradient) || !this.adoptGradient(x, gradient)) return false;
    this.#takenOver.add(gradient);
    return true;
  }

  /**
   * Makes `part`, a piece of a gradient that nobody else reads from here on, the gradient of `x`.
   * @returns false when it must be added instead: `x` wants no gradient or has one, or the piece lies where it cannot be bound
   */
  adoptGradient(x: Tensor, part: Tensor): boolean {
    const owner = this.#owner(x);
    if (!x.requiresGradient || owner.gradient || part.byteOffset % bindingAlignment !== 0) return false;
    owner.gradient = part.reshape(...owner.shape);
    this.#written.add(owner.gradient);
    return true;
  }

  /** Records every backward pass, last layer first. */
  backward(): void {
    for (let closure = this.#closures.pop(); closure; closure = this.#closures.pop()) closure();
  }

  /** Freezes the recording. */
  build(): Plan {
    const blocks = this.#dispatches.length * 256;
    const uniforms = this.memory.storage(`${this.label}/params`, blocks, usage.uniform);
    return new Plan(this.label, this.#dispatches, uniforms);
  }

  // Views of one range share one gradient.
  #owner(tensor: Tensor): Tensor {
    const owners = this.#gradientOwner.get(tensor.storage) ?? new Map<number, Tensor>();
    const owner = owners.get(tensor.byteOffset) ?? tensor;
    this.#gradientOwner.set(tensor.storage, owners.set(tensor.byteOffset, owner));
    return owner;
  }
}

/** Workgroups of 256 threads over `count` elements, in two dimensions once one is full. */
export function elementwise(count: number): Workgroups {
  const groups = Math.ceil(count / 256);
  const y = Math.ceil(groups / mostWorkgroups);
  return [Math.ceil(groups / y), y];
}
