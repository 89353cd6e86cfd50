import type { GpuScores } from './gpuScores.ts';
import { directionSource } from './scores.ts';
import { selectSeries } from './selectSeries.ts';
import type { SeriesBatch } from './types.ts';

/** Sliced Wasserstein-2 between sets of generated series, all between samples of `size` series. */
export interface SetDistance {
  /** Between the sets. */
  between: number;
  /** Between two halves of one set, averaged over both sets. */
  floor: number;
  /** From either set to real series. */
  firstToReal: number;
  secondToReal: number;
  /** Between two halves of the real series. */
  realFloor: number;
  size: number;
}

/**
 * Compares two sets of generated series with each other and with real ones. Rows that share their observation noise are
 * never compared: the first half of one set meets the second half of the other. Generated series miss what the real one
 * in the same row misses.
 * @param first scaled [count, T, D], as many as `real` @param second likewise
 */
export async function compareSets(
  gpu: GpuScores,
  first: Float32Array,
  second: Float32Array,
  real: SeriesBatch,
  { seed = 0, directions = 1000 }: { seed?: number; directions?: number } = {},
): Promise<SetDistance> {
  const size = Math.floor(real.count / 2);
  const dimensions = real.seqLen * real.featureSize;
  if (size < 1) {
    const nothing = Number.NaN;
    return {
      between: nothing,
      floor: nothing,
      firstToReal: nothing,
      secondToReal: nothing,
      realFloor: nothing,
      size,
    };
  }
  const unit = directionSource(seed, directions)(dimensions);
  const rows = Array.from({ length: size }, (_, n) => n);
  const halves = (values: Float32Array | Float64Array): [Float64Array, Float64Array] => {
    const batch = { ...real, values: values.map((value, i) => (real.mask[i] ? value : 0)) };
    const half = (offset: number) =>
      selectSeries(
        batch,
        rows.map((n) => n + offset),
      ).values as Float64Array;
    return [half(0), half(size)];
  };
  const mean = async (...pairs: readonly (readonly [Float64Array, Float64Array])[]) => {
    let sum = 0;
    for (const [x, y] of pairs) sum += await gpu.slicedWasserstein(x, y, dimensions, unit);
    return sum / pairs.length;
  };
  const [[a, b], [c, d], [r, s]] = [halves(first), halves(second), halves(real.values)];
  return {
    between: await mean([a, d], [b, c]),
    floor: await mean([a, b], [c, d]),
    firstToReal: await mean([a, r], [b, s]),
    secondToReal: await mean([c, r], [d, s]),
    realFloor: await mean([r, s]),
    size,
  };
}
