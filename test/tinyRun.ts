import { countLengths } from '../src/engine/data/lengths.ts';
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

/** The same networks at other sizes, deeper and with one layer, on whole series with gaps in them. */
export const otherSizes = backbones.flatMap(({ name: backbone }) => [
  {
    ...{ method: 'skip-connections', backbone, likelihood: 'mixture-full' },
    ...{ features: ['a', 'b', 'c'], seqLen: 5, lengths: [5, 3, 1, 4, 5] },
    model: { layers: 3, hiddenSize: 12, heads: 3, latentSize: 5, tokenSize: 4, components: 2 },
  },
  {
    ...{ method: 'inverse-lipschitz', backbone, likelihood: 'gaussian' },
    ...{ features: ['a'], seqLen: 9, lengths: [9, 2, 7, 9, 5] },
    model: { layers: 1, hiddenSize: 4, heads: 1, latentSize: 1 },
  },
]);

/** A model of a few units with weights of a size at which nothing vanishes, and held-out windows with gaps. */
export interface TinyRun {
  config: Config;
  weights: NamedArrays;
  windows: WindowSet;
  exported: ExportedRun;
}

export interface TinyOptions {
  likelihood?: string;
  features?: string[];
  seqLen?: number;
  /** Of each of the 5 held-out series; all fill the window if absent. */
  lengths?: number[];
  diffusion?: Record<string, unknown>;
  model?: Record<string, unknown>;
}

export function tinyRun(
  method: string,
  backbone: string,
  {
    likelihood = 'gaussian',
    features = ['a', 'b'],
    seqLen = 7,
    lengths,
    diffusion = {},
    model: sizes = {},
  }: TinyOptions = {},
): TinyRun {
  const [featureSize, count] = [features.length, 5];
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
      ...sizes,
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
  const mask = missing(3, [count, seqLen, featureSize]).map((observed, i) => {
    const place = Math.floor(i / featureSize);
    return place % seqLen < (lengths?.[Math.floor(place / seqLen)] ?? seqLen) ? observed : 0;
  });
  const values = normals(2, mask.length).map((value, i) => value * (mask[i] as number));
  const ids = Array.from({ length: count }, (_, n) => String(n));
  const scaler = {
    mean: [1, -2, 4].slice(0, featureSize),
    standardDeviation: [3, 0.5, 2].slice(0, featureSize),
  };
  const windows: WindowSet = {
    ...{ count, seqLen, featureSize, values, mask, ids },
    ...(lengths && { lengths: Uint32Array.from(lengths) }),
  };
  const data = { seqLen, features, scaler, lengths: countLengths(windows) };
  return { config, weights, windows, exported: exportedRun(config, data, 'test') };
}
