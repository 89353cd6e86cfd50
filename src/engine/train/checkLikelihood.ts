import type { WindowSet } from '../data/types.ts';
import { likelihoodByName } from '../layers/likelihoods/index.ts';
import { type Config, ConfigError } from './config.ts';

/** @throws ConfigError where the likelihood cannot take the windows, to train on or to be evaluated on */
export function checkLikelihood({ model }: Config, windows: WindowSet): void {
  if (!likelihoodByName(model.likelihood).needsWholePositions || !hasMissingCells(windows)) return;
  throw new ConfigError(
    `'model.likelihood' is ${model.likelihood}, which takes no data with missing cells: choose 'mixture', or leave out the features that have gaps`,
  );
}

/** Whether at some position some features are observed and others are not. */
function hasMissingCells({ mask, featureSize: width }: WindowSet): boolean {
  for (let start = 0; start < mask.length; start += width) {
    const observed = mask.subarray(start, start + width).reduce((sum, value) => sum + value, 0);
    if (observed > 0 && observed < width) return true;
  }
  return false;
}
