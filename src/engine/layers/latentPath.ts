import type { ParameterArena, ParameterSpec } from '../gpu/parameterArena.ts';
import type { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { concat } from '../kernels/elementwise.ts';
import { brenierMap, brenierParameters, brenierTangent } from './brenier.ts';
import { linear, linearParameters, linearWeights } from './linear.ts';

/** How z and the values enter the decoder; a method declares it. */
export interface DecoderWiring {
  /** Whether z is concatenated to every input and to the head's too (Dieng et al. 2019), beside being the first input. */
  skip: boolean;
  /** L of the Brenier map that z passes first; null: z enters as it is. */
  inverseLipschitz: number | null;
  /** Probability that an input x_{t-1} is replaced by a learned mask token in training; null: there is no such token. */
  maskProbability: number | null;
}

export const plainWiring: DecoderWiring = { skip: false, inverseLipschitz: null, maskProbability: null };

/**
 * W_z of token_0 = W_z z. With a skip, an input [x; z] has the token W_x x + W_s z and a head of [h; z] the output
 * W h + W_o z + b: a concatenation is a sum of products. The Brenier map's layers are `width` wide.
 */
export function latentPathParameters(
  wiring: DecoderWiring,
  {
    latentSize,
    tokenSize,
    headSize,
    width,
  }: Record<'latentSize' | 'tokenSize' | 'headSize' | 'width', number>,
): ParameterSpec[] {
  const fromLatent = (name: string, outSize: number) =>
    linearParameters(`decoder.${name}`, 'model', latentSize, outSize, false);
  return [
    ...fromLatent('latent_token', tokenSize),
    ...(wiring.skip ? [...fromLatent('skip_token', tokenSize), ...fromLatent('skip_head', headSize)] : []),
    ...(wiring.inverseLipschitz === null ? [] : brenierParameters(latentSize, width)),
  ];
}

/** What z adds to the decoder, by row. */
export interface LatentPath {
  /** token_0, [rows, tokenSize] */
  first: Tensor;
  /** Added to the token of every position, [rows, tokenSize]. */
  everywhere?: Tensor;
  /** Added to the head's output at every position, [rows, headSize]. */
  head?: Tensor;
}

/** @param z [rows, Z] */
export function latentPath(
  builder: PlanBuilder,
  arena: ParameterArena,
  wiring: DecoderWiring,
  z: Tensor,
): LatentPath {
  const { inverseLipschitz } = wiring;
  const mapped = inverseLipschitz === null ? z : brenierMap(builder, arena, z, inverseLipschitz).y;
  const tokens = latentTokens(builder, arena, wiring, mapped);
  if (!wiring.skip) return tokens;
  return { ...tokens, head: linear(builder, 'skip to the head', mapped, weights(arena, 'skip_head')) };
}

/**
 * Value and tangent of the tokens z adds, at z and along tZ, both [rows, Z].
 * @returns [2 rows, tokenSize] each: the values, then the tangents
 */
export function latentPathTangent(
  builder: PlanBuilder,
  arena: ParameterArena,
  wiring: DecoderWiring,
  z: Tensor,
  tZ: Tensor,
): LatentPath {
  const pass =
    wiring.inverseLipschitz === null ? undefined : brenierMap(builder, arena, z, wiring.inverseLipschitz);
  const both = builder.tensor('mapped z and its tangent', [2 * z.dim(0), z.dim(1)]);
  // The rest of the way is linear without biases, so that values and tangents take it side by side.
  concat(builder, {
    a: pass ? pass.y : z,
    b: pass ? brenierTangent(builder, arena, pass, tZ) : tZ,
    y: both,
  });
  return latentTokens(builder, arena, wiring, both);
}

/** Value and tangent [2, rows, width] of what z adds at position 0 and, behind them, of what it adds everywhere. */
export function concatParts(builder: PlanBuilder, first: Tensor, everywhere?: Tensor): Tensor {
  if (!everywhere) return first;
  const y = builder.tensor('first and skip', [4, first.dim(1), first.dim(2)]);
  concat(builder, { a: first, b: everywhere, y });
  return y;
}

function latentTokens(
  builder: PlanBuilder,
  arena: ParameterArena,
  { skip }: DecoderWiring,
  mapped: Tensor,
): LatentPath {
  const first = linear(builder, 'latent token', mapped, weights(arena, 'latent_token'));
  return skip
    ? { first, everywhere: linear(builder, 'skip token', mapped, weights(arena, 'skip_token')) }
    : { first };
}

const weights = (arena: ParameterArena, name: string) => linearWeights(arena, `decoder.${name}`, false);
