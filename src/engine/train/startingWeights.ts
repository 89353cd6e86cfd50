import { readWeightsFile } from '../export/weightsFile.ts';
import { Memory } from '../gpu/memory.ts';
import { methodByName } from '../methods/index.ts';
import { planModel } from '../methods/model.ts';
import type { Config } from './config.ts';
import { initialParameters, type NamedArrays } from './parameters.ts';
import { modelShape } from './shape.ts';

/** Weights of a file for a run to begin with in place of random ones. @throws SafetensorsError in one sentence where they do not fit */
export function startingWeights(
  bytes: Uint8Array,
  config: Config,
  { seqLen, features }: { seqLen: number; features: readonly string[] },
): NamedArrays {
  const method = methodByName(config.method.name);
  const shape = modelShape(config, { seqLen, featureSize: features.length });
  const wanted = initialParameters(method, planModel(new Memory(), method, shape, false), 0);
  const shapes = new Map([...wanted].map(([name, array]) => [name, array.shape]));
  return new Map(readWeightsFile(bytes, shapes, { config, features }));
}
