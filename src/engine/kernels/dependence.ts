import deltaSource from '../../../shaders/dependence_delta.wgsl?raw';
import productsSource from '../../../shaders/dependence_products.wgsl?raw';
import pointsSource from '../../../shaders/path_points.wgsl?raw';
import { defineKernel } from '../gpu/kernel.ts';
import { elementwise, type PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';

const deltaKernel = defineKernel('dependence_delta', deltaSource);
const pointsKernel = defineKernel('path_points', pointsSource);
const productsKernel = defineKernel('dependence_products', productsSource);

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

/**
 * products [rows, T, 3] = <D_t, tangent of h_t>; delta [T, series, H], row r has series r mod `series`.
 * @param tangents three [T, rows, H], or one [4, T, rows, H] whose part 0 is h itself
 */
export function dependenceProducts(
  builder: PlanBuilder,
  delta: Tensor,
  tangents: readonly [Tensor, Tensor, Tensor] | Tensor,
  products: Tensor,
): void {
  const [seqLen, series, hiddenSize] = delta.shape as [number, number, number];
  const rows = products.dim(0);
  const stacked = 'shape' in tangents;
  const [tFirst, tSecond, tLocal] = stacked ? [tangents, tangents, tangents] : tangents;
  const stride = stacked ? tangents.size / 16 : 0;
  builder.dispatch(productsKernel, {
    tensors: { delta, tFirst, tSecond, tLocal, products },
    params: { seqLen, rows, series, blocks: hiddenSize / 4, stride },
    workgroups: elementwise(seqLen * rows),
  });
}
