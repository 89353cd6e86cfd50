import { RandomStream } from '../../src/engine/data/random.ts';
import type { ScoreContext, SeriesBatch } from '../../src/engine/metrics/types.ts';

interface Shape {
  count: number;
  seqLen: number;
  featureSize: number;
}

/** A batch from a formula, everything observed. */
export function batch(
  { count, seqLen, featureSize }: Shape,
  value: (n: number, t: number, feature: number) => number,
): SeriesBatch {
  const size = count * seqLen * featureSize;
  const values = Float64Array.from({ length: size }, (_, i) =>
    value(Math.floor(i / (seqLen * featureSize)), Math.floor(i / featureSize) % seqLen, i % featureSize),
  );
  return { count, seqLen, featureSize, values, mask: new Float32Array(size).fill(1) };
}

/** Two cycles whose phase and level differ between series, and noise. */
export function waves(shape: Shape, seed: number): SeriesBatch {
  const random = new RandomStream(seed);
  const phases = Array.from({ length: shape.count }, () => 2 * Math.PI * random.uniform());
  const levels = Array.from({ length: shape.count }, () => random.normal());
  return batch(
    shape,
    (n, t, feature) =>
      (levels[n] as number) +
      Math.sin((4 * Math.PI * t) / shape.seqLen + (phases[n] as number) + feature) +
      0.3 * random.normal(),
  );
}

/** A context with 2,000 directions of `dimensions` and nothing to standardise by. */
export function context(dimensions: number, reference?: SeriesBatch): ScoreContext {
  const random = new RandomStream(7);
  const directions = Float64Array.from({ length: 2000 * dimensions }, () => random.normal());
  for (let k = 0; k < directions.length; k += dimensions) {
    const length = Math.hypot(...directions.subarray(k, k + dimensions));
    for (let d = 0; d < dimensions; d++) directions[k + d] = (directions[k + d] as number) / length;
  }
  return {
    reference: reference ?? batch({ count: 1, seqLen: 1, featureSize: 1 }, () => 0),
    directions: () => directions,
  };
}
