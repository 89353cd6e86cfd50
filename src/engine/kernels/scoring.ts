import crossEntropyBackwardSource from '../../../shaders/binary_cross_entropy_backward.wgsl?raw';
import crossEntropyForwardSource from '../../../shaders/binary_cross_entropy_forward.wgsl?raw';
import { defineKernel } from '../gpu/kernel.ts';
import type { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';

const crossEntropyForwardKernel = defineKernel('binary_cross_entropy_forward', crossEntropyForwardSource);
const crossEntropyBackwardKernel = defineKernel('binary_cross_entropy_backward', crossEntropyBackwardSource);

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
