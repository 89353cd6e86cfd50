import type { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { type AttentionScope, attentionBackward, attentionForward } from '../kernels/attention.ts';

/**
 * Multi-head attention (Vaswani et al. 2017) without its projections. Backward makes the probabilities again from the
 * log-sum-exp of each query (Dao et al. 2022).
 * @param qkv [T, rows, 3H]: q, k and v side by side, a head's columns together @returns [T, rows, H]
 */
export function attention(
  builder: PlanBuilder,
  label: string,
  qkv: Tensor,
  heads: number,
  scope: AttentionScope,
): Tensor {
  const [seqLen, rows, width] = qkv.shape as [number, number, number];
  const output = builder.tensor(label, [seqLen, rows, width / 3], true);
  const logSumExp = builder.tensor(`${label} log-sum-exp`, [seqLen, rows, heads]);
  attentionForward(builder, { qkv, output, logSumExp }, scope);
  builder.onBackward(() => {
    const dOutput = builder.gradient(output);
    const dQkv = dOutput && builder.gradientTarget(qkv);
    if (!dQkv) return;
    const inner = builder.tensor(`${label} inner products`, logSumExp.shape);
    attentionBackward(builder, { qkv, output, logSumExp, dOutput, inner, dQkv: dQkv.tensor }, scope);
  });
  return output;
}
