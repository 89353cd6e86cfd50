import type { ParameterArena, ParameterSpec } from '../gpu/parameterArena.ts';
import type { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { gaussianBackward, gaussianForward, type SigmaRange } from '../kernels/objective.ts';
import type { DependenceRecord, Generator, NetworkShape, Networks, Tokens } from './backbone.ts';
import { backboneByName } from './index.ts';
import { type LinearWeights, linear, linearParameters, linearWeights } from './linear.ts';

/** Range of log sigma: -3 + 4 sigmoid(raw), or a fixed value. */
export function sigmaRange(fixed: number | null): SigmaRange {
  return fixed === null
    ? { logSigmaLow: -3, logSigmaRange: 4 }
    : { logSigmaLow: Math.log(fixed), logSigmaRange: 0 };
}

/** token_0 = W_z z, token_t = W_x x_t (no biases), the backbone over them, a head [mu, raw log sigma]. */
export function decoderParameters(shape: NetworkShape): ParameterSpec[] {
  const { featureSize, latentSize, tokenSize, hiddenSize } = shape;
  return [
    ...linearParameters('decoder.latent_token', 'model', latentSize, tokenSize, false),
    ...linearParameters('decoder.value_token', 'model', featureSize, tokenSize, false),
    ...backboneByName(shape.backbone).decoderParameters(shape),
    ...linearParameters('decoder.head', 'model', hiddenSize, 2 * featureSize),
  ];
}

const latentToken = (builder: PlanBuilder, arena: ParameterArena, z: Tensor) =>
  linear(builder, 'latent token', z, linearWeights(arena, 'decoder.latent_token', false));

/** The decoder's tokens: [rows, tokenSize] from the latents, [T - 1, series, tokenSize] from all values but the last. */
function decoderTokens(builder: PlanBuilder, arena: ParameterArena, z: Tensor, x: Tensor): Tokens {
  const values = x.prefix(x.dim(0) - 1);
  return {
    first: latentToken(builder, arena, z),
    rest: linear(builder, 'value tokens', values, linearWeights(arena, 'decoder.value_token', false)),
  };
}

/**
 * Teacher-forced decoder.
 * @param z [rows, Z]; row r decodes series r mod B @param x [T, B, D]
 * @returns head [T, rows, 2D]: p(x_t | z, x_<t) for every t at once
 */
export function decoder(builder: PlanBuilder, networks: Networks, z: Tensor, x: Tensor): Tensor {
  const { arena, shape } = networks;
  const tokens = decoderTokens(builder, arena, z, x);
  const hidden = backboneByName(shape.backbone).decode(builder, networks, tokens);
  return linear(builder, 'decoder head', hidden, linearWeights(arena, 'decoder.head'));
}

/** Records what the dependence of h_t on z [series, Z] and x [T, series, D] is made from (METHOD section 6). */
export function decoderDependence(
  path: PlanBuilder,
  tangents: PlanBuilder,
  networks: Networks,
  z: Tensor,
  x: Tensor,
): DependenceRecord {
  const { arena, shape } = networks;
  const tokens = decoderTokens(path, arena, z, x);
  return backboneByName(shape.backbone).dependence(path, tangents, networks, tokens);
}

/** Records free-running generation of x [T, rows, D] from z [rows, Z] and noise [T, rows, D]; `start` runs before it. */
export function decoderGenerator(
  start: PlanBuilder,
  networks: Networks,
  { z, noise, x, sigma }: { z: Tensor; noise: Tensor; x: Tensor; sigma: SigmaRange },
): Generator {
  const { arena, shape } = networks;
  return backboneByName(shape.backbone).generator(start, networks, {
    first: latentToken(start, arena, z),
    valueToken: arena.get('decoder.value_token.weight'),
    head: linearWeights(arena, 'decoder.head') as Required<LinearWeights>,
    sigma,
    noise,
    x,
  });
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
