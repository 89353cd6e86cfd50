import { fitMixture, mixtureComponents } from '../data/mixture.ts';
import type { PreparedData, WindowSet } from '../data/types.ts';
import type { Gpu } from '../gpu/device.ts';
import { Memory } from '../gpu/memory.ts';
import { Readback } from '../gpu/readback.ts';
import { upload } from '../gpu/upload.ts';
import { methodByName } from '../methods/index.ts';
import { planModel } from '../methods/model.ts';
import { checkLikelihood } from './checkLikelihood.ts';
import type { Config } from './config.ts';
import { Evaluator } from './evaluator.ts';
import { initialParameters, loadParameters, type NamedArrays } from './parameters.ts';
import type { RunNeeds } from './protocol.ts';
import { shownSeries } from './sampleSource.ts';
import { modelShape, optimiserSchedule } from './shape.ts';
import {
  denoiserStep,
  jointStep,
  planTensor,
  planTrainingState,
  planWindows,
  type ResidentWindows,
  uploadConstants,
} from './stepPlans.ts';
import { Validation } from './validation.ts';
import { workOf } from './work.ts';

/** Latents that one run of the reverse diffusion makes here: few, so that an evaluation answers a pause soon. */
const latentBatch = 64;

/** Everything a run has on the GPU, planned before a byte of it is allocated. */
export function planRun(config: Config, data: PreparedData) {
  for (const part of [data.train, data.validation, data.test]) checkLikelihood(config, part);
  const memory = new Memory();
  const method = methodByName(config.method.name);
  const { seqLen, featureSize } = data.train;
  memory.part('model and optimiser');
  const model = planModel(memory, method, modelShape(config, { seqLen, featureSize }), true);
  const best = planTensor(memory, 'best parameters', [model.arena.values.size]);
  const bestRunning = planTensor(memory, 'best running statistics', [model.running.size]);
  memory.part('data');
  const windows = planWindows(memory, 'training', data.train.count, seqLen, featureSize);
  const held = data.validation.count > 0 ? data.validation : data.test;
  const heldWindows = planWindows(memory, 'held-out', held.count, seqLen, featureSize);
  const state = planTrainingState(memory, config, { trainCount: data.train.count, featureSize });
  memory.part('training step');
  const joint = jointStep(memory, method, model, config, windows, state);
  const denoiser =
    method.sampler === 'diffusion' ? denoiserStep(memory, method, model, config, state) : undefined;
  memory.part('validation');
  const validation = new Validation(memory, method, model, config, heldWindows, state);
  const evaluator = Evaluator.plan(memory, config, method, model, {
    latents: latentBatch,
    series: shownSeries,
  });
  const readback = new Readback(memory, 'trainer', 1 << 20);
  return {
    memory,
    method,
    model,
    best,
    bestRunning,
    windows,
    held,
    heldWindows,
    state,
    joint,
    denoiser,
    validation,
    evaluator,
    readback,
  };
}

/** What `planRun` planned. */
export type RunPlans = ReturnType<typeof planRun>;

/** What a run takes of a GPU. */
export const needsOf = ({ memory, joint }: RunPlans): RunNeeds => ({
  bytes: memory.bytes,
  parts: memory.parts,
  work: workOf(joint),
});

/** Uploads what stays the same from the first step to the last: tables, schedules, windows. */
export function uploadRun(gpu: Gpu, run: RunPlans, config: Config, data: PreparedData): void {
  const { state, windows, heldWindows, held, validation } = run;
  uploadConstants(gpu, state, config);
  const { reference } = state.tables;
  if (reference) upload(gpu, reference, fitMixture(data.train, mixtureComponents));
  uploadWindows(gpu, windows, data.train);
  uploadWindows(gpu, heldWindows, held);
  validation.upload(gpu);
}

/** Puts a run before its first step: weights (random ones from the seed, if none are given), the clock, no moments, no alarm. */
export function startRun(gpu: Gpu, run: RunPlans, config: Config, weights?: NamedArrays): void {
  const { method, model, state } = run;
  loadParameters(gpu, method, model, weights ?? initialParameters(method, model, config.train.seed));
  setClock(gpu, run, config, 0, 1);
  const encoder = gpu.device.createCommandEncoder();
  for (const tensor of [model.arena.moment1, model.arena.moment2, state.clip]) {
    if (tensor) encoder.clearBuffer(tensor.storage.buffer);
  }
  gpu.device.queue.submit([encoder.finish()]);
}

/** Sets the clock before a step, and the learning rates of all steps. @param rateScale multiplies them */
export function setClock(
  gpu: Gpu,
  { state }: RunPlans,
  config: Config,
  step: number,
  rateScale: number,
): void {
  upload(gpu, state.clock, Uint32Array.of(step - 1, 0, 0, 0)); // -1 wraps to 0xffffffff
  upload(gpu, state.schedule, optimiserSchedule(config, rateScale));
}

function uploadWindows(gpu: Gpu, resident: ResidentWindows, windows: WindowSet): void {
  upload(gpu, resident.values, windows.values);
  upload(gpu, resident.observed, windows.mask);
}
