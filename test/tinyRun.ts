import { RandomStream } from '../src/engine/data/random.ts';
import type { WindowSet } from '../src/engine/data/types.ts';
import type { ExportedRun } from '../src/engine/export/exportedRun.ts';
import { Memory } from '../src/engine/gpu/memory.ts';
import { backbones } from '../src/engine/layers/index.ts';
import { methodByName, methods } from '../src/engine/methods/index.ts';
import { planModel } from '../src/engine/methods/model.ts';
import { type Config, parseConfig } from '../src/engine/train/config.ts';
import { exportedRun } from '../src/engine/train/exportRun.ts';
import { initialParameters, type NamedArrays } from '../src/engine/train/parameters.ts';
import { modelShape } from '../src/engine/train/shape.ts';
import { normals, someMissing, somePositionsMissing } from './reference/random.ts';

/** Every method on every backbone, and the mixtures with and without a skip, which reaches the head. */
export const everyModel = backbones.flatMap(({ name: backbone }) => [
  ...methods.map(({ name: method }) => ({ method, backbone, likelihood: 'gaussian' })),
  { method: 'skip-connections', backbone, likelihood: 'mixture' },
  { method: 'posterior-stable', backbone, likelihood: 'mixture-full' },
]);

/** A model of a few units with weights of a size at which nothing vanishes, and held-out windows with gaps. */
export interface TinyRun {
  config: Config;
  weights: NamedArrays;
  windows: WindowSet;
  exported: ExportedRun;
}

export function tinyRun(
  method: string,
  backbone: string,
  {
    likelihood = 'gaussian',
    diffusion = {},
  }: { likelihood?: string; diffusion?: Record<string, unknown> } = {},
): TinyRun {
  const [seqLen, featureSize, count] = [7, 2, 5];
  const config = parseConfig({
    model: {
      backbone,
      hiddenSize: 8,
      latentSize: 3,
      tokenSize: 6,
      layers: 2,
      heads: 2,
      likelihood,
      components: 3,
    },
    method: { name: method, inverseLipschitz: 0.7 },
    diffusion: { width: 12, blocks: 2, embeddingSize: 8, sampleSteps: 4, ...diffusion },
    evaluate: { count, dependenceSeries: count, quadrature: 16, samples: 6, costly: false },
  });
  const shape = modelShape(config, { seqLen, featureSize });
  const model = planModel(new Memory(), methodByName(method), shape, false);
  const weights = initialParameters(methodByName(method), model, 5);
  const random = new RandomStream(1);
  // Norms and running statistics begin at 0 and 1, where a slip in their use would not show.
  for (const [name, { data }] of weights) {
    if (!/norm/.test(name)) continue;
    const centre = /weight|var/.test(name) ? 1 : 0;
    for (let i = 0; i < data.length; i++) data[i] = centre + 0.3 * (2 * random.uniform() - 1);
  }
  const missing = likelihood === 'mixture-full' ? somePositionsMissing : someMissing;
  const mask = missing(3, [count, seqLen, featureSize]);
  const values = normals(2, mask.length).map((value, i) => value * (mask[i] as number));
  const ids = Array.from({ length: count }, (_, n) => String(n));
  const data = { seqLen, features: ['a', 'b'], scaler: { mean: [1, -2], standardDeviation: [3, 0.5] } };
  return {
    config,
    weights,
    windows: { count, seqLen, featureSize, values, mask, ids },
    exported: exportedRun(config, data, 'test'),
  };
}
