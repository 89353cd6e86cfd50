import type { NetworkShape } from '../../layers/backbone.ts';
import type { Layers } from './layers.ts';

/** Keys and values [B, heads, keys, headSize] that a query meets, and what is added to its scores. */
interface Attended {
  key: string;
  value: string;
  bias: string;
}

/**
 * One pre-norm block over a stream [B, positions, H].
 * @param attended says of this block's own keys and values, [B, heads, positions, headSize], which ones the queries meet
 */
export function block(
  layers: Layers,
  part: 'encoder' | 'decoder',
  index: number,
  { hiddenSize, heads }: NetworkShape,
  stream: string,
  attended: (key: string, value: string) => Attended,
  positions: number,
): string {
  const { graph } = layers;
  const at = `${part}.transformer.layers.${index}`;
  const normed = layers.layerNorm(stream, `${at}.norm1`);
  const projected = graph.op('Add', [
    graph.op('MatMul', [normed, layers.transposed(`${at}.self_attn.in_proj_weight`)]),
    layers.parameter(`${at}.self_attn.in_proj_bias`),
  ]);
  const byHead = (x: string) =>
    graph.op('Transpose', [layers.reshape(x, [-1, positions, heads, hiddenSize / heads])], {
      perm: [0, 2, 1, 3],
    });
  const [query, ownKey, ownValue] = layers
    .split(projected, [hiddenSize, hiddenSize, hiddenSize])
    .map(byHead) as [string, string, string];
  const { key, value, bias } = attended(ownKey, ownValue);
  const products = graph.op('MatMul', [query, graph.op('Transpose', [key], { perm: [0, 1, 3, 2] })]);
  const scores = graph.op('Mul', [products, graph.scalar(Math.sqrt(heads / hiddenSize))]);
  const probabilities = graph.op('Softmax', [graph.op('Add', [scores, bias])], { axis: -1 });
  const mixed = graph.op('Transpose', [graph.op('MatMul', [probabilities, value])], { perm: [0, 2, 1, 3] });
  const joined = layers.reshape(mixed, [-1, positions, hiddenSize]);
  const middle = graph.op('Add', [layers.linear(joined, `${at}.self_attn.out_proj`), stream]);
  const wide = layers.linear(layers.layerNorm(middle, `${at}.norm2`), `${at}.linear1`);
  return graph.op('Add', [layers.linear(layers.gelu(wide), `${at}.linear2`), middle]);
}

export function transformerNorm(layers: Layers, part: 'encoder' | 'decoder', stream: string): string {
  return layers.layerNorm(stream, `${part}.transformer.norm`);
}
