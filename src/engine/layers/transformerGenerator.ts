import type { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { attentionStep } from '../kernels/attention.ts';
import { tokenStep } from '../kernels/tokens.ts';
import type { DecoderEnds, Generator } from './backbone.ts';
import { layerNorm } from './layerNorm.ts';
import { add, linear } from './linear.ts';
import { positionGenerator } from './positionGenerator.ts';
import { gelu, type TransformerWeights } from './transformer.ts';

/** One position at a time; each block keeps keys and values of the positions before. */
export function transformerGenerator(
  start: PlanBuilder,
  ends: DecoderEnds,
  { position, weights }: { position: Tensor; weights: TransformerWeights },
): Generator {
  const [seqLen, rows] = ends.x.shape as [number, number, number];
  const { first, valueToken: weight } = ends;
  const width = first.dim(1);
  return positionGenerator(start.memory, ends, (builder, clock, fed) => {
    let stream = builder.tensor('input', [rows, width]);
    tokenStep(builder, { clock, first, weight, fed, position, y: stream });
    if (ends.everywhere) stream = add(builder, 'input with skip', stream, ends.everywhere);
    for (const [k, block] of weights.blocks.entries()) {
      const at = `block ${k}`;
      const normed = layerNorm(builder, `${at} norm 1`, stream, block.norm1);
      const qkv = linear(builder, `${at} q, k, v`, normed, block.inProjection);
      const cache = builder.tensor(`${at} cache`, [seqLen, rows, 2 * width]);
      const output = builder.tensor(`${at} attention`, [rows, width]);
      attentionStep(builder, { clock, qkv, cache, output }, weights.heads);
      const middle = linear(builder, `${at} middle`, output, block.outProjection, { residual: stream });
      const normedAgain = layerNorm(builder, `${at} norm 2`, middle, block.norm2);
      const bent = gelu(builder, `${at} GELU`, linear(builder, `${at} wide`, normedAgain, block.linear1));
      stream = linear(builder, at, bent, block.linear2, { residual: middle });
    }
    return { hidden: layerNorm(builder, 'hidden', stream, weights.norm), cleared: [] };
  });
}
