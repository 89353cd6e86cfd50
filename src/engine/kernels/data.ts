import gatherRowsSource from '../../../shaders/gather_rows.wgsl?raw';
import gatherWindowsSource from '../../../shaders/gather_windows.wgsl?raw';
import maskInputsSource from '../../../shaders/mask_inputs.wgsl?raw';
import { defineKernel } from '../gpu/kernel.ts';
import { elementwise, type PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';

const gatherRowsKernel = defineKernel('gather_rows', gatherRowsSource);
const gatherWindowsKernel = defineKernel('gather_windows', gatherWindowsSource);
const maskInputsKernel = defineKernel('mask_inputs', maskInputsSource);

/** Picks windows `index` [B] out of `values` and `observed` [n, T, D] into `x` and `mask` [T, B, D]. */
export function gatherWindows(
  builder: PlanBuilder,
  tensors: { values: Tensor; observed: Tensor; index: Tensor; x: Tensor; mask: Tensor },
): void {
  const [seqLen, batchSize, featureSize] = tensors.x.shape as [number, number, number];
  builder.dispatch(gatherWindowsKernel, {
    tensors,
    params: { seqLen, batchSize, featureSize },
    workgroups: elementwise(tensors.x.size),
  });
}

/** `output` [B, width] = rows `index` [B] of `rows` [n, width]. */
export function gatherRows(
  builder: PlanBuilder,
  tensors: { rows: Tensor; index: Tensor; output: Tensor },
): void {
  const [batchSize, width] = tensors.output.shape as [number, number];
  builder.dispatch(gatherRowsKernel, {
    tensors,
    params: { batchSize, width },
    workgroups: elementwise(batchSize * width),
  });
}

/** What `draw` is uniform on: {0, ..., 65535}. */
export const maskDraws = { low: 0, high: 65_535 };

/**
 * y [positions, series, D] = x with whole vectors set to zero, each with `probability`, and masked [positions, series] = 1
 * there; draw is u32 [positions, series].
 */
export function maskInputs(
  builder: PlanBuilder,
  tensors: { x: Tensor; draw: Tensor; y: Tensor; masked: Tensor },
  probability: number,
): void {
  const count = tensors.masked.size;
  const threshold = Math.round(probability * (maskDraws.high + 1));
  builder.dispatch(maskInputsKernel, {
    tensors,
    params: { count, featureSize: tensors.x.dim(2), threshold },
    workgroups: elementwise(count),
  });
}
