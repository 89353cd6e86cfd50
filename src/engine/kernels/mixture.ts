import logAdd from '../../../shaders/log_add.wgsl?raw';
import backwardSource from '../../../shaders/mixture_log_likelihood_backward.wgsl?raw';
import forwardSource from '../../../shaders/mixture_log_likelihood_forward.wgsl?raw';
import stepSource from '../../../shaders/mixture_step.wgsl?raw';
import { defineKernel } from '../gpu/kernel.ts';
import { elementwise, type PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import type { SigmaRange } from './objective.ts';

const forwardKernel = defineKernel('mixture_log_likelihood_forward', forwardSource, () => logAdd);
const backwardKernel = defineKernel('mixture_log_likelihood_backward', backwardSource, () => logAdd);
const stepKernel = defineKernel('mixture_step', stepSource);

/** What a mixture of Gaussians is made of. */
export interface MixtureShape {
  components: number;
  /** Whether features covary within a component. */
  full: boolean;
  sigma: SigmaRange;
}

const rowsOf = ({ components, full, sigma }: MixtureShape, head: Tensor, x: Tensor) => {
  const [seqLen, rows, headSize] = head.shape as [number, number, number];
  return {
    params: { seqLen, rows, series: x.dim(1), featureSize: x.dim(2), components, headSize, ...sigma },
    constants: { FULL: Number(full) },
    workgroups: elementwise(seqLen * rows),
  };
};

/** logLikelihood [T, rows] of x [T, series, D] (row r is series r mod series) under head [T, rows, headSize]. */
export function mixtureForward(
  builder: PlanBuilder,
  tensors: Record<'head' | 'x' | 'mask' | 'logLikelihood', Tensor>,
  mixture: MixtureShape,
): void {
  builder.dispatch(forwardKernel, { tensors, ...rowsOf(mixture, tensors.head, tensors.x) });
}

/** dHead [T, rows, headSize] from logLikelihood and dLogLikelihood [T, rows]. */
export function mixtureBackward(
  builder: PlanBuilder,
  tensors: Record<'head' | 'x' | 'mask' | 'logLikelihood' | 'dLogLikelihood' | 'dHead', Tensor>,
  mixture: MixtureShape,
): void {
  builder.dispatch(backwardKernel, { tensors, ...rowsOf(mixture, tensors.head, tensors.x) });
}

/**
 * Position t of x [T, rows, D] from the head [rows, headSize] and noise [T, rows, D + 1]; clock u32 [4] holds t, whether noise is
 * added, and whether it is fed back. What is fed back is left in `fed` [rows, D].
 */
export function mixtureStep(
  builder: PlanBuilder,
  tensors: Record<'clock' | 'head' | 'noise' | 'x' | 'fed', Tensor>,
  { components, full, sigma }: MixtureShape,
): void {
  const [rows, featureSize] = tensors.fed.shape as [number, number];
  builder.dispatch(stepKernel, {
    tensors,
    params: { rows, featureSize, components, headSize: tensors.head.dim(1), ...sigma },
    constants: { FULL: Number(full) },
    workgroups: [Math.ceil(rows / 64)],
  });
}
