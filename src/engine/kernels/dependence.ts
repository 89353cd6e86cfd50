import deltaSource from '../../../shaders/dependence_delta.wgsl?raw';
import pointsSource from '../../../shaders/path_points.wgsl?raw';
import { defineKernel } from '../gpu/kernel.ts';
import { elementwise, type PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';

const deltaKernel = defineKernel('dependence_delta', deltaSource);
const pointsKernel = defineKernel('path_points', pointsSource);

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

/** point [nodes * series, Z] = s_q z at every node of path [4 + nodes], and its tangent, z itself, of z [series, Z]. */
export function pathPoints(
  builder: PlanBuilder,
  tensors: { path: Tensor; z: Tensor; point: Tensor; tangent: Tensor },
): void {
  const [series, width] = tensors.z.shape as [number, number];
  builder.dispatch(pointsKernel, {
    tensors,
    params: { nodes: tensors.path.size - 4, series, width },
    workgroups: elementwise(tensors.point.size),
  });
}
