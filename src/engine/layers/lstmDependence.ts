import type { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { dependenceProducts } from '../kernels/dependence.ts';
import { addForward, transpose } from '../kernels/elementwise.ts';
import { linearForward } from '../kernels/linear.ts';
import { lstmTangent, lstmTangentLayer } from '../kernels/lstm.ts';
import { tokenStackPath } from '../kernels/tokens.ts';
import { type DependenceRecord, nodesAtATime, type TokenPath } from './backbone.ts';
import { concatParts } from './latentPath.ts';
import { linear } from './linear.ts';
import type { LstmWeights } from './lstm.ts';

/** Nodes in one submit: short enough that a pause is not kept waiting. */
const nodesPerSubmit = 8;

/** One layer: a fused kernel, which takes the projected tokens and leaves the products. */
export function layerTangents(
  path: PlanBuilder,
  tangents: PlanBuilder,
  tokens: TokenPath,
  delta: Tensor,
  weights: LstmWeights,
): DependenceRecord {
  const [seqLen, series, hiddenSize] = delta.shape as [number, number, number];
  const recurrence = recurrenceOf(path, weights);
  const rows = nodesPerSubmit * series;
  const points = tangents.tensor('path nodes', [4 + nodesPerSubmit]);
  const projected = project(path, tangents, tokens, points, weights);
  const state = tangents.tensor('tangent states', [4 * Math.ceil(rows / 4), 21, hiddenSize]);
  const products = tangents.tensor('products', [rows, seqLen, 3]);
  lstmTangent(tangents, { ...projected, ...recurrence, path: points, delta, state, products });
  return { delta, points, products };
}

/**
 * A stack: the sequence and its three tangents go through one layer after the other. The local tangent stays local: x_{t-1}
 * enters every layer at position t alone, as long as nothing is carried along the sequence in any of them; what the layers
 * hold of earlier positions does not depend on it.
 */
export function stackTangents(
  path: PlanBuilder,
  tangents: PlanBuilder,
  tokens: TokenPath,
  delta: Tensor,
  [lowest, ...others]: readonly [LstmWeights, ...LstmWeights[]],
): DependenceRecord {
  const [seqLen, series, hiddenSize] = delta.shape as [number, number, number];
  const nodes = nodesAtATime(20 * seqLen * series * hiddenSize);
  const rows = nodes * series;
  const points = tangents.tensor('path nodes', [4 + nodes]);
  const pre = tangents.tensor('pre-activations and tangents', [4, seqLen, rows, 4 * hiddenSize]);
  const cell = tangents.tensor('cells and tangents', [3, rows, hiddenSize]);
  const hidden = tangents.tensor('hidden and tangents', [4, seqLen, rows, hiddenSize]);
  const products = tangents.tensor('products', [rows, seqLen, 3]);
  const layer = (weights: LstmWeights) =>
    lstmTangentLayer(tangents, { ...recurrenceOf(path, weights), pre, cell, hidden });
  // The lowest layer takes s P, and P itself where a direction is seeded: one projection serves all nodes.
  tokenStackPath(tangents, { ...project(path, tangents, tokens, points, lowest), path: points, tokens: pre });
  layer(lowest);
  for (const weights of others) {
    linearForward(tangents, { x: hidden, weight: weights.weightIh, y: pre });
    layer(weights);
  }
  dependenceProducts(tangents, delta, hidden, products);
  return { delta, points, products };
}

/** W_ih times the tokens, no bias: of values [T - 1, series, 4H], and by row of what z adds and its tangents [2 or 4, rows, 4H]. */
function project(
  path: PlanBuilder,
  tangents: PlanBuilder,
  { end, latents }: TokenPath,
  points: Tensor,
  { weightIh: weight }: LstmWeights,
) {
  const { first, everywhere } = latents(points);
  const byRow = (label: string, input: Tensor) =>
    linear(tangents, label, input, { weight }).reshape(2, input.dim(0) / 2, weight.dim(0));
  const skip = everywhere && byRow('P skip', everywhere);
  return {
    rest: linear(path, 'P rest', end.rest, { weight }),
    latent: concatParts(tangents, byRow('P first', first), skip),
  };
}

/** W_hh transposed [H, 4H], and b_ih + b_hh [4H]. */
export function recurrenceOf(builder: PlanBuilder, { weightHh, biasIh, biasHh }: LstmWeights) {
  const [width, hiddenSize] = weightHh.shape as [number, number];
  const bias = builder.tensor('bias', [width]);
  addForward(builder, { a: biasIh, b: biasHh, y: bias });
  const weight = builder.tensor('W_hh^T', [hiddenSize, width]);
  transpose(builder, { x: weightHh, y: weight });
  return { weight, bias };
}
