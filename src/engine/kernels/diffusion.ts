import stepSource from '../../../shaders/diffusion_step.wgsl?raw';
import permutedNoiseSource from '../../../shaders/permuted_noise.wgsl?raw';
import qSampleBackwardSource from '../../../shaders/q_sample_backward.wgsl?raw';
import qSampleForwardSource from '../../../shaders/q_sample_forward.wgsl?raw';
import { defineKernel } from '../gpu/kernel.ts';
import { elementwise, type GradientTarget, type PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';

const qSampleForwardKernel = defineKernel('q_sample_forward', qSampleForwardSource);
const qSampleBackwardKernel = defineKernel('q_sample_backward', qSampleBackwardSource);
const permutedNoiseKernel = defineKernel('permuted_noise', permutedNoiseSource);
const stepKernel = defineKernel('diffusion_step', stepSource);

/** z [rows, Z] from v [series, Z], noise [rows, Z], timestep u32 [rows], schedule [L + 1, 2] (sqrt alphaBar, sqrt(1 - alphaBar)). */
export function qSampleForward(
  builder: PlanBuilder,
  tensors: { v: Tensor; noise: Tensor; timestep: Tensor; schedule: Tensor; z: Tensor },
): void {
  const [rows, width] = tensors.z.shape as [number, number];
  builder.dispatch(qSampleForwardKernel, {
    tensors,
    params: { rows, series: tensors.v.dim(0), width },
    workgroups: elementwise(rows * width),
  });
}

/** dV [series, Z] (+)= the gradient of every row drawn from that series. */
export function qSampleBackward(
  builder: PlanBuilder,
  tensors: { dZ: Tensor; timestep: Tensor; schedule: Tensor },
  dV: GradientTarget,
): void {
  const [rows, width] = tensors.dZ.shape as [number, number];
  const series = dV.tensor.dim(0);
  builder.dispatch(qSampleBackwardKernel, {
    tensors: { ...tensors, dV: dV.tensor },
    params: { rows, series, width, accumulate: dV.accumulate },
    workgroups: elementwise(series * width),
  });
}

/** One reverse step in place: z <- a z + b epsilonHat + s noise, with row `clock` of coefficients [steps, 4]. */
export function diffusionStep(
  builder: PlanBuilder,
  tensors: { clock: Tensor; coefficients: Tensor; epsilonHat: Tensor; noise: Tensor; z: Tensor },
): void {
  const count = tensors.z.size;
  builder.dispatch(stepKernel, { tensors, params: { count }, workgroups: elementwise(count) });
}

/**
 * Rows [start, start + count) of noise [rows, Z], which belong to the series from `first` on, become v [series, Z] of the
 * series `offset` (u32 [count], in {1, ..., series - 1}) further on.
 */
export function permutedNoise(
  builder: PlanBuilder,
  tensors: { v: Tensor; offset: Tensor; noise: Tensor },
  { start, first }: { start: number; first: number },
): void {
  const [series, width] = tensors.v.shape as [number, number];
  const count = tensors.offset.size;
  builder.dispatch(permutedNoiseKernel, {
    tensors,
    params: { start, first, count, series, width },
    workgroups: elementwise(count * width),
  });
}
