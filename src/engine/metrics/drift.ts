import { lastThirdOf, mean, standardDeviation, varies } from './statistics.ts';
import type { PlainMetric, SeriesBatch } from './types.ts';

/** Observed values of one feature in the last third of each series. */
function lastThird(batch: SeriesBatch, feature: number): Float64Array {
  const { count, seqLen, featureSize, values, mask } = batch;
  const late: number[] = [];
  for (let n = 0; n < count; n++) {
    for (let t = lastThirdOf(batch, n); t < seqLen; t++) {
      const at = (n * seqLen + t) * featureSize + feature;
      if (mask[at] as number) late.push(values[at] as number);
    }
  }
  return Float64Array.from(late);
}

/** Averages over the features that both sides have in their last third and that can be compared; NaN where there is none. */
function overFeatures(
  generated: SeriesBatch,
  real: SeriesBatch,
  compare: (generated: Float64Array, real: Float64Array) => number | undefined,
): number {
  const values: number[] = [];
  for (let feature = 0; feature < real.featureSize; feature++) {
    const [a, b] = [lastThird(generated, feature), lastThird(real, feature)];
    const value = a.length > 0 && b.length > 0 ? compare(a, b) : undefined;
    if (value !== undefined) values.push(value);
  }
  return values.length > 0 ? mean(values) : Number.NaN;
}

/** Absolute difference of the means over the last third, in standard deviations of the data, averaged over features. */
export const driftOfMean: PlainMetric = {
  name: 'driftOfMean',
  label: 'Drift of the mean',
  direction: 'lower',
  help: 'How far the mean of the last third of generated series is from the real one, in standard deviations of the data.',
  score: (generated, real) => overFeatures(generated, real, (a, b) => Math.abs(mean(a) - mean(b))),
};

/** |spread of generated / spread of real - 1| over the last third, averaged over the features that vary there in the real series. */
export const driftOfSpread: PlainMetric = {
  name: 'driftOfSpread',
  label: 'Drift of the spread',
  direction: 'lower',
  help: 'How far the spread of the last third of generated series is from the real one, as a share of the real one.',
  score: (generated, real) =>
    overFeatures(generated, real, (a, b) => {
      const spread = standardDeviation(b);
      return varies(spread) ? Math.abs(standardDeviation(a) - spread) / spread : undefined;
    }),
};
