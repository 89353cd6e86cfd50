import type { ParameterArena, ParameterSpec } from '../gpu/parameterArena.ts';
import type { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import type { AttentionScope } from '../kernels/attention.ts';
import { geluBackward, geluForward } from '../kernels/gelu.ts';
import { attention } from './attention.ts';
import { layerNorm, layerNormParameters, layerNormWeights } from './layerNorm.ts';
import { type LinearWeights, linear, linearParameters, linearWeights } from './linear.ts';

type Affine = Required<LinearWeights>;

/** One block, under the names of PyTorch's nn.TransformerEncoderLayer. */
export interface BlockWeights {
  norm1: Affine;
  /** q, k and v: [3H, H]. */
  inProjection: Affine;
  outProjection: Affine;
  norm2: Affine;
  /** [4H, H] */
  linear1: Affine;
  /** [H, 4H] */
  linear2: Affine;
}

export interface TransformerWeights {
  blocks: BlockWeights[];
  norm: Affine;
  heads: number;
}

/** PyTorch's nn.TransformerEncoder of pre-norm layers (norm_first) with a final norm; the inner width is 4H. */
export function transformerParameters(prefix: string, width: number, layers: number): ParameterSpec[] {
  const bound = 1 / Math.sqrt(width);
  const block = (k: number): ParameterSpec[] => {
    const at = `${prefix}.layers.${k}`;
    return [
      ...layerNormParameters(`${at}.norm1`, width),
      { name: `${at}.self_attn.in_proj_weight`, group: 'model', shape: [3 * width, width], bound },
      { name: `${at}.self_attn.in_proj_bias`, group: 'model', shape: [3 * width], bound },
      ...linearParameters(`${at}.self_attn.out_proj`, 'model', width, width),
      ...layerNormParameters(`${at}.norm2`, width),
      ...linearParameters(`${at}.linear1`, 'model', width, 4 * width),
      ...linearParameters(`${at}.linear2`, 'model', 4 * width, width),
    ];
  };
  return [
    ...Array.from({ length: layers }, (_, k) => block(k)).flat(),
    ...layerNormParameters(`${prefix}.norm`, width),
  ];
}

export function transformerWeights(
  arena: ParameterArena,
  prefix: string,
  { layers, heads }: { layers: number; heads: number },
): TransformerWeights {
  const affine = (name: string) => linearWeights(arena, `${prefix}.${name}`) as Affine;
  const block = (k: number): BlockWeights => {
    const attention = `${prefix}.layers.${k}.self_attn`;
    return {
      norm1: layerNormWeights(arena, `${prefix}.layers.${k}.norm1`),
      inProjection: {
        weight: arena.get(`${attention}.in_proj_weight`),
        bias: arena.get(`${attention}.in_proj_bias`),
      },
      outProjection: affine(`layers.${k}.self_attn.out_proj`),
      norm2: layerNormWeights(arena, `${prefix}.layers.${k}.norm2`),
      linear1: affine(`layers.${k}.linear1`),
      linear2: affine(`layers.${k}.linear2`),
    };
  };
  return {
    blocks: Array.from({ length: layers }, (_, k) => block(k)),
    norm: layerNormWeights(arena, `${prefix}.norm`),
    heads,
  };
}

/**
 * Pre-norm blocks (Xiong et al. 2020): x += W_o attention(norm(x)), x += W_2 gelu(W_1 norm(x)); then a norm.
 * @param x [T, rows, H], positions included @returns [T, rows, H]
 */
export function transformer(
  builder: PlanBuilder,
  label: string,
  x: Tensor,
  { blocks, norm, heads }: TransformerWeights,
  scope: AttentionScope,
): Tensor {
  let stream = x;
  for (const [k, weights] of blocks.entries()) {
    const at = `${label} block ${k}`;
    const normed = layerNorm(builder, `${at} norm 1`, stream, weights.norm1);
    const qkv = linear(builder, `${at} q, k, v`, normed, weights.inProjection);
    const attended = attention(builder, `${at} attention`, qkv, heads, scope);
    const middle = linear(builder, `${at} middle`, attended, weights.outProjection, { residual: stream });
    const normedAgain = layerNorm(builder, `${at} norm 2`, middle, weights.norm2);
    const wide = linear(builder, `${at} wide`, normedAgain, weights.linear1);
    const bent = gelu(builder, `${at} GELU`, wide);
    stream = linear(builder, at, bent, weights.linear2, { residual: middle });
  }
  return layerNorm(builder, `${label} hidden`, stream, norm);
}

export function gelu(builder: PlanBuilder, label: string, x: Tensor): Tensor {
  const y = builder.tensor(label, x.shape, true);
  geluForward(builder, { x, y });
  builder.onBackward(() => {
    const dY = builder.gradient(y);
    const dX = dY && builder.gradientTarget(x);
    if (dX) geluBackward(builder, x, dY, dX);
  });
  return y;
}
