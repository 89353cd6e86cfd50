import type { Tensor } from '../gpu/tensor.ts';
import { maskDraws } from '../kernels/data.ts';
import { mixtureLogDensity, stableObjective, standardLogDensity } from '../kernels/objective.ts';
import { decoder, logLikelihood } from '../layers/decoder.ts';
import type { ObjectiveContext } from './types.ts';

/**
 * log p(x_t | z, x_<t) of the batch for latents [rows, Z]. Where the wiring masks inputs they are masked in training alone:
 * evaluation and validation decode from all of them.
 * @returns [T, rows]
 */
export function logLikelihoods(context: ObjectiveContext, latents: Tensor): Tensor {
  const { builder, model, batch, randomness } = context;
  const { wiring } = model.shape;
  const count = (batch.x.dim(0) - 1) * batch.x.dim(1);
  const draw =
    builder.training && wiring.maskProbability !== null
      ? randomness.integers('input mask', [{ count, ...maskDraws }])
      : undefined;
  const head = decoder(builder, model, latents, batch.x, draw);
  return logLikelihood(builder, model.shape, { ...batch, head });
}

/**
 * Decodes latents [rows, Z] and weighs the log-likelihoods: rows below the batch size by the likelihood weight of their
 * timestep, the others through the penalty.
 * @returns the loss of each row, before lambda and the mean over the rows of its kind: [rows]
 */
export function likelihoodLoss(
  context: ObjectiveContext,
  latents: Tensor,
  timestep: Tensor,
  lambda: number,
): Tensor {
  const { builder, batch, tables, options } = context;
  const [rows, series] = [latents.dim(0), batch.x.dim(1)];
  const logLikelihood = logLikelihoods(context, latents);
  const reference = rows > series ? referenceDensity(context) : builder.none;
  const loss = builder.tensor('likelihood loss', [rows]);
  const target = builder.gradientTarget(logLikelihood);
  const dLogLikelihood = target?.tensor ?? builder.tensor('unused gradient', logLikelihood.shape);
  stableObjective(
    builder,
    { logLikelihood, reference, mask: batch.mask, timestep, weights: tables.weights, loss, dLogLikelihood },
    { series, lambda, penalty: options.penalty },
  );
  return loss;
}

/** l_ref of the penalty, [T, B]: what the marginal alone says of each value. */
function referenceDensity({ builder, batch, tables, options }: ObjectiveContext): Tensor {
  const reference = builder.tensor('reference log-density', [batch.x.dim(0), batch.x.dim(1)]);
  if (options.reference === 'standard') standardLogDensity(builder, { ...batch, reference });
  else if (tables.reference) mixtureLogDensity(builder, { ...batch, mixture: tables.reference, reference });
  else throw new Error('the fitted reference was not planned');
  return reference;
}
