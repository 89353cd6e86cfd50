import type { ParameterArena } from '../gpu/parameterArena.ts';
import type { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { dependenceDelta } from '../kernels/dependence.ts';
import { addForward, transpose } from '../kernels/elementwise.ts';
import { lstmTangent } from '../kernels/lstm.ts';
import { decoderTokens } from '../layers/decoder.ts';
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
  first: Tensor; // [series, 4H]
  rest: Tensor; // [T - 1, series, 4H]
  weight: Tensor;
  bias: Tensor; // [4H]
  delta: Tensor; // [T, series, H]
}

/** Records the ends of the path gamma(s) = s x: h_t(x), h_t(0), their difference, and the projected inputs without bias. */
export function recordDependencePath(
  builder: PlanBuilder,
  arena: ParameterArena,
  z: Tensor,
  x: Tensor,
): DependencePath {
  const weights = lstmWeights(arena, 'decoder.lstm');
  const tokens = decoderTokens(builder, arena, z, x);
  const hidden = lstm(builder, 'path end', tokens, weights);
  const [seqLen, , hiddenSize] = hidden.shape as [number, number, number];
  const zeros = builder.tensor('zero tokens', [seqLen, 1, weights.weightIh.dim(1)]);
  const baseline = lstm(builder, 'path start', { tokens: zeros }, weights);
  const delta = builder.tensor('D', hidden.shape);
  dependenceDelta(builder, { hidden, baseline, delta });
  const bias = builder.tensor('bias', [4 * hiddenSize]);
  addForward(builder, { a: weights.biasIh, b: weights.biasHh, y: bias });
  const weight = builder.tensor('W_hh^T', [hiddenSize, 4 * hiddenSize]);
  transpose(builder, { x: weights.weightHh, y: weight });
  const project = (label: string, input: Tensor) =>
    linear(builder, label, input, { weight: weights.weightIh });
  return {
    first: project('P first', tokens.first),
    rest: project('P rest', tokens.rest),
    weight,
    bias,
    delta,
  };
}

/** Records the tangents at `nodes` points of the path; `points` [4 + nodes] (ranges, nodes) is written before each run. */
export function recordTangents(builder: PlanBuilder, path: DependencePath, nodes: number) {
  const [seqLen, series, hiddenSize] = path.delta.shape as [number, number, number];
  const rows = nodes * series;
  const points = builder.tensor('path nodes', [4 + nodes]);
  const state = builder.tensor('tangent states', [4 * Math.ceil(rows / 4), 21, hiddenSize]);
  const products = builder.tensor('products', [rows, seqLen, 3]);
  lstmTangent(builder, { ...path, path: points, state, products });
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
