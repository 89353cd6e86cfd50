import type { Tensor } from '../gpu/tensor.ts';
import { stableObjective, standardLogDensity } from '../kernels/objective.ts';
import { decoder, gaussianLogLikelihood } from '../layers/decoder.ts';
import type { ObjectiveContext } from './types.ts';

/**
 * Decodes latents [rows, Z] and weighs the log-likelihoods: rows below the batch size by the likelihood weight of their
 * timestep, the others through the penalty.
 * @returns the loss of each row, before lambda and the batch mean: [rows]
 */
export function likelihoodLoss(
  context: ObjectiveContext,
  latents: Tensor,
  timestep: Tensor,
  lambda: number,
): Tensor {
  const { builder, model, batch, tables, options } = context;
  const rows = latents.dim(0);
  const head = decoder(builder, model, latents, batch.x);
  const logLikelihood = gaussianLogLikelihood(builder, head, batch.x, batch.mask, model.shape.sigma);
  const reference = builder.tensor('reference log-density', [batch.x.dim(0), batch.x.dim(1)]);
  standardLogDensity(builder, { ...batch, reference });
  const loss = builder.tensor('likelihood loss', [rows]);
  const target = builder.gradientTarget(logLikelihood);
  const dLogLikelihood = target?.tensor ?? builder.tensor('unused gradient', logLikelihood.shape);
  stableObjective(
    builder,
    { logLikelihood, reference, timestep, weights: tables.weights, loss, dLogLikelihood },
    { lambda, penalty: options.penalty },
  );
  return loss;
}
