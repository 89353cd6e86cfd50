import backwardInputSource from '../../../shaders/linear_backward_input.wgsl?raw';
import backwardWeightSource from '../../../shaders/linear_backward_weight.wgsl?raw';
import backwardWeightCoarse from '../../../shaders/linear_backward_weight_coarse.wgsl?raw';
import backwardWeightFine from '../../../shaders/linear_backward_weight_fine.wgsl?raw';
import forwardSource from '../../../shaders/linear_forward.wgsl?raw';
import tileCoarse from '../../../shaders/linear_tile_coarse.wgsl?raw';
import tileFine from '../../../shaders/linear_tile_fine.wgsl?raw';
import { defineKernel } from '../gpu/kernel.ts';
import {
  type GradientTarget,
  mostWorkgroups,
  type PlanBuilder,
  type Workgroups,
} from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { cut, tileOf } from './spread.ts';

const tile = cut(
  tileCoarse,
  tileFine,
  tileOf(() => 16),
);
const forwardKernel = defineKernel('linear_forward', forwardSource, tile);
const backwardInputKernel = defineKernel('linear_backward_input', backwardInputSource, tile);
const backwardWeightKernel = defineKernel(
  'linear_backward_weight',
  backwardWeightSource,
  cut(backwardWeightCoarse, backwardWeightFine),
);

/** Workgroups of 16 rows x 64 columns; rows go on along a third dimension once the second is full. */
function tiles(rows: number, columns: number): Workgroups {
  const groups = Math.ceil(rows / 16);
  const z = Math.ceil(groups / mostWorkgroups);
  return [Math.ceil(columns / 64), Math.ceil(groups / z), z];
}
/** Whether rows of this length can be read four values at a time. */
const vector = (size: number): 0 | 1 => (size % 4 === 0 ? 1 : 0);
const rowsOf = (tensor: Tensor): number => tensor.size / tensor.dim(-1);

/**
 * y [rows, outSize] = act(x [rows, inSize] weight^T + bias) + residual.
 * @param preActivation given, SiLU is applied and its argument kept there
 */
export function linearForward(
  builder: PlanBuilder,
  {
    x,
    weight,
    bias,
    residual,
    preActivation,
    y,
  }: Record<'x' | 'weight' | 'y', Tensor> & Partial<Record<'bias' | 'residual' | 'preActivation', Tensor>>,
): void {
  const rows = rowsOf(x);
  const [outSize, inSize] = weight.shape as [number, number];
  if (x.dim(-1) !== inSize) throw new Error(`linear: ${x} does not fit ${weight}`);
  builder.dispatch(forwardKernel, {
    tensors: {
      x,
      x4: x,
      weight,
      weight4: weight,
      y,
      bias: bias ?? builder.none,
      residual: residual ?? builder.none,
      preActivation: preActivation ?? builder.scratch,
    },
    params: {
      rows,
      inSize,
      outSize,
      bias: bias ? 1 : 0,
      silu: preActivation ? 1 : 0,
      residual: residual ? 1 : 0,
      once: 1,
    },
    constants: { VECTOR_X: vector(inSize) },
    workgroups: tiles(rows, outSize),
  });
}

/** dX [rows, inSize] (+)= dY [rows, outSize] weight. */
export function linearBackwardInput(
  builder: PlanBuilder,
  dY: Tensor,
  weight: Tensor,
  dX: GradientTarget,
): void {
  const rows = rowsOf(dY);
  const [outSize, inSize] = weight.shape as [number, number];
  builder.dispatch(backwardInputKernel, {
    tensors: { dY, dY4: dY, weight, weight4: weight, dX: dX.tensor },
    params: { rows, inSize, outSize, accumulate: dX.accumulate, once: 1 },
    constants: { VECTOR_Y: vector(outSize), VECTOR_X: vector(inSize) },
    workgroups: tiles(rows, inSize),
  });
}

/**
 * dWeight [outSize, inSize] (+)= dY^T x, dBias [outSize] (+)= column sums of dY.
 * @param rowShift row n of dY meets row n - rowShift of x, and nothing below row 0
 */
export function linearBackwardWeight(
  builder: PlanBuilder,
  dY: Tensor,
  x: Tensor,
  dWeight: GradientTarget,
  dBias?: GradientTarget,
  rowShift = 0,
): void {
  const outSize = dY.dim(-1);
  const inSize = x.dim(-1);
  builder.dispatch(backwardWeightKernel, {
    tensors: { dY, dY4: dY, x, x4: x, dWeight: dWeight.tensor, dBias: dBias?.tensor ?? builder.scratch },
    params: {
      rows: rowsOf(dY),
      inSize,
      outSize,
      rowShift,
      bias: dBias ? 1 : 0,
      accumulateWeight: dWeight.accumulate,
      accumulateBias: dBias?.accumulate ?? 0,
    },
    constants: { VECTOR_Y: vector(outSize), VECTOR_X: vector(inSize) },
    workgroups: [Math.ceil(inSize / 64), Math.ceil(outSize / 16), 4], // the last: only where work is cut fine
  });
}
