import type { ParameterArena, ParameterSpec } from '../gpu/parameterArena.ts';
import type { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { gaussianBackward, gaussianForward, type SigmaRange } from '../kernels/objective.ts';
import { linear, linearParameters, linearWeights } from './linear.ts';
import { lstm, lstmParameters, lstmWeights } from './lstm.ts';

/** Range of log sigma: -3 + 4 sigmoid(raw), or a fixed value. */
export function sigmaRange(fixed: number | null): SigmaRange {
  return fixed === null
    ? { logSigmaLow: -3, logSigmaRange: 4 }
    : { logSigmaLow: Math.log(fixed), logSigmaRange: 0 };
}

/** token_0 = W_z z, token_t = W_x x_t (no biases), an LSTM over them, a head [mu, raw log sigma]. */
export function decoderParameters(
  featureSize: number,
  latentSize: number,
  tokenSize: number,
  hiddenSize: number,
): ParameterSpec[] {
  return [
    ...linearParameters('decoder.latent_token', 'model', latentSize, tokenSize, false),
    ...linearParameters('decoder.value_token', 'model', featureSize, tokenSize, false),
    ...lstmParameters('decoder.lstm', tokenSize, hiddenSize),
    ...linearParameters('decoder.head', 'model', hiddenSize, 2 * featureSize),
  ];
}

/** The decoder's tokens: [rows, tokenSize] from the latents, [T - 1, series, tokenSize] from all values but the last. */
export function decoderTokens(builder: PlanBuilder, arena: ParameterArena, z: Tensor, x: Tensor) {
  const values = x.prefix(x.dim(0) - 1);
  return {
    first: linear(builder, 'latent token', z, linearWeights(arena, 'decoder.latent_token', false)),
    rest: linear(builder, 'value tokens', values, linearWeights(arena, 'decoder.value_token', false)),
  };
}

/**
 * Teacher-forced decoder.
 * @param z [rows, Z]; row r decodes series r mod B @param x [T, B, D]
 * @returns head [T, rows, 2D]: p(x_t | z, x_<t) for every t at once
 */
export function decoder(builder: PlanBuilder, arena: ParameterArena, z: Tensor, x: Tensor): Tensor {
  const hidden = lstm(
    builder,
    'decoder',
    decoderTokens(builder, arena, z, x),
    lstmWeights(arena, 'decoder.lstm'),
  );
  return linear(builder, 'decoder head', hidden, linearWeights(arena, 'decoder.head'));
}

/** log p(x_t | z, x_<t) under the head, summed over observed features. @returns [T, rows] */
export function gaussianLogLikelihood(
  builder: PlanBuilder,
  head: Tensor,
  x: Tensor,
  mask: Tensor,
  sigma: SigmaRange,
): Tensor {
  const logLikelihood = builder.tensor('log-likelihood', [head.dim(0), head.dim(1)], true);
  gaussianForward(builder, { head, x, mask, logLikelihood }, sigma);
  builder.onBackward(() => {
    const dLogLikelihood = builder.gradient(logLikelihood);
    const dHead = dLogLikelihood && builder.gradientTarget(head);
    if (dHead) gaussianBackward(builder, { head, x, mask, dLogLikelihood, dHead: dHead.tensor }, sigma);
  });
  return logLikelihood;
}
