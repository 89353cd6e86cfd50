import type { Metric } from './types.ts';

/** Points on each side at most: memory grows with their square. */
const most = 1000;

/** MMD of whole windows with the median heuristic. */
export const mmd: Metric = {
  name: 'mmd',
  label: 'MMD',
  direction: 'lower',
  help: 'Maximum mean discrepancy between generated and real windows under a Gaussian kernel as wide as the median distance; missing values count as 0 on both sides.',
  costly: true,
  needsGpu: true,
  async score(generated, real, { gpu }) {
    const dimensions = real.seqLen * real.featureSize;
    const part = (values: Float32Array | Float64Array) => values.subarray(0, most * dimensions);
    return gpu ? gpu.discrepancy(part(generated.values), part(real.values), dimensions) : Number.NaN;
  },
};
