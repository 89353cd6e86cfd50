import type { ParameterArena, ParameterSpec } from '../gpu/parameterArena.ts';
import type { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { maskInputs } from '../kernels/data.ts';
import { gaussianBackward, gaussianForward, type SigmaRange } from '../kernels/objective.ts';
import { type DecoderWiring, latentPath, latentPathParameters } from './latentPath.ts';
import { add, linear, linearParameters, linearWeights } from './linear.ts';
import { lstm, lstmParameters, lstmWeights } from './lstm.ts';

/** Range of log sigma: -3 + 4 sigmoid(raw), or a fixed value. */
export function sigmaRange(fixed: number | null): SigmaRange {
  return fixed === null
    ? { logSigmaLow: -3, logSigmaRange: 4 }
    : { logSigmaLow: Math.log(fixed), logSigmaRange: 0 };
}

/** Sizes and wiring of a decoder. */
export interface DecoderShape {
  featureSize: number;
  latentSize: number;
  tokenSize: number;
  hiddenSize: number;
  wiring: DecoderWiring;
}

/** token_0 = W_z z, token_t = W_x x_t (no biases), an LSTM over them, a head [mu, raw log sigma]. */
export function decoderParameters(shape: DecoderShape): ParameterSpec[] {
  const { featureSize, latentSize, tokenSize, hiddenSize, wiring } = shape;
  const headSize = 2 * featureSize;
  const toToken = (name: string, inSize: number) =>
    linearParameters(`decoder.${name}`, 'model', inSize, tokenSize, false);
  return [
    ...latentPathParameters(wiring, { latentSize, tokenSize, headSize, width: hiddenSize }),
    ...toToken('value_token', featureSize),
    ...(wiring.maskProbability === null ? [] : toToken('mask_token', 1)),
    ...lstmParameters('decoder.lstm', tokenSize, hiddenSize),
    ...linearParameters('decoder.head', 'model', hiddenSize, headSize),
  ];
}

/**
 * Tokens of all values but the last, [T - 1, series, tokenSize], of x [T, series, D].
 * @param draw u32 [T - 1, series], see maskDraws: where it decides so, the learned mask token stands in for W_x x_t
 */
export function valueTokens(
  builder: PlanBuilder,
  arena: ParameterArena,
  { maskProbability }: DecoderWiring,
  x: Tensor,
  draw?: Tensor,
): Tensor {
  const values = x.prefix(x.dim(0) - 1);
  const weights = linearWeights(arena, 'decoder.value_token', false);
  if (!draw || maskProbability === null) return linear(builder, 'value tokens', values, weights);
  const y = builder.tensor('unmasked values', values.shape);
  const masked = builder.tensor('masked', [...values.shape.slice(0, 2), 1]);
  maskInputs(builder, { x: values, draw, y, masked }, maskProbability);
  // W_x 0 = 0 has no bias, so the token is a product of the indicator with the mask token: no kernel of its own.
  const stand = linear(builder, 'mask tokens', masked, linearWeights(arena, 'decoder.mask_token', false));
  return linear(builder, 'value tokens', y, weights, { residual: stand });
}

/**
 * Teacher-forced decoder.
 * @param z [rows, Z]; row r decodes series r mod B @param x [T, B, D] @param draw see valueTokens; only while training
 * @returns head [T, rows, 2D]: p(x_t | z, x_<t) for every t at once
 */
export function decoder(
  builder: PlanBuilder,
  arena: ParameterArena,
  wiring: DecoderWiring,
  z: Tensor,
  x: Tensor,
  draw?: Tensor,
): Tensor {
  const { token, everywhere, head } = latentPath(builder, arena, wiring, z);
  const rest = valueTokens(builder, arena, wiring, x, draw);
  const hidden = lstm(
    builder,
    'decoder',
    { first: token, rest, everywhere },
    lstmWeights(arena, 'decoder.lstm'),
  );
  const output = linear(builder, 'decoder head', hidden, linearWeights(arena, 'decoder.head'));
  return head ? add(builder, 'decoder head with skip', output, head) : output;
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
