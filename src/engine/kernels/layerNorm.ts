import backwardInputSource from '../../../shaders/layer_norm_backward_input.wgsl?raw';
import backwardWeightSource from '../../../shaders/layer_norm_backward_weight.wgsl?raw';
import forwardSource from '../../../shaders/layer_norm_forward.wgsl?raw';
import tangentSource from '../../../shaders/layer_norm_tangent.wgsl?raw';
import { defineKernel } from '../gpu/kernel.ts';
import {
  type GradientTarget,
  mostWorkgroups,
  type PlanBuilder,
  type Workgroups,
} from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';

const forwardKernel = defineKernel('layer_norm_forward', forwardSource);
const backwardInputKernel = defineKernel('layer_norm_backward_input', backwardInputSource);
const backwardWeightKernel = defineKernel('layer_norm_backward_weight', backwardWeightSource);
const tangentKernel = defineKernel('layer_norm_tangent', tangentSource);

function sizes(x: Tensor) {
  const width = x.dim(-1);
  if (width % 4 !== 0) throw new Error(`layer norm: the width of ${x} is no multiple of 4`);
  return { rows: x.size / width, blocks: width / 4 };
}

/** Workgroups of 64 threads, a row each. */
function byRows(rows: number): Workgroups {
  const groups = Math.ceil(rows / 64);
  const y = Math.ceil(groups / mostWorkgroups);
  return [Math.ceil(groups / y), y];
}

/** y [.., width] = x normalised over its last axis, times weight, plus bias; statistics [rows, 2] keep mean and 1 / deviation. */
export function layerNormForward(
  builder: PlanBuilder,
  tensors: { x: Tensor; weight: Tensor; bias: Tensor; statistics: Tensor; y: Tensor },
): void {
  const params = sizes(tensors.x);
  builder.dispatch(forwardKernel, { tensors, params, workgroups: byRows(params.rows) });
}

/** dX (+)= the gradient through the row's mean and deviation. */
export function layerNormBackwardInput(
  builder: PlanBuilder,
  tensors: { x: Tensor; dY: Tensor; weight: Tensor; statistics: Tensor },
  dX: GradientTarget,
): void {
  const { rows, blocks } = sizes(tensors.x);
  builder.dispatch(backwardInputKernel, {
    tensors: { ...tensors, dX: dX.tensor },
    params: { rows, blocks, accumulate: dX.accumulate },
    workgroups: byRows(rows),
  });
}

/** dWeight, dBias [width] (+)= sums over rows. */
export function layerNormBackwardWeight(
  builder: PlanBuilder,
  tensors: { x: Tensor; dY: Tensor; statistics: Tensor },
  dWeight: GradientTarget,
  dBias: GradientTarget,
): void {
  const { rows, blocks } = sizes(tensors.x);
  builder.dispatch(backwardWeightKernel, {
    tensors: { ...tensors, dWeight: dWeight.tensor, dBias: dBias.tensor },
    params: { rows, blocks, accumulateWeight: dWeight.accumulate, accumulateBias: dBias.accumulate },
    workgroups: [blocks],
  });
}

/** tY = the tangent of y in the direction tX. */
export function layerNormTangent(
  builder: PlanBuilder,
  tensors: { x: Tensor; tX: Tensor; weight: Tensor; statistics: Tensor; tY: Tensor },
): void {
  const params = sizes(tensors.x);
  builder.dispatch(tangentKernel, { tensors, params, workgroups: byRows(params.rows) });
}
