import { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { upload } from '../gpu/upload.ts';
import { attentionStep } from '../kernels/attention.ts';
import { clockAdvance } from '../kernels/random.ts';
import { observationStep, tokenStep } from '../kernels/tokens.ts';
import type { DecoderEnds, Generator } from './backbone.ts';
import { layerNorm } from './layerNorm.ts';
import { add, linear } from './linear.ts';
import { gelu, type TransformerWeights } from './transformer.ts';

/** Positions in one submit: short enough that a pause is not kept waiting. */
const positionsPerSubmit = 32;

/**
 * One position at a time, recorded once and replayed: a counter on the GPU says which position it is, and each block keeps
 * keys and values of the positions before. The same plan serves every way of feeding back; flags beside the counter choose.
 */
export function transformerGenerator(
  start: PlanBuilder,
  { first, everywhere, skipHead, valueToken, head, sigma, noise, x }: DecoderEnds,
  { position, weights }: { position: Tensor; weights: TransformerWeights },
): Generator {
  const [seqLen, rows, features] = x.shape as [number, number, number];
  const width = first.dim(1);
  const builder = new PlanBuilder(start.memory, 'generate position');
  const clock = builder.tensor('position', [4]);
  const fed = builder.tensor('fed back', [rows, features]);
  clockAdvance(builder, clock);
  let stream = builder.tensor('input', [rows, width]);
  tokenStep(builder, { clock, first, weight: valueToken, fed, position, y: stream });
  if (everywhere) stream = add(builder, 'input with skip', stream, everywhere);
  for (const [k, block] of weights.blocks.entries()) {
    const at = `block ${k}`;
    const qkv = linear(
      builder,
      `${at} q, k, v`,
      layerNorm(builder, `${at} norm 1`, stream, block.norm1),
      block.inProjection,
    );
    const cache = builder.tensor(`${at} cache`, [seqLen, rows, 2 * width]);
    const output = builder.tensor(`${at} attention`, [rows, width]);
    attentionStep(builder, { clock, qkv, cache, output }, weights.heads);
    const middle = linear(builder, `${at} middle`, output, block.outProjection, { residual: stream });
    const normed = layerNorm(builder, `${at} norm 2`, middle, block.norm2);
    const bent = gelu(builder, `${at} GELU`, linear(builder, `${at} wide`, normed, block.linear1));
    stream = linear(builder, at, bent, block.linear2, { residual: middle });
  }
  const hidden = layerNorm(builder, 'hidden', stream, weights.norm);
  const output = linear(builder, 'head', hidden, head, { residual: skipHead });
  observationStep(builder, { clock, head: output, noise, x, fed }, sigma);
  const plan = builder.build();
  return {
    plans: [plan],
    async run(gpu, { addNoise, feedNoise }, between) {
      upload(gpu, clock, Uint32Array.of(0xffffffff, Number(addNoise), Number(feedNoise), 0));
      for (let done = 0; done < seqLen; done += positionsPerSubmit) {
        await between?.();
        plan.run(gpu, Math.min(positionsPerSubmit, seqLen - done));
      }
    },
  };
}
