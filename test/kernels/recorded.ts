import type { Gpu } from '../../src/engine/gpu/device.ts';
import { Memory } from '../../src/engine/gpu/memory.ts';
import { PlanBuilder } from '../../src/engine/gpu/planBuilder.ts';
import { Readback } from '../../src/engine/gpu/readback.ts';
import { Tensor } from '../../src/engine/gpu/tensor.ts';
import { upload } from '../../src/engine/gpu/upload.ts';

/** Records a few dispatches or layers, runs them once on given values, and reads tensors back. */
export class Recorded {
  readonly memory = new Memory();
  readonly builder: PlanBuilder;
  readonly #readback: Readback;
  readonly #inputs: { tensor: Tensor; values: Float32Array | Uint32Array }[] = [];

  constructor(
    readonly gpu: Gpu,
    training = true,
  ) {
    this.builder = new PlanBuilder(this.memory, 'test', training);
    this.#readback = new Readback(this.memory, 'test', 1 << 20);
  }

  /** A tensor with values; it wants a gradient unless it holds integers. */
  input(label: string, shape: number[], values: ArrayLike<number> | Uint32Array): Tensor {
    const integers = values instanceof Uint32Array;
    const tensor = new Tensor(this.memory.storage(label, values.length * 4), label, shape, 0, !integers);
    this.#inputs.push({ tensor, values: integers ? values : Float32Array.from(values) });
    return tensor;
  }

  /** An empty tensor. */
  output(label: string, shape: number[]): Tensor {
    return this.builder.tensor(label, shape, true);
  }

  /** Gives a layer's output this gradient: what a loss would send back. */
  seed(tensor: Tensor, values: ArrayLike<number>): void {
    const target = this.builder.gradientTarget(tensor);
    if (!target) throw new Error(`${tensor} wants no gradient`);
    this.#inputs.push({ tensor: target.tensor, values: Float32Array.from(values) });
  }

  /** Records the backward pass. */
  backward(): void {
    this.builder.backward();
  }

  async run(times = 1): Promise<void> {
    const plan = this.builder.build();
    await this.memory.allocate(this.gpu);
    for (const { tensor, values } of this.#inputs) upload(this.gpu, tensor, values);
    await plan.compile(this.gpu);
    plan.run(this.gpu, times);
  }

  read(tensor: Tensor): Promise<Float32Array> {
    return this.#readback.read(this.gpu, tensor);
  }

  /** The gradient that has flowed into a tensor. */
  readGradient(tensor: Tensor): Promise<Float32Array> {
    const gradient = this.builder.gradient(tensor);
    if (!gradient) throw new Error(`no gradient has flowed into ${tensor}`);
    return this.read(gradient);
  }
}
