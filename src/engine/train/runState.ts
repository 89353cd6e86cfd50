import type { NamedArray } from '../export/safetensors.ts';
import { copyTensor } from '../gpu/copy.ts';
import type { Gpu } from '../gpu/device.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { upload } from '../gpu/upload.ts';
import { CheckpointError, type Counters } from './checkpoint.ts';
import { runningNames } from './parameters.ts';
import type { RunPlans } from './runPlans.ts';

/** A tensor of a checkpoint, and where its numbers are on the GPU. */
interface Place {
  name: string;
  shape: readonly number[];
  tensor: Tensor;
  /** Element of the flat tensor. */
  start: number;
}

/** What tells which parts of a run there are to keep: a best snapshot, and frozen posteriors. */
type Parts = Pick<Counters, 'best' | 'frozen'>;

/** Where everything lies that a step changes and the next one reads. */
function placesOf({ model, method, best, bestRunning, state, denoiser }: RunPlans, parts: Parts): Place[] {
  const { arena, running, shape } = model;
  const { values, moment1, moment2 } = arena;
  if (!moment1 || !moment2) throw new Error('the arena was planned without moments');
  const inside = arena.range('model');
  const parameters = (prefix: string, tensor: Tensor, only = false): Place[] =>
    arena.specs.flatMap(({ name, shape: own }) => {
      const start = arena.get(name).byteOffset / 4;
      const kept = !only || (start >= inside.start && start < inside.start + inside.count);
      return kept ? { name: prefix + name, shape: own, tensor, start } : [];
    });
  const statistics = (prefix: string, tensor: Tensor): Place[] =>
    method.normalised
      ? runningNames.map((name, index) => ({
          name: prefix + name,
          shape: [shape.latentSize],
          tensor,
          start: index * shape.latentSize,
        }))
      : [];
  return [
    ...parameters('', values),
    ...statistics('', running),
    ...parameters('adam.moment1.', moment1),
    ...parameters('adam.moment2.', moment2),
    ...(parts.best !== null ? [...parameters('best.', best, true), ...statistics('best.', bestRunning)] : []),
    ...(parts.frozen && denoiser
      ? [{ name: 'latents', shape: state.posteriors.shape, tensor: state.posteriors, start: 0 }]
      : []),
  ];
}

/** Reads everything that a step changes and the next one reads; nothing may be submitted meanwhile. */
export async function readRunState(gpu: Gpu, run: RunPlans, parts: Parts): Promise<Map<string, NamedArray>> {
  const places = placesOf(run, parts);
  const whole = [...new Set(places.map(({ tensor }) => tensor))];
  const read = await Promise.all(whole.map((tensor) => run.readback.read(gpu, tensor)));
  const flat = new Map(whole.map((tensor, n) => [tensor, read[n] as Float32Array]));
  const tensors = new Map<string, NamedArray>();
  for (const { name, shape, tensor, start } of places) {
    const values = flat.get(tensor) as Float32Array;
    tensors.set(name, { shape: [...shape], data: values.slice(start, start + product(shape)) });
  }
  return tensors;
}

/** Writes it back. @throws CheckpointError naming a missing tensor or a wrong shape */
export function loadRunState(
  gpu: Gpu,
  run: RunPlans,
  parts: Parts,
  tensors: ReadonlyMap<string, NamedArray>,
): void {
  const places = placesOf(run, parts);
  for (const { name, shape } of places) {
    const found = tensors.get(name)?.shape;
    if (found?.join() === shape.join()) continue;
    throw new CheckpointError(
      `'${name}' is ${found ? `[${found}]` : 'missing'} in the checkpoint, but [${shape}] in the model.`,
    );
  }
  for (const { name, tensor, start } of places) {
    upload(gpu, tensor, (tensors.get(name) as NamedArray).data, start);
  }
}

/** The encoder and decoder to or from the best snapshot; the denoiser keeps its own pace. */
export function copySnapshot(
  gpu: Gpu,
  { model, best, bestRunning }: RunPlans,
  direction: 'save' | 'restore',
): void {
  const { start, count } = model.arena.range('model');
  for (const [current, snapshot, from, length] of [
    [model.arena.values, best, start, count],
    [model.running, bestRunning, 0, model.running.size],
  ] as const) {
    const [source, target] = direction === 'save' ? [current, snapshot] : [snapshot, current];
    copyTensor(gpu, source, target, { from, to: from, count: length });
  }
}

function product(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}
