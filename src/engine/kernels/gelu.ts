import distributionSource from '../../../shaders/gelu.wgsl?raw';
import backwardSource from '../../../shaders/gelu_backward.wgsl?raw';
import forwardSource from '../../../shaders/gelu_forward.wgsl?raw';
import tangentSource from '../../../shaders/gelu_tangent.wgsl?raw';
import { defineKernel } from '../gpu/kernel.ts';
import { elementwise, type GradientTarget, type PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';

const distribution = () => distributionSource;

const forwardKernel = defineKernel('gelu_forward', forwardSource, distribution);
const backwardKernel = defineKernel('gelu_backward', backwardSource, distribution);
const tangentKernel = defineKernel('gelu_tangent', tangentSource, distribution);

/** y = x Phi(x), PyTorch's nn.GELU in its exact form. */
export function geluForward(builder: PlanBuilder, tensors: { x: Tensor; y: Tensor }): void {
  const count = tensors.x.size;
  builder.dispatch(forwardKernel, { tensors, params: { count }, workgroups: elementwise(count) });
}

/** dX (+)= dY gelu'(x). */
export function geluBackward(builder: PlanBuilder, x: Tensor, dY: Tensor, dX: GradientTarget): void {
  builder.dispatch(backwardKernel, {
    tensors: { x, dY, dX: dX.tensor },
    params: { count: x.size, accumulate: dX.accumulate },
    workgroups: elementwise(x.size),
  });
}

/** tY = tX gelu'(x). */
export function geluTangent(builder: PlanBuilder, tensors: { x: Tensor; tX: Tensor; tY: Tensor }): void {
  const count = tensors.x.size;
  builder.dispatch(tangentKernel, { tensors, params: { count }, workgroups: elementwise(count) });
}
