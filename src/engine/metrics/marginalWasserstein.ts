import { observed } from './statistics.ts';
import type { PlainMetric } from './types.ts';
import { wassersteinOnLine } from './wasserstein.ts';

/** Wasserstein-1 between the observed values of one feature at one position, averaged over features and positions. */
export const marginalWasserstein: PlainMetric = {
  name: 'marginalWasserstein',
  label: 'Marginal Wasserstein-1',
  direction: 'lower',
  help: 'Distance between the distributions of single values, averaged over features and positions.',
  score(generated, real) {
    let [sum, size] = [0, 0];
    for (let feature = 0; feature < real.featureSize; feature++) {
      for (let t = 0; t < real.seqLen; t++) {
        const a = observed(generated, feature, t, t + 1);
        const b = observed(real, feature, t, t + 1);
        if (a.length === 0 || b.length === 0) continue;
        sum += wassersteinOnLine(a.sort(), b.sort(), 1);
        size++;
      }
    }
    return size > 0 ? sum / size : Number.NaN;
  },
};
