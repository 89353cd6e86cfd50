import { correlation, mean } from './statistics.ts';
import type { PlainMetric, SeriesBatch } from './types.ts';

/** Correlation of two features at the same position, pooled over the places where both are observed. */
export function crossCorrelation(batch: SeriesBatch, first: number, second: number): number {
  const { count, seqLen, featureSize, values, mask } = batch;
  const [a, b]: [number[], number[]] = [[], []];
  for (let place = 0; place < count * seqLen; place++) {
    const [i, j] = [place * featureSize + first, place * featureSize + second];
    if (!(mask[i] as number) || !(mask[j] as number)) continue;
    a.push(values[i] as number);
    b.push(values[j] as number);
  }
  return correlation(a, b);
}

/** Mean absolute difference of the correlations over pairs of features. */
export const crossCorrelationError: PlainMetric = {
  name: 'crossCorrelationError',
  label: 'Cross-correlation error',
  direction: 'lower',
  help: 'Mean absolute difference of the correlations between features at the same position.',
  applies: ({ featureSize }) => featureSize > 1,
  score(generated, real) {
    const errors: number[] = [];
    for (let i = 0; i < real.featureSize; i++) {
      for (let j = i + 1; j < real.featureSize; j++) {
        errors.push(Math.abs(crossCorrelation(generated, i, j) - crossCorrelation(real, i, j)));
      }
    }
    return mean(errors);
  },
};
