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
  { end, latents }: TokenPath,
  delta: Tensor,
  weights: LstmWeights,
): DependenceRecord {
  const [seqLen, series, hiddenSize] = delta.shape as [number, number, number];
  const rest = linear(path, 'P rest', end.rest, { weight: weights.weightIh });
  const recurrence = recurrenceOf(path, weights);

  const rows = nodesPerSubmit * series;
  const points = tangents.tensor('path nodes', [4 + nodesPerSubmit]);
  const { first, everywhere } = latents(points);
  const project = (label: string, input: Tensor) =>
    linear(tangents, label, input, { weight: weights.weightIh }).reshape(2, rows, 4 * hiddenSize);
  const latent = concatParts(
    tangents,
    project('P first', first),
    everywhere && project('P skip', everywhere),
  );
  const state = tangents.tensor('tangent states', [4 * Math.ceil(rows / 4), 21, hiddenSize]);
  const products = tangents.tensor('products', [rows, seqLen, 3]);
  lstmTangent(tangents, { latent, rest, ...recurrence, path: points, delta, state, products });
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
  { end, latents }: TokenPath,
  delta: Tensor,
  layers: readonly LstmWeights[],
): DependenceRecord {
  const [seqLen, series, hiddenSize] = delta.shape as [number, number, number];
  const tokenSize = end.first.dim(1);
  const nodes = nodesAtATime(seqLen * series * (4 * tokenSize + 20 * hiddenSize));
  const rows = nodes * series;
  const points = tangents.tensor('path nodes', [4 + nodes]);
  const stacked = tangents.tensor('tokens and tangents', [4, seqLen, rows, tokenSize]);
  const pre = tangents.tensor('pre-activations and tangents', [4, seqLen, rows, 4 * hiddenSize]);
  const cell = tangents.tensor('cells and tangents', [3, rows, hiddenSize]);
  const hidden = tangents.tensor('hidden and tangents', [4, seqLen, rows, hiddenSize]);
  const products = tangents.tensor('products', [rows, seqLen, 3]);
  const { first, everywhere } = latents(points);
  const parts = (tokens: Tensor) => tokens.reshape(2, rows, tokenSize);
  const latent = concatParts(tangents, parts(first), everywhere && parts(everywhere));
  tokenStackPath(tangents, { latent, rest: end.rest, path: points, tokens: stacked });
  for (const [k, weights] of layers.entries()) {
    linearForward(tangents, { x: k === 0 ? stacked : hidden, weight: weights.weightIh, y: pre });
    lstmTangentLayer(tangents, { ...recurrenceOf(path, weights), pre, cell, hidden });
  }
  dependenceProducts(tangents, delta, hidden, products);
  return { delta, points, products };
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
