import deltaSource from '../../../shaders/dependence_delta.wgsl?raw';
import { defineKernel } from '../gpu/kernel.ts';
import { elementwise, type PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';

const deltaKernel = defineKernel('dependence_delta', deltaSource);

/** delta [T, series, H] = hidden [T, series, H] - baseline [T, 1, H]. */
export function dependenceDelta(
  builder: PlanBuilder,
  tensors: { hidden: Tensor; baseline: Tensor; delta: Tensor },
): void {
  const [, series, hiddenSize] = tensors.delta.shape as [number, number, number];
  const count = tensors.delta.size;
  builder.dispatch(deltaKernel, {
    tensors,
    params: { count, series, hiddenSize },
    workgroups: elementwise(count),
  });
}
