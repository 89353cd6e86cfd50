import stepSource from '../../../shaders/diffusion_step.wgsl?raw';
import qSampleBackwardSource from '../../../shaders/q_sample_backward.wgsl?raw';
import qSampleForwardSource from '../../../shaders/q_sample_forward.wgsl?raw';
import embeddingSource from '../../../shaders/time_embedding_forward.wgsl?raw';
import pickSource from '../../../shaders/timestep_pick.wgsl?raw';
import { defineKernel } from '../gpu/kernel.ts';
import { elementwise, type GradientTarget, type PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';

const qSampleForwardKernel = defineKernel('q_sample_forward', qSampleForwardSource);
const qSampleBackwardKernel = defineKernel('q_sample_backward', qSampleBackwardSource);
const embeddingKernel = defineKernel('time_embedding_forward', embeddingSource);
const stepKernel = defineKernel('diffusion_step', stepSource);
const pickKernel = defineKernel('timestep_pick', pickSource);

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

/** y [rows, width] = [sin(i f), cos(i f)] of timestep u32 [rows]. */
export function timeEmbeddingForward(builder: PlanBuilder, tensors: { timestep: Tensor; y: Tensor }): void {
  const [rows, width] = tensors.y.shape as [number, number];
  builder.dispatch(embeddingKernel, {
    tensors,
    params: { rows, width },
    workgroups: elementwise(rows * width),
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

/** timestep [1] = table [steps] at `clock`. */
export function timestepPick(
  builder: PlanBuilder,
  tensors: { clock: Tensor; table: Tensor; timestep: Tensor },
): void {
  builder.dispatch(pickKernel, { tensors, workgroups: [1] });
}
