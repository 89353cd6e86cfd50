import type { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { attentionForward, attentionTangent } from '../kernels/attention.ts';
import { dependenceDelta, dependenceProducts } from '../kernels/dependence.ts';
import { geluForward, geluTangent } from '../kernels/gelu.ts';
import { layerNormForward, layerNormTangent } from '../kernels/layerNorm.ts';
import { linearForward } from '../kernels/linear.ts';
import { tokenSequencePath } from '../kernels/tokens.ts';
import { type DependenceRecord, nodesAtATime, type TokenPath, type Tokens } from './backbone.ts';
import { concatParts } from './latentPath.ts';
import type { BlockWeights, TransformerWeights } from './transformer.ts';

/** What the decoder is made of, as far as the path needs it. */
interface Decoder {
  /** Records h_t of tokens, [T, rows, H]. */
  hidden(label: string, tokens: Tokens): Tensor;
  /** [T, H] */
  position: Tensor;
  weights: TransformerWeights;
}

/**
 * The path runs between two sequences of tokens; learned positions stay. Three tangents go through every block: those of
 * two ranges of positions, and the local one. In the local one every position's tangent enters that position alone. That is
 * exact: with causal attention x_{t-1} reaches h_t through its own token only, since no earlier position can see it, and
 * what those positions hold stays at its primal value.
 */
export function transformerDependence(
  path: PlanBuilder,
  tangents: PlanBuilder,
  { end, start, latents }: TokenPath,
  decoder: Decoder,
): DependenceRecord {
  const hidden = decoder.hidden('path end', end);
  const [seqLen, series, width] = hidden.shape as [number, number, number];
  const baseline = decoder.hidden('path start', start);
  const delta = path.tensor('D', hidden.shape);
  dependenceDelta(path, { hidden, baseline, delta });

  const nodes = nodesAtATime(29 * seqLen * series * width);
  const scratch = new Scratch(tangents, [seqLen, nodes * series], width, decoder.weights.heads);
  const points = tangents.tensor('path nodes', [4 + nodes]);
  const products = tangents.tensor('products', [nodes * series, seqLen, 3]);
  const { x, t } = scratch;
  const { first, everywhere } = latents(points);
  const parts = (tokens: Tensor) => tokens.reshape(2, nodes * series, width);
  tokenSequencePath(tangents, {
    latent: concatParts(tangents, parts(first), everywhere && parts(everywhere)),
    rest: end.rest,
    position: decoder.position,
    path: points,
    x,
    tFirst: t[0],
    tSecond: t[1],
    tLocal: t[2],
  });
  for (const block of decoder.weights.blocks) recordBlock(tangents, scratch, block);
  const { weight, bias } = decoder.weights.norm;
  const { statistics, normed, tMiddle } = scratch;
  layerNormForward(tangents, { x, weight, bias, statistics, y: normed });
  for (const [k, tX] of t.entries()) {
    layerNormTangent(tangents, { x, tX, weight, statistics, tY: tMiddle[k] as Tensor });
  }
  dependenceProducts(tangents, delta, tMiddle, products);
  return { delta, points, products };
}

/** One position's worth of everything a block makes, used again by each block: about 29 times the stream. */
class Scratch {
  /** The stream, and the three tangents of it, [T, rows, H]. */
  readonly x: Tensor;
  readonly t: [Tensor, Tensor, Tensor];
  /** The same between attention and the inner layers. */
  readonly middle: Tensor;
  readonly tMiddle: [Tensor, Tensor, Tensor];
  readonly normed: Tensor;
  readonly tNormed: Tensor;
  readonly statistics: Tensor;
  readonly qkv: Tensor;
  readonly tQkv: Tensor;
  readonly attended: Tensor;
  readonly logSumExp: Tensor;
  readonly wide: Tensor;
  readonly tWide: Tensor;
  readonly bent: Tensor;

  constructor(builder: PlanBuilder, sequence: [number, number], width: number, heads: number) {
    const make = (label: string, size: number) => builder.tensor(label, [...sequence, size]);
    const three = (label: string): [Tensor, Tensor, Tensor] => [
      make(`${label} of the first range`, width),
      make(`${label} of the second range`, width),
      make(`${label} of the last input`, width),
    ];
    this.x = make('stream', width);
    this.t = three('tangent');
    this.middle = make('middle', width);
    this.tMiddle = three('middle tangent');
    this.normed = make('normed', width);
    this.tNormed = make('normed tangent', width);
    this.statistics = make('norm statistics', 2);
    this.qkv = make('q, k, v', 3 * width);
    this.tQkv = make('q, k, v tangent', 3 * width);
    this.attended = make('attended', width);
    this.logSumExp = make('log-sum-exp', heads);
    this.wide = make('wide', 4 * width);
    this.tWide = make('wide tangent', 4 * width);
    this.bent = make('GELU', 4 * width);
  }
}

/** One block: the stream and its three tangents, one tangent after the other through the same scratch. */
function recordBlock(builder: PlanBuilder, scratch: Scratch, weights: BlockWeights): void {
  const { x, t, middle, tMiddle, normed, tNormed, statistics, qkv, tQkv, wide, tWide, bent } = scratch;
  const { attended: output, logSumExp } = scratch;
  const { norm1, inProjection, outProjection, norm2, linear1, linear2 } = weights;

  layerNormForward(builder, { x, ...norm1, statistics, y: normed });
  linearForward(builder, { x: normed, ...inProjection, y: qkv });
  attentionForward(builder, { qkv, output, logSumExp }, { causal: true });
  for (const [k, tX] of t.entries()) {
    layerNormTangent(builder, { x, tX, weight: norm1.weight, statistics, tY: tNormed });
    linearForward(builder, { x: tNormed, weight: inProjection.weight, y: tQkv });
    attentionTangent(builder, { qkv, tQkv, output, logSumExp, tOutput: tNormed }, k === 2);
    const y = tMiddle[k] as Tensor;
    linearForward(builder, { x: tNormed, weight: outProjection.weight, residual: tX, y });
  }
  linearForward(builder, { x: output, ...outProjection, residual: x, y: middle });

  layerNormForward(builder, { x: middle, ...norm2, statistics, y: normed });
  linearForward(builder, { x: normed, ...linear1, y: wide });
  for (const [k, y] of t.entries()) {
    const tX = tMiddle[k] as Tensor;
    layerNormTangent(builder, { x: middle, tX, weight: norm2.weight, statistics, tY: tNormed });
    linearForward(builder, { x: tNormed, weight: linear1.weight, y: tWide });
    geluTangent(builder, { x: wide, tX: tWide, tY: bent });
    linearForward(builder, { x: bent, weight: linear2.weight, residual: tX, y });
  }
  geluForward(builder, { x: wide, y: bent });
  linearForward(builder, { x: bent, ...linear2, residual: middle, y: x });
}
