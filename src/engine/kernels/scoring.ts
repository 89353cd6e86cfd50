import absoluteErrorBackwardSource from '../../../shaders/absolute_error_backward.wgsl?raw';
import absoluteErrorForwardSource from '../../../shaders/absolute_error_forward.wgsl?raw';
import crossEntropyBackwardSource from '../../../shaders/binary_cross_entropy_backward.wgsl?raw';
import crossEntropyForwardSource from '../../../shaders/binary_cross_entropy_forward.wgsl?raw';
import { defineKernel } from '../gpu/kernel.ts';
import type { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';

const crossEntropyForwardKernel = defineKernel('binary_cross_entropy_forward', crossEntropyForwardSource);
const crossEntropyBackwardKernel = defineKernel('binary_cross_entropy_backward', crossEntropyBackwardSource);

const absoluteErrorForwardKernel = defineKernel('absolute_error_forward', absoluteErrorForwardSource);
const absoluteErrorBackwardKernel = defineKernel('absolute_error_backward', absoluteErrorBackwardSource);

const rowShape = (rows: number) => ({ params: { rows }, workgroups: [Math.ceil(rows / 64)] as [number] });

/** loss [rows] in nats of labels [rows] in [0, 1] under logits [rows]. */
export function crossEntropyForward(
  builder: PlanBuilder,
  tensors: { logit: Tensor; label: Tensor; loss: Tensor },
): void {
  builder.dispatch(crossEntropyForwardKernel, { tensors, ...rowShape(tensors.logit.size) });
}

/** dLogit [rows] of the mean loss; stored. */
export function crossEntropyBackward(
  builder: PlanBuilder,
  tensors: { logit: Tensor; label: Tensor; dLogit: Tensor },
): void {
  builder.dispatch(crossEntropyBackwardKernel, { tensors, ...rowShape(tensors.logit.size) });
}

function errorShape(prediction: Tensor) {
  const [seqLen, rows, featureSize] = prediction.shape as [number, number, number];
  return { params: { seqLen, rows, featureSize }, workgroups: [Math.ceil(rows / 64)] as [number] };
}

/** loss [rows]: mean |prediction_t - x_{t+1}| over observed values; prediction, x and mask [T, rows, D]. */
export function absoluteErrorForward(
  builder: PlanBuilder,
  tensors: { prediction: Tensor; x: Tensor; mask: Tensor; loss: Tensor },
): void {
  builder.dispatch(absoluteErrorForwardKernel, { tensors, ...errorShape(tensors.prediction) });
}

/** dPrediction [T, rows, D] of the mean loss; stored. */
export function absoluteErrorBackward(
  builder: PlanBuilder,
  tensors: { prediction: Tensor; x: Tensor; mask: Tensor; dPrediction: Tensor },
): void {
  builder.dispatch(absoluteErrorBackwardKernel, { tensors, ...errorShape(tensors.prediction) });
}
