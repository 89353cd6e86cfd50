import type { Memory } from './memory.ts';
import { bindingAlignment, Tensor } from './tensor.ts';

/** The optimiser's groups: each has its own learning rate and is clipped on its own. */
export type ParameterGroup = 'model' | 'denoiser';

/** What a layer declares before anything is planned. */
export interface ParameterSpec {
  /** Name in safetensors, e.g. `decoder.lstm.weight_hh_l0`. */
  name: string;
  group: ParameterGroup;
  shape: readonly number[];
  /** Initial values are uniform on [centre - bound, centre + bound]; bound is PyTorch's 1/sqrt(fan in), centre 0 if absent. */
  bound: number;
  centre?: number;
  /** Elements [start, end) that the centre applies to; all of them if absent. */
  centred?: readonly [start: number, end: number];
  /** Elements [from, to) that take another bound. */
  wide?: { from: number; to: number; bound: number };
}

/** PyTorch's initial values: uniform on [centre - bound, centre + bound]. @param uniform draws from [0, 1) */
export function initialValues(
  { shape, bound, centre = 0, centred = [0, Number.POSITIVE_INFINITY], wide }: ParameterSpec,
  uniform: () => number,
): Float32Array {
  const centreOf = (i: number) => (i >= centred[0] && i < centred[1] ? centre : 0);
  const boundOf = (i: number) => (wide && i >= wide.from && i < wide.to ? wide.bound : bound);
  return Float32Array.from(
    { length: product(shape) },
    (_, i) => centreOf(i) + boundOf(i) * (2 * uniform() - 1),
  );
}

const alignment = bindingAlignment / 4; // elements

/**
 * All parameters in one buffer; gradients and Adam's moments in others with the same offsets, so that the optimiser is
 * one dispatch whatever the model. The groups lie one after the other.
 */
export class ParameterArena {
  readonly specs: readonly ParameterSpec[];
  /** Everything, as one flat tensor each. */
  readonly values: Tensor;
  readonly gradients?: Tensor;
  readonly moment1?: Tensor;
  readonly moment2?: Tensor;
  readonly #tensors = new Map<string, Tensor>();
  readonly #ranges = new Map<ParameterGroup, { start: number; count: number }>();

  /** @param training whether to plan gradients and moments too */
  constructor(memory: Memory, specs: readonly ParameterSpec[], training: boolean) {
    this.specs = specs;
    const offsets: number[] = [];
    let elements = 0;
    for (const { name, group, shape } of specs) {
      const start = this.#ranges.get(group)?.start ?? elements;
      offsets.push(elements);
      elements += Math.ceil(product(shape) / alignment) * alignment;
      this.#ranges.set(group, { start, count: elements - start });
      if (offsets.length > 1 && specs[offsets.length - 2]?.group !== group && start !== offsets.at(-1)) {
        throw new Error(`parameter '${name}': the group '${group}' must be declared in one run`);
      }
    }
    const arena = (label: string) => new Tensor(memory.storage(label, elements * 4), label, [elements]);
    this.values = arena('parameters');
    if (training) {
      this.gradients = arena('gradients');
      this.moment1 = arena('first moments');
      this.moment2 = arena('second moments');
    }
    specs.forEach(({ name, shape }, index) => {
      const byteOffset = (offsets[index] as number) * 4;
      const tensor = new Tensor(this.values.storage, name, shape, byteOffset, training);
      if (this.gradients)
        tensor.gradient = new Tensor(this.gradients.storage, `d ${name}`, shape, byteOffset);
      this.#tensors.set(name, tensor);
    });
  }

  /** The parameter called `name`. @throws Error when it was not declared */
  get(name: string): Tensor {
    const tensor = this.#tensors.get(name);
    if (!tensor) throw new Error(`no parameter '${name}'`);
    return tensor;
  }

  /** Elements of a group in the flat tensors. */
  range(group: ParameterGroup): { start: number; count: number } {
    return this.#ranges.get(group) ?? { start: 0, count: 0 };
  }
}

function product(shape: readonly number[]): number {
  return shape.reduce((result, length) => result * length, 1);
}
