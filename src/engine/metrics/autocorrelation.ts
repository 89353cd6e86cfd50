import { mean, observed } from './statistics.ts';
import type { PlainMetric, SeriesBatch } from './types.ts';

const mostLags = 32;

/** The lags compared: 1 to half the window, at most 32 of them, equally spaced. */
export function autocorrelationLags(seqLen: number): number[] {
  const longest = Math.max(1, Math.floor(seqLen / 2));
  const count = Math.min(mostLags, longest);
  return Array.from({ length: count }, (_, i) => Math.round(((i + 1) * longest) / count));
}

/**
 * Autocorrelation of one feature at one lag, pooled over all series and positions where both values are observed, about
 * the mean of all series: what sets series apart from each other counts as correlation. 0 where nothing varies.
 */
export function autocorrelation(batch: SeriesBatch, feature: number, lag: number): number {
  const { count, seqLen, featureSize, values, mask } = batch;
  const all = observed(batch, feature);
  const centre = mean(all);
  const variance = mean(all.map((value) => (value - centre) ** 2));
  if (variance < 1e-12) return 0;
  let [sum, size] = [0, 0];
  for (let n = 0; n < count; n++) {
    for (let t = 0; t + lag < seqLen; t++) {
      const at = (n * seqLen + t) * featureSize + feature;
      const later = at + lag * featureSize;
      if (!(mask[at] as number) || !(mask[later] as number)) continue;
      sum += ((values[at] as number) - centre) * ((values[later] as number) - centre);
      size++;
    }
  }
  return size > 0 ? sum / size / variance : 0;
}

/** Mean absolute difference of autocorrelations over features and lags. */
export const autocorrelationError: PlainMetric = {
  name: 'autocorrelationError',
  label: 'Autocorrelation error',
  direction: 'lower',
  help: 'Mean absolute difference of the autocorrelations, over features and lags up to half the window.',
  score(generated, real) {
    const errors: number[] = [];
    for (let feature = 0; feature < real.featureSize; feature++) {
      for (const lag of autocorrelationLags(real.seqLen)) {
        errors.push(Math.abs(autocorrelation(generated, feature, lag) - autocorrelation(real, feature, lag)));
      }
    }
    return mean(errors);
  },
};
