import type { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { poolBackward, poolForward } from '../kernels/encoder.ts';

/**
 * One vector per series over its valid positions: the mean, or the last one and the mean.
 * @param hidden [T, B, H] @param mask [T, B, D] @returns [B, H] or [B, 2H]
 */
export function pool(builder: PlanBuilder, hidden: Tensor, mask: Tensor, kind: 'mean' | 'last and mean') {
  const width = (kind === 'mean' ? 1 : 2) * hidden.dim(2);
  const pooled = builder.tensor('encoder pooled', [hidden.dim(1), width], true);
  poolForward(builder, { hidden, mask, y: pooled });
  builder.onBackward(() => {
    const dY = builder.gradient(pooled);
    const dHidden = dY && builder.gradientTarget(hidden);
    if (dHidden) poolBackward(builder, { dY, mask, dHidden: dHidden.tensor });
  });
  return pooled;
}
