import type { Metric } from './types.ts';

/** Sliced Wasserstein-2 of whole windows, flattened to points of seqLen x featureSize dimensions. */
export const slicedWasserstein: Metric = {
  name: 'slicedWasserstein',
  label: 'Sliced Wasserstein-2',
  direction: 'lower',
  help: 'Distance between generated and real windows, averaged over 1,000 random directions; missing values count as 0 on both sides.',
  needsGpu: true,
  async score(generated, real, { directions, gpu }) {
    const dimensions = real.seqLen * real.featureSize;
    const unit = directions(dimensions);
    return gpu ? gpu.slicedWasserstein(generated.values, real.values, dimensions, unit) : Number.NaN;
  },
};
