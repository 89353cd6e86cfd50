import { RandomStream } from '../data/random.ts';
import type { Gpu } from '../gpu/device.ts';
import { initialValues } from '../gpu/parameterArena.ts';
import type { Readback } from '../gpu/readback.ts';
import { upload } from '../gpu/upload.ts';
import type { Method, Model } from '../methods/types.ts';

/** Arrays under their safetensors names. */
export type NamedArrays = Map<string, { shape: number[]; data: Float32Array }>;

/** Of the running statistics of a normalised encoder, mean before variance. */
export const runningNames = ['encoder.norm.running_mean', 'encoder.norm.running_var'];

/** PyTorch's initial weights: uniform about each parameter's centre, from the seed; running mean 0, running variance 1. */
export function initialParameters(method: Method, model: Model, seed: number): NamedArrays {
  const random = new RandomStream(seed, 0);
  const arrays: NamedArrays = new Map();
  for (const spec of model.arena.specs) {
    arrays.set(spec.name, { shape: [...spec.shape], data: initialValues(spec, () => random.uniform()) });
  }
  if (method.normalised) {
    const width = model.shape.latentSize;
    for (const [index, name] of runningNames.entries()) {
      arrays.set(name, { shape: [width], data: new Float32Array(width).fill(index) });
    }
  }
  return arrays;
}

/** Writes named arrays into the model. @throws Error naming a missing array or a wrong shape */
export function loadParameters(gpu: Gpu, method: Method, model: Model, arrays: NamedArrays): void {
  const get = (name: string, shape: readonly number[]): Float32Array => {
    const array = arrays.get(name);
    if (!array) throw new Error(`the weights have no '${name}'`);
    if (array.shape.join() !== shape.join()) {
      throw new Error(`'${name}' is [${array.shape}] in the weights, but [${shape}] in the model`);
    }
    return array.data;
  };
  for (const { name, shape } of model.arena.specs) upload(gpu, model.arena.get(name), get(name, shape));
  if (!method.normalised) return;
  const width = model.shape.latentSize;
  for (const [index, name] of runningNames.entries())
    upload(gpu, model.running, get(name, [width]), index * width);
}

/** Reads every parameter, and the running statistics where the method has them. */
export async function readParameters(
  gpu: Gpu,
  readback: Readback,
  method: Method,
  model: Model,
): Promise<NamedArrays> {
  const arrays: NamedArrays = new Map();
  for (const { name, shape } of model.arena.specs) {
    arrays.set(name, { shape: [...shape], data: await readback.read(gpu, model.arena.get(name)) });
  }
  if (method.normalised) {
    const width = model.shape.latentSize;
    const running = await readback.read(gpu, model.running);
    for (const [index, name] of runningNames.entries()) {
      arrays.set(name, { shape: [width], data: running.slice(index * width, (index + 1) * width) });
    }
  }
  return arrays;
}
