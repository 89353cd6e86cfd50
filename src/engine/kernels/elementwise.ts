import addSource from '../../../shaders/add_forward.wgsl?raw';
import concatSource from '../../../shaders/concat.wgsl?raw';
import foldSource from '../../../shaders/fold_rows.wgsl?raw';
import multiplySource from '../../../shaders/multiply.wgsl?raw';
import scaleSource from '../../../shaders/scale.wgsl?raw';
import sigmoidBackwardSource from '../../../shaders/sigmoid_backward.wgsl?raw';
import siluBackwardSource from '../../../shaders/silu_backward.wgsl?raw';
import siluForwardSource from '../../../shaders/silu_forward.wgsl?raw';
import softplusSource from '../../../shaders/softplus_forward.wgsl?raw';
import transposeSource from '../../../shaders/transpose.wgsl?raw';
import { defineKernel } from '../gpu/kernel.ts';
import { elementwise, type GradientTarget, type PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';

const addKernel = defineKernel('add_forward', addSource);
const foldKernel = defineKernel('fold_rows', foldSource);
const siluForwardKernel = defineKernel('silu_forward', siluForwardSource);
const siluBackwardKernel = defineKernel('silu_backward', siluBackwardSource);
const softplusKernel = defineKernel('softplus_forward', softplusSource);
const sigmoidBackwardKernel = defineKernel('sigmoid_backward', sigmoidBackwardSource);
const multiplyKernel = defineKernel('multiply', multiplySource);
const scaleKernel = defineKernel('scale', scaleSource);
const concatKernel = defineKernel('concat', concatSource);
const transposeKernel = defineKernel('transpose', transposeSource);

/** y [columns, rows] = x [rows, columns] transposed. */
export function transpose(builder: PlanBuilder, tensors: { x: Tensor; y: Tensor }): void {
  const [rows, columns] = tensors.x.shape as [number, number];
  builder.dispatch(transposeKernel, {
    tensors,
    params: { rows, columns },
    workgroups: elementwise(rows * columns),
  });
}

/** y = a + b, b broadcast over the leading axes of a. */
export function addForward(builder: PlanBuilder, tensors: { a: Tensor; b: Tensor; y: Tensor }): void {
  const count = tensors.a.size;
  builder.dispatch(addKernel, {
    tensors,
    params: { count, period: tensors.b.size },
    workgroups: elementwise(count),
  });
}

/**
 * output [positions, width] (+)= sum over k of input[p, w + k width], input [positions, length] read from element `start` on.
 * The last of the copies that are summed may be a part of one.
 */
export function foldRows(
  builder: PlanBuilder,
  input: Tensor,
  output: GradientTarget,
  shape: { positions: number; length: number; width: number; start: number },
): void {
  builder.dispatch(foldKernel, {
    tensors: { input, output: output.tensor },
    params: { ...shape, accumulate: output.accumulate },
    workgroups: elementwise(shape.positions * shape.width),
  });
}

/** y = x sigmoid(x). */
export function siluForward(builder: PlanBuilder, tensors: { x: Tensor; y: Tensor }): void {
  const count = tensors.x.size;
  builder.dispatch(siluForwardKernel, { tensors, params: { count }, workgroups: elementwise(count) });
}

/** dX (+)= dY silu'(x). */
export function siluBackward(builder: PlanBuilder, x: Tensor, dY: Tensor, dX: GradientTarget): void {
  builder.dispatch(siluBackwardKernel, {
    tensors: { x, dY, dX: dX.tensor },
    params: { count: x.size, accumulate: dX.accumulate },
    workgroups: elementwise(x.size),
  });
}

/** y = softplus(x) and slope = sigmoid(x), its derivative. */
export function softplusForward(
  builder: PlanBuilder,
  tensors: { x: Tensor; y: Tensor; slope: Tensor },
): void {
  const count = tensors.x.size;
  builder.dispatch(softplusKernel, { tensors, params: { count }, workgroups: elementwise(count) });
}

/** dX (+)= dY s (1 - s), s = sigmoid(x). */
export function sigmoidBackward(builder: PlanBuilder, s: Tensor, dY: Tensor, dX: GradientTarget): void {
  builder.dispatch(sigmoidBackwardKernel, {
    tensors: { s, dY, dX: dX.tensor },
    params: { count: s.size, accumulate: dX.accumulate },
    workgroups: elementwise(s.size),
  });
}

/** y (+)= a b, element by element. */
export function multiply(builder: PlanBuilder, a: Tensor, b: Tensor, y: GradientTarget): void {
  builder.dispatch(multiplyKernel, {
    tensors: { a, b, y: y.tensor },
    params: { count: a.size, accumulate: y.accumulate },
    workgroups: elementwise(a.size),
  });
}

/** y (+)= factor x. */
export function scale(builder: PlanBuilder, factor: number, x: Tensor, y: GradientTarget): void {
  builder.dispatch(scaleKernel, {
    tensors: { x, y: y.tensor },
    params: { count: x.size, accumulate: y.accumulate, factor },
    workgroups: elementwise(x.size),
  });
}

/** y = a, then b behind it. */
export function concat(builder: PlanBuilder, tensors: { a: Tensor; b: Tensor; y: Tensor }): void {
  builder.dispatch(concatKernel, {
    tensors,
    params: { countA: tensors.a.size, countB: tensors.b.size },
    workgroups: elementwise(tensors.y.size),
  });
}
