import { autocorrelationError } from './autocorrelation.ts';
import { crossCorrelationError } from './crossCorrelation.ts';
import { discriminativeArea, discriminativeScore } from './discriminative.ts';
import { driftOfMean, driftOfSpread } from './drift.ts';
import { exactWasserstein } from './exactWasserstein.ts';
import { marginalWasserstein } from './marginalWasserstein.ts';
import { mmd } from './maximumMeanDiscrepancy.ts';
import { predictiveScore } from './predictive.ts';
import { slicedWasserstein } from './slicedWasserstein.ts';
import { spreadOfMeans } from './spreadOfMeans.ts';
import { summaryWasserstein } from './summaryFeatures.ts';
import type { Metric } from './types.ts';

export { spreadOfMeans };

/** Every score of generated series, in the order of a table's columns. */
export const metrics: readonly Metric[] = [
  slicedWasserstein,
  summaryWasserstein,
  marginalWasserstein,
  autocorrelationError,
  crossCorrelationError,
  driftOfMean,
  driftOfSpread,
  spreadOfMeans,
  exactWasserstein,
  mmd,
  discriminativeArea,
  discriminativeScore,
  predictiveScore,
];
