import type { Dispatch, Plan } from '../gpu/plan.ts';

/** Products of keys by queries in an attention kernel, each a multiply-add for every column of a head. */
const attentionProducts: Record<string, number> = {
  attention_forward: 2,
  attention_backward_query: 3,
  attention_backward_key: 4,
};

/** Multiply-adds of a dispatch, for the kernels that are made of them; the recurrent ones per position. */
export function multiplyAdds({ kernel, values, constants }: Dispatch): number | undefined {
  const { rows = 0, seqLen = 0, inSize = 0, outSize = 0, heads = 0, blocks = 0 } = values;
  if (kernel.name.startsWith('linear_')) return rows * inSize * outSize;
  if (kernel.name === 'lstm_forward' || kernel.name === 'lstm_backward')
    return (seqLen - 1) * rows * 4 * (constants.HIDDEN ?? 0) ** 2;
  const products = attentionProducts[kernel.name];
  if (products === undefined) return undefined;
  // Causal threads skip what none of those that run with them sees: 8 at least, which is also how many positions go by at a time.
  const pairs = constants.CAUSAL === 1 ? (seqLen * (seqLen + 8)) / 2 : seqLen * seqLen;
  return products * rows * heads * 4 * blocks * pairs;
}

/** Multiply-adds of all its dispatches: what one plan costs beside another. */
export const workOf = ({ dispatches }: Plan): number =>
  dispatches.reduce((sum, dispatch) => sum + (multiplyAdds(dispatch) ?? 0), 0);
