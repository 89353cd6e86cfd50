import latentsBackwardSource from '../../../shaders/importance_latents_backward.wgsl?raw';
import latentsForwardSource from '../../../shaders/importance_latents_forward.wgsl?raw';
import objectiveSource from '../../../shaders/importance_objective.wgsl?raw';
import { defineKernel } from '../gpu/kernel.ts';
import { elementwise, type PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';

const latentsForwardKernel = defineKernel('importance_latents_forward', latentsForwardSource);
const latentsBackwardKernel = defineKernel('importance_latents_backward', latentsBackwardSource);
const objectiveKernel = defineKernel('importance_objective', objectiveSource);

/** z [K B, Z] and logRatio [K B] = log p(z) - log q(z | X), K samples a series, from statistics [B, 2Z] and noise [K B, Z]. */
export function importanceLatentsForward(
  builder: PlanBuilder,
  tensors: Record<'statistics' | 'noise' | 'z' | 'logRatio', Tensor>,
): void {
  const [rows, width] = tensors.z.shape as [number, number];
  builder.dispatch(latentsForwardKernel, {
    tensors,
    params: { rows, series: tensors.statistics.dim(0), width },
    workgroups: [Math.ceil(rows / 64)],
  });
}

/** dStatistics [B, 2Z] from dZ [K B, Z] and dLogRatio [K B]. */
export function importanceLatentsBackward(
  builder: PlanBuilder,
  tensors: Record<'statistics' | 'noise' | 'z' | 'dZ' | 'dLogRatio' | 'dStatistics', Tensor>,
): void {
  const [rows, width] = tensors.z.shape as [number, number];
  const series = tensors.statistics.dim(0);
  builder.dispatch(latentsBackwardKernel, {
    tensors,
    params: { rows, series, width },
    workgroups: elementwise(series * width),
  });
}

/** loss and kl [B], and the gradients of mean(loss + (1 - lambda) kl); see importance_objective.wgsl. */
export function importanceObjective(
  builder: PlanBuilder,
  tensors: Record<
    'logLikelihood' | 'logRatio' | 'loss' | 'kl' | 'dLogLikelihood' | 'dLogRatio' | 'summed',
    Tensor
  >,
  lambda: number,
): void {
  const [seqLen, rows] = tensors.logLikelihood.shape as [number, number];
  const series = tensors.loss.size;
  builder.dispatch(objectiveKernel, {
    tensors,
    params: { seqLen, rows, series, lambda },
    workgroups: [Math.ceil(series / 64)],
  });
}
