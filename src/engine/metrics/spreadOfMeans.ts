import { seriesMean, standardDeviation, varies } from './statistics.ts';
import type { PlainMetric, SeriesBatch } from './types.ts';

/** Root of the variance of series means, summed over features. */
function spread(batch: SeriesBatch): number {
  let variance = 0;
  for (let feature = 0; feature < batch.featureSize; feature++) {
    const means: number[] = [];
    for (let n = 0; n < batch.count; n++) {
      const value = seriesMean(batch, n, feature);
      if (value !== undefined) means.push(value);
    }
    variance += standardDeviation(means) ** 2;
  }
  return Math.sqrt(variance);
}

/** Spread of the series means, generated over real: 0 when every generated series is the same. */
export const spreadOfMeans: PlainMetric = {
  name: 'spreadOfMeans',
  label: 'Spread of series means',
  direction: 'one',
  help: 'Spread of the means of whole series, generated divided by real: 1 is right, 0 means that all series are the same.',
  score(generated, real) {
    const spreadOfReal = spread(real);
    return varies(spreadOfReal) ? spread(generated) / spreadOfReal : Number.NaN;
  },
};
