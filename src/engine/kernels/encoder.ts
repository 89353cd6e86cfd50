import batchNormBackwardSource from '../../../shaders/batch_norm_backward.wgsl?raw';
import batchNormForwardSource from '../../../shaders/batch_norm_forward.wgsl?raw';
import poolBackwardSource from '../../../shaders/pool_backward.wgsl?raw';
import poolForwardSource from '../../../shaders/pool_forward.wgsl?raw';
import { defineKernel } from '../gpu/kernel.ts';
import { elementwise, type GradientTarget, type PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { observed } from './observed.ts';

const poolForwardKernel = defineKernel('pool_forward', poolForwardSource, observed);
const poolBackwardKernel = defineKernel('pool_backward', poolBackwardSource, observed);
const batchNormForwardKernel = defineKernel('batch_norm_forward', batchNormForwardSource);
const batchNormBackwardKernel = defineKernel('batch_norm_backward', batchNormBackwardSource);

function poolShape(hidden: Tensor, mask: Tensor, y: Tensor) {
  const [seqLen, rows, hiddenSize] = hidden.shape as [number, number, number];
  return {
    params: { seqLen, rows, hiddenSize, featureSize: mask.dim(2) },
    constants: { LAST: y.dim(1) / hiddenSize - 1 },
    workgroups: elementwise(rows * hiddenSize),
  };
}

/**
 * y [B, 2H] = [hidden at the last valid position ; mean over valid positions], or the mean alone where y is [B, H]; hidden
 * [T, B, H], mask [T, B, D].
 */
export function poolForward(
  builder: PlanBuilder,
  tensors: { hidden: Tensor; mask: Tensor; y: Tensor },
): void {
  builder.dispatch(poolForwardKernel, { tensors, ...poolShape(tensors.hidden, tensors.mask, tensors.y) });
}

/** dHidden [T, B, H] from dY [B, 2H] or [B, H]; it is stored, since pooling is the only reader of the encoder's hidden states. */
export function poolBackward(
  builder: PlanBuilder,
  tensors: { dY: Tensor; mask: Tensor; dHidden: Tensor },
): void {
  builder.dispatch(poolBackwardKernel, { tensors, ...poolShape(tensors.dHidden, tensors.mask, tensors.dY) });
}

/**
 * y [rows, width] = x normalised per column: by the batch when `training` (`running` [2, width] then moves by 0.1), else by
 * `running`. `rstd` [width] is kept for the backward pass.
 */
export function batchNormForward(
  builder: PlanBuilder,
  tensors: { x: Tensor; running: Tensor; rstd: Tensor; y: Tensor },
  training: boolean,
): void {
  const [rows, width] = tensors.x.shape as [number, number];
  builder.dispatch(batchNormForwardKernel, {
    tensors,
    params: { rows, width },
    constants: { TRAINING: Number(training) },
    workgroups: [Math.ceil(width / 64)],
  });
}

/** dX (+)= the gradient through the batch statistics. */
export function batchNormBackward(
  builder: PlanBuilder,
  tensors: { dY: Tensor; y: Tensor; rstd: Tensor },
  dX: GradientTarget,
): void {
  const [rows, width] = tensors.y.shape as [number, number];
  builder.dispatch(batchNormBackwardKernel, {
    tensors: { ...tensors, dX: dX.tensor },
    params: { rows, width, accumulate: dX.accumulate },
    workgroups: [Math.ceil(width / 64)],
  });
}
