import type { Metric } from './types.ts';
import { slicedWasserstein2 } from './wasserstein.ts';

/** Sliced Wasserstein-2 of whole windows, flattened to points of seqLen x featureSize dimensions. */
export const slicedWasserstein: Metric = {
  name: 'slicedWasserstein',
  label: 'Sliced Wasserstein-2',
  direction: 'lower',
  help: 'Distance between generated and real windows, averaged over 1,000 random directions; missing values count as 0 on both sides.',
  score(generated, real, { directions }) {
    const dimensions = real.seqLen * real.featureSize;
    return slicedWasserstein2(generated.values, real.values, dimensions, directions(dimensions));
  },
};
