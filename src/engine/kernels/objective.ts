import gaussianBackwardSource from '../../../shaders/gaussian_log_likelihood_backward.wgsl?raw';
import gaussianForwardSource from '../../../shaders/gaussian_log_likelihood_forward.wgsl?raw';
import klBackwardSource from '../../../shaders/kl_reparameterise_backward.wgsl?raw';
import klForwardSource from '../../../shaders/kl_reparameterise_forward.wgsl?raw';
import mixtureSource from '../../../shaders/mixture_log_density.wgsl?raw';
import mseBackwardSource from '../../../shaders/mse_backward.wgsl?raw';
import mseForwardSource from '../../../shaders/mse_forward.wgsl?raw';
import stableSource from '../../../shaders/stable_objective.wgsl?raw';
import standardSource from '../../../shaders/standard_log_density.wgsl?raw';
import { defineKernel } from '../gpu/kernel.ts';
import { elementwise, type PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { observed } from './observed.ts';

const gaussianForwardKernel = defineKernel('gaussian_log_likelihood_forward', gaussianForwardSource);
const gaussianBackwardKernel = defineKernel('gaussian_log_likelihood_backward', gaussianBackwardSource);
const standardKernel = defineKernel('standard_log_density', standardSource);
const mixtureKernel = defineKernel('mixture_log_density', mixtureSource);
const stableKernel = defineKernel('stable_objective', stableSource, observed);
const klForwardKernel = defineKernel('kl_reparameterise_forward', klForwardSource);
const klBackwardKernel = defineKernel('kl_reparameterise_backward', klBackwardSource);
const mseForwardKernel = defineKernel('mse_forward', mseForwardSource);
const mseBackwardKernel = defineKernel('mse_backward', mseBackwardSource);

/** log sigma = low + range sigmoid(raw); range 0 is a fixed sigma. */
export interface SigmaRange {
  logSigmaLow: number;
  logSigmaRange: number;
}

function gaussianShape(head: Tensor, x: Tensor, sigma: SigmaRange) {
  const [seqLen, rows] = head.shape as [number, number];
  const params = { seqLen, rows, series: x.dim(1), featureSize: x.dim(2), ...sigma };
  return { params, workgroups: elementwise(seqLen * rows) };
}

/** logLikelihood [T, rows] of x [T, series, D] (row r is series r mod series) under head [T, rows, 2D] = [mu, raw]. */
export function gaussianForward(
  builder: PlanBuilder,
  tensors: { head: Tensor; x: Tensor; mask: Tensor; logLikelihood: Tensor },
  sigma: SigmaRange,
): void {
  builder.dispatch(gaussianForwardKernel, { tensors, ...gaussianShape(tensors.head, tensors.x, sigma) });
}

/** dHead [T, rows, 2D] from dLogLikelihood [T, rows]. */
export function gaussianBackward(
  builder: PlanBuilder,
  tensors: { head: Tensor; x: Tensor; mask: Tensor; dLogLikelihood: Tensor; dHead: Tensor },
  sigma: SigmaRange,
): void {
  builder.dispatch(gaussianBackwardKernel, { tensors, ...gaussianShape(tensors.head, tensors.x, sigma) });
}

/** reference [T, series] = log N(x; 0, I) over observed features of x [T, series, D]. */
export function standardLogDensity(
  builder: PlanBuilder,
  tensors: { x: Tensor; mask: Tensor; reference: Tensor },
): void {
  const count = tensors.reference.size;
  builder.dispatch(standardKernel, {
    tensors,
    params: { count, featureSize: tensors.x.dim(2) },
    workgroups: elementwise(count),
  });
}

/** The same under a mixture [K, 1 + 2D] of diagonal Gaussians: log weight, means, log deviations. */
export function mixtureLogDensity(
  builder: PlanBuilder,
  tensors: { x: Tensor; mask: Tensor; mixture: Tensor; reference: Tensor },
): void {
  const count = tensors.reference.size;
  builder.dispatch(mixtureKernel, {
    tensors,
    params: { count, featureSize: tensors.x.dim(2), components: tensors.mixture.dim(0) },
    workgroups: elementwise(count),
  });
}

export type PenaltyName = 'hinge' | 'softplus' | 'literal';
const penalties: readonly PenaltyName[] = ['hinge', 'softplus', 'literal'];

/** loss [rows] and dLogLikelihood [T, rows] of the posterior-stable objective; see stable_objective.wgsl. */
export function stableObjective(
  builder: PlanBuilder,
  tensors: {
    logLikelihood: Tensor;
    reference: Tensor;
    /** [T, series, D] */
    mask: Tensor;
    timestep: Tensor;
    weights: Tensor;
    loss: Tensor;
    dLogLikelihood: Tensor;
  },
  options: { series: number; lambda: number; penalty: PenaltyName },
): void {
  const [seqLen, rows] = tensors.logLikelihood.shape as [number, number];
  builder.dispatch(stableKernel, {
    tensors,
    params: {
      seqLen,
      rows,
      series: options.series,
      featureSize: tensors.mask.dim(2),
      lambda: options.lambda,
    },
    constants: { PENALTY: penalties.indexOf(options.penalty) },
    workgroups: [Math.ceil(rows / 64)],
  });
}

/** z [B, Z] and kl [B] from statistics [B, 2Z] = [mu, log variance] and noise [B, Z]; z = mu unless `sample`. */
export function klForward(
  builder: PlanBuilder,
  tensors: { statistics: Tensor; noise: Tensor; z: Tensor; kl: Tensor },
  sample: boolean,
): void {
  const [rows, width] = tensors.z.shape as [number, number];
  builder.dispatch(klForwardKernel, {
    tensors,
    params: { rows, width },
    constants: { SAMPLE: Number(sample) },
    workgroups: [Math.ceil(rows / 64)],
  });
}

/** dStatistics [B, 2Z] from dZ [B, Z] and the batch mean of the KL term at its weight of the clock's step, klWeights [steps]. */
export function klBackward(
  builder: PlanBuilder,
  tensors: Record<'clock' | 'klWeights' | 'statistics' | 'noise' | 'dZ' | 'dStatistics', Tensor>,
): void {
  const [rows, width] = tensors.dZ.shape as [number, number];
  builder.dispatch(klBackwardKernel, {
    tensors,
    params: { rows, width },
    workgroups: elementwise(rows * width),
  });
}

/** loss [rows] = mean over columns of (expected - prediction)^2. */
export function mseForward(
  builder: PlanBuilder,
  tensors: { expected: Tensor; prediction: Tensor; loss: Tensor },
): void {
  const [rows, width] = tensors.prediction.shape as [number, number];
  builder.dispatch(mseForwardKernel, {
    tensors,
    params: { rows, width },
    workgroups: [Math.ceil(rows / 64)],
  });
}

/** dPrediction of the mean over all elements. */
export function mseBackward(
  builder: PlanBuilder,
  tensors: { expected: Tensor; prediction: Tensor; dPrediction: Tensor },
): void {
  const [rows, width] = tensors.prediction.shape as [number, number];
  builder.dispatch(mseBackwardKernel, {
    tensors,
    params: { rows, width },
    workgroups: elementwise(rows * width),
  });
}
