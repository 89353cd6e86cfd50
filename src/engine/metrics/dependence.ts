import type { ParameterArena } from '../gpu/parameterArena.ts';
import type { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { dependenceDelta, pathPoints } from '../kernels/dependence.ts';
import { addForward, concat, transpose } from '../kernels/elementwise.ts';
import { lstmTangent } from '../kernels/lstm.ts';
import { valueTokens } from '../layers/decoder.ts';
import { type DecoderWiring, latentPath, latentPathTangent } from '../layers/latentPath.ts';
import { linear } from '../layers/linear.ts';
import { lstm, lstmWeights } from '../layers/lstm.ts';

/**
 * Per series and position, [count, seqLen] each: the numerators < D_t, integral of the tangent of h_t > for the latent,
 * for the last input and for all inputs together, and the denominator ||D_t||^2. m_{t,0} = numeratorGlobal / denominator;
 * numeratorSum / denominator is 1 but for the quadrature's error.
 */
export interface DependenceParts {
  numeratorGlobal: Float64Array;
  numeratorLocal: Float64Array;
  numeratorSum: Float64Array;
  denominator: Float64Array;
  count: number;
  seqLen: number;
  /** Nodes used in the end. */
  quadrature: number;
}

/** What the tangent kernel needs to know of the series and of the decoder, independent of the node. */
export interface DependencePath {
  z: Tensor; // [series, Z]
  rest: Tensor; // [T - 1, series, 4H]
  weight: Tensor;
  bias: Tensor; // [4H]
  delta: Tensor; // [T, series, H]
}

/**
 * Records the ends of the path gamma(s) = s x: h_t(x), h_t(0), their difference, and the projected values without bias.
 * z is input 0 by whatever ways it enters: with a skip its share m_{t,0} takes in every position at which z is added, since
 * gamma moves z itself, and all of them with it; only so do the shares of all inputs still add up to 1. (Its way to the head
 * does not pass through h_t, and so m does not count it.)
 */
export function recordDependencePath(
  builder: PlanBuilder,
  arena: ParameterArena,
  wiring: DecoderWiring,
  z: Tensor,
  x: Tensor,
): DependencePath {
  const weights = lstmWeights(arena, 'decoder.lstm');
  const values = valueTokens(builder, arena, wiring, x);
  const run = (label: string, latents: Tensor, rest: Tensor) => {
    const { token, everywhere } = latentPath(builder, arena, wiring, latents);
    return lstm(builder, label, { first: token, rest, everywhere }, weights);
  };
  const hidden = run('path end', z, values);
  const hiddenSize = hidden.dim(2);
  const zero = builder.tensor('zero latent', [1, z.dim(1)]);
  const zeros = builder.tensor('zero tokens', [values.dim(0), 1, values.dim(2)]);
  const baseline = run('path start', zero, zeros);
  const delta = builder.tensor('D', hidden.shape);
  dependenceDelta(builder, { hidden, baseline, delta });
  const bias = builder.tensor('bias', [4 * hiddenSize]);
  addForward(builder, { a: weights.biasIh, b: weights.biasHh, y: bias });
  const weight = builder.tensor('W_hh^T', [hiddenSize, 4 * hiddenSize]);
  transpose(builder, { x: weights.weightHh, y: weight });
  return {
    z,
    rest: linear(builder, 'P rest', values, { weight: weights.weightIh }),
    weight,
    bias,
    delta,
  };
}

/** Records the tangents at `nodes` points of the path; `points` [4 + nodes] (ranges, nodes) is written before each run. */
export function recordTangents(
  builder: PlanBuilder,
  arena: ParameterArena,
  wiring: DecoderWiring,
  { z, ...path }: DependencePath,
  nodes: number,
) {
  const [seqLen, series, hiddenSize] = path.delta.shape as [number, number, number];
  const rows = nodes * series;
  const points = builder.tensor('path nodes', [4 + nodes]);
  const point = builder.tensor('z on the path', [rows, z.dim(1)]);
  const tangent = builder.tensor('tangent of z', [rows, z.dim(1)]);
  pathPoints(builder, { path: points, z, point, tangent });
  const { token, everywhere } = latentPathTangent(builder, arena, wiring, point, tangent);
  const { weightIh } = lstmWeights(arena, 'decoder.lstm');
  const project = (label: string, input: Tensor) => linear(builder, label, input, { weight: weightIh });
  let latent = project('P first', token).reshape(2, rows, 4 * hiddenSize);
  if (everywhere) {
    const both = builder.tensor('P first and skip', [4, rows, 4 * hiddenSize]);
    concat(builder, { a: latent, b: project('P skip', everywhere), y: both });
    latent = both;
  }
  const state = builder.tensor('tangent states', [4 * Math.ceil(rows / 4), 21, hiddenSize]);
  const products = builder.tensor('products', [rows, seqLen, 3]);
  lstmTangent(builder, { ...path, latent, path: points, state, products });
  return { points, products };
}

/** max over positions of |sum_j m_{t,j} - 1|, by ratio of sums over series. */
export function dependenceResidual({ numeratorSum, denominator, count, seqLen }: DependenceParts): number {
  let worst = 0;
  for (let t = 0; t < seqLen; t++) {
    let [numerator, total] = [0, 0];
    for (let n = 0; n < count; n++) {
      numerator += numeratorSum[n * seqLen + t] ?? 0;
      total += denominator[n * seqLen + t] ?? 0;
    }
    if (total > 0) worst = Math.max(worst, Math.abs(numerator / total - 1));
  }
  return worst;
}
