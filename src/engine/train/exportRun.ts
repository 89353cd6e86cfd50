import type { LengthCounts } from '../data/lengths.ts';
import type { Scaler } from '../data/types.ts';
import type { ExportedRun } from '../export/exportedRun.ts';
import { likelihoodByName } from '../layers/likelihoods/index.ts';
import { methodByName } from '../methods/index.ts';
import type { Config } from './config.ts';
import { modelShape } from './shape.ts';

/** What an export takes from the data of a run. */
export interface RunData {
  seqLen: number;
  features: readonly string[];
  scaler: Scaler;
  /** Of whole series. */
  lengths?: LengthCounts;
}

/** A run as the exports see it. @param version of this project */
export function exportedRun(
  config: Config,
  { seqLen, features, scaler, lengths }: RunData,
  version: string,
): ExportedRun {
  const method = methodByName(config.method.name);
  const { model, diffusion } = config;
  const shape = modelShape(config, { seqLen, featureSize: features.length });
  return {
    version,
    label: method.label,
    config: { model, method: config.method, diffusion },
    shape: { ...shape, headSize: likelihoodByName(shape.likelihood).headSize(shape) },
    normalised: method.normalised,
    sampler: method.sampler,
    features,
    scaler,
    ...(lengths && { lengths }),
  };
}
