import adamSource from '../../../shaders/adam.wgsl?raw';
import squareSumSource from '../../../shaders/square_sum.wgsl?raw';
import reportSource from '../../../shaders/step_report.wgsl?raw';
import { defineKernel } from '../gpu/kernel.ts';
import { elementwise, type PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';

const adamKernel = defineKernel('adam', adamSource);
const squareSumKernel = defineKernel('square_sum', squareSumSource);
const reportKernel = defineKernel('step_report', reportSource);

/** Slices of a partial sum of squares. */
export const squareSumSlices = 64;

/** Row `slot` of partial [slots, 64] = sums of squares of values[start, start + count). */
export function squareSum(
  builder: PlanBuilder,
  tensors: { values: Tensor; partial: Tensor },
  params: { start: number; count: number; slot: number },
): void {
  builder.dispatch(squareSumKernel, { tensors, params, workgroups: [squareSumSlices] });
}

/** Writes this step's row of `log` [capacity, 8], the clip factors, and the alarm on a loss or gradient that is
 * not finite, or a loss beyond `divergence`. */
export function stepReport(
  builder: PlanBuilder,
  tensors: Record<
    'clock' | 'likelihoodLoss' | 'klLoss' | 'klWeights' | 'denoiserLoss' | 'partial' | 'clip' | 'log',
    Tensor
  >,
  params: {
    series: number;
    rows: number;
    lambda: number;
    limit: number;
    divergence: number;
    modelTrains: boolean;
  },
): void {
  builder.dispatch(reportKernel, {
    tensors,
    params: {
      ...params,
      modelTrains: Number(params.modelTrains),
      exponent: 0x7f80_0000,
      denoiserRows: tensors.denoiserLoss.size,
      capacity: tensors.log.dim(0),
    },
    workgroups: [1],
  });
}

/** One step of Adam on a range of the arena; `group` 0 is the model, 1 the denoiser. */
export function adam(
  builder: PlanBuilder,
  tensors: Record<'clock' | 'schedule' | 'clip' | 'gradients' | 'moment1' | 'moment2' | 'parameters', Tensor>,
  params: { start: number; count: number; group: 0 | 1 },
): void {
  builder.dispatch(adamKernel, { tensors, params, workgroups: elementwise(params.count) });
}
