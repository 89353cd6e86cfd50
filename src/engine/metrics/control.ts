import { correlation, lastThirdOf, mean, seriesMean, standardDeviation, varies } from './statistics.ts';
import type { SeriesBatch } from './types.ts';

/** How far latents steer series. */
export interface Control {
  /** 1: the latent steers the whole series; 0: it steers nothing. */
  correlation: number;
  /** Spread of the statistic among free runs, over that among the series: a correlation at 0.01 steers next to nothing. */
  spread: number;
}

/** Series that a correlation needs: of two it is 1 or -1, whatever they are. */
export const fewestForControl = 3;

/**
 * Control (docs/dependence.md, What stands beside it): the correlation, over series, between the mean of the last third of a series (of its own length) and the same of
 * the mean-mode free run from its latent, averaged over the features that three series or more have there and in which these differ:
 * where they do not there is nothing to steer. NaN where there is no such feature.
 * @param real held-out series @param freeRun [count, seqLen, featureSize], row n decoded from the latent of series n
 */
export function control(real: SeriesBatch, freeRun: Float32Array | Float64Array): Control {
  const generated: SeriesBatch = { ...real, values: freeRun };
  const [correlations, spreads]: [number[], number[]] = [[], []];
  for (let feature = 0; feature < real.featureSize; feature++) {
    const [a, b]: [number[], number[]] = [[], []];
    for (let n = 0; n < real.count; n++) {
      const start = lastThirdOf(real, n);
      const [x, y] = [seriesMean(real, n, feature, start), seriesMean(generated, n, feature, start)];
      if (x === undefined || y === undefined) continue;
      a.push(x);
      b.push(y);
    }
    const spread = standardDeviation(a);
    if (a.length < fewestForControl || !varies(spread)) continue;
    correlations.push(correlation(a, b));
    spreads.push(standardDeviation(b) / spread);
  }
  return { correlation: meanOrNaN(correlations), spread: meanOrNaN(spreads) };
}

function meanOrNaN(values: readonly number[]): number {
  return values.length > 0 ? mean(values) : Number.NaN;
}
