import type { ParameterSpec } from '../gpu/parameterArena.ts';
import type { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { maskInputs } from '../kernels/data.ts';
import { pathPoints } from '../kernels/dependence.ts';
import type { SigmaRange } from '../kernels/objective.ts';
import type { DecoderEnds, DependenceRecord, Generator, NetworkShape, Networks, Tokens } from './backbone.ts';
import { backboneByName } from './index.ts';
import { latentPath, latentPathParameters, latentPathTangent } from './latentPath.ts';
import { type LikelihoodShape, likelihoodByName } from './likelihoods/index.ts';
import { add, linear, linearParameters, linearWeights } from './linear.ts';

/** Range of log sigma: -3 + 4 sigmoid(raw), or a fixed value. */
export function sigmaRange(fixed: number | null): SigmaRange {
  return fixed === null
    ? { logSigmaLow: -3, logSigmaRange: 4 }
    : { logSigmaLow: Math.log(fixed), logSigmaRange: 0 };
}

/** token_0 = W_z z, token_t = W_x x_t (no biases), the backbone over them, and the head of the likelihood. */
export function decoderParameters(shape: NetworkShape): ParameterSpec[] {
  const { featureSize, latentSize, tokenSize, hiddenSize, wiring } = shape;
  const likelihood = likelihoodByName(shape.likelihood);
  const headSize = likelihood.headSize(shape);
  const toToken = (name: string, inSize: number) =>
    linearParameters(`decoder.${name}`, 'model', inSize, tokenSize, false);
  return [
    ...latentPathParameters(wiring, { latentSize, tokenSize, headSize, width: hiddenSize }),
    ...toToken('value_token', featureSize),
    ...(wiring.maskProbability === null ? [] : toToken('mask_token', 1)),
    ...backboneByName(shape.backbone).decoderParameters(shape),
    ...linearParameters('decoder.head', 'model', hiddenSize, headSize).map((spec) =>
      spec.name.endsWith('.bias') ? { ...spec, ...likelihood.startOfBias?.(shape) } : spec,
    ),
  ];
}

/**
 * Tokens of all values but the last, [T - 1, series, tokenSize], of x [T, series, D].
 * @param draw u32 [T - 1, series], see maskDraws: where it decides so, the learned mask token stands in for W_x x_t
 */
function valueTokens(builder: PlanBuilder, { arena, shape }: Networks, x: Tensor, draw?: Tensor): Tensor {
  const { maskProbability } = shape.wiring;
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
 * @returns head [T, rows, headSize]: p(x_t | z, x_<t) for every t at once
 */
export function decoder(
  builder: PlanBuilder,
  networks: Networks,
  z: Tensor,
  x: Tensor,
  draw?: Tensor,
): Tensor {
  const { arena, shape } = networks;
  const { head, ...latent } = latentPath(builder, arena, shape.wiring, z);
  const tokens = { ...latent, rest: valueTokens(builder, networks, x, draw) };
  const hidden = backboneByName(shape.backbone).decode(builder, networks, tokens);
  const output = linear(builder, 'decoder head', hidden, linearWeights(arena, 'decoder.head'));
  return head ? add(builder, 'decoder head with skip', output, head) : output;
}

/**
 * Records what the dependence of h_t on z [series, Z] and x [T, series, D] is made from (docs/dependence.md): the path
 * gamma(s) = s x runs from zero values and what the decoder makes of a zero z to the given ones.
 *
 * z is input 0 by whatever ways it enters: with a skip its share m_{t,0} takes in every position at which z is added, since
 * gamma moves z itself, and all of them with it; only so do the shares of all inputs still add up to 1. (Its way to the head
 * does not pass through h_t, and so m does not count it.)
 */
export function decoderDependence(
  path: PlanBuilder,
  tangents: PlanBuilder,
  networks: Networks,
  z: Tensor,
  x: Tensor,
): DependenceRecord {
  const { arena, shape } = networks;
  const tokensOf = (latents: Tensor, rest: Tensor): Tokens => {
    const { first, everywhere } = latentPath(path, arena, shape.wiring, latents);
    return { first, everywhere, rest };
  };
  const rest = valueTokens(path, networks, x);
  const zero = path.tensor('zero latent', [1, shape.latentSize]);
  return backboneByName(shape.backbone).dependence(path, tangents, networks, {
    end: tokensOf(z, rest),
    start: tokensOf(zero, path.tensor('zero value tokens', [rest.dim(0), 1, rest.dim(2)])),
    latents(points) {
      const rows = (points.size - 4) * z.dim(0);
      const point = tangents.tensor('z on the path', [rows, shape.latentSize]);
      const tangent = tangents.tensor('tangent of z', point.shape);
      pathPoints(tangents, { path: points, z, point, tangent });
      return latentPathTangent(tangents, arena, shape.wiring, point, tangent);
    },
  });
}

/** Records free-running generation of x [T, rows, D] from z [rows, Z] and noise [T, rows, noiseSize]; `start` runs before it. */
export function decoderGenerator(
  start: PlanBuilder,
  networks: Networks,
  { z, noise, x }: { z: Tensor; noise: Tensor; x: Tensor },
): Generator {
  const { arena, shape } = networks;
  const likelihood = likelihoodByName(shape.likelihood);
  const { head: skipHead, ...latent } = latentPath(start, arena, shape.wiring, z);
  return backboneByName(shape.backbone).generator(start, networks, {
    ...latent,
    skipHead,
    valueToken: arena.get('decoder.value_token.weight'),
    head: linearWeights(arena, 'decoder.head') as DecoderEnds['head'],
    sigma: shape.sigma,
    likelihood,
    observe: (builder, tensors) => likelihood.step(builder, tensors, shape),
    noise,
    x,
  });
}

/** log p(x_t | z, x_<t) under the head, over observed features. @returns [T, rows] */
export function logLikelihood(
  builder: PlanBuilder,
  shape: LikelihoodShape & { likelihood: string },
  { head, x, mask }: { head: Tensor; x: Tensor; mask: Tensor },
): Tensor {
  const likelihood = likelihoodByName(shape.likelihood);
  const output = builder.tensor('log-likelihood', [head.dim(0), head.dim(1)], true);
  likelihood.forward(builder, { head, x, mask, logLikelihood: output }, shape);
  builder.onBackward(() => {
    const dLogLikelihood = builder.gradient(output);
    const dHead = dLogLikelihood && builder.gradientTarget(head);
    if (!dHead) return;
    const tensors = { head, x, mask, logLikelihood: output, dLogLikelihood, dHead: dHead.tensor };
    likelihood.backward(builder, tensors, shape);
  });
  return output;
}
