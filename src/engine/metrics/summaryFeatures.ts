import { mean, standardDeviation, varies } from './statistics.ts';
import type { Metric, SeriesBatch } from './types.ts';

/** What {@link summaryFeatures} computes of every feature, in this order; frequencies are in cycles per series. */
export const summaryNames = [
  'mean',
  'spread',
  'minimum',
  'maximum',
  'mean absolute difference',
  'second half less first half',
  'magnitude at frequency 1',
  'magnitude at frequency 2',
  'magnitude at frequency 3',
] as const;

/**
 * Summaries of every series and feature from its observed values; NaN where they leave nothing to compute.
 * @returns [count, featureSize * summaryNames.length]
 */
export function summaryFeatures(batch: SeriesBatch): Float64Array {
  const { count, featureSize } = batch;
  const width = featureSize * summaryNames.length;
  const result = new Float64Array(count * width);
  for (let n = 0; n < count; n++) {
    for (let feature = 0; feature < featureSize; feature++) {
      result.set(summarise(batch, n, feature), n * width + feature * summaryNames.length);
    }
  }
  return result;
}

function summarise(batch: SeriesBatch, series: number, feature: number) {
  const { seqLen, featureSize, values, mask } = batch;
  const length = batch.lengths?.[series] ?? seqLen;
  const positions: number[] = [];
  const observed: number[] = [];
  for (let t = 0; t < seqLen; t++) {
    const at = (series * seqLen + t) * featureSize + feature;
    if (!(mask[at] as number)) continue;
    positions.push(t);
    observed.push(values[at] as number);
  }
  if (observed.length === 0) return summaryNames.map(() => Number.NaN);
  const centre = mean(observed);
  const steps: number[] = [];
  for (let i = 1; i < observed.length; i++) {
    const adjacent = (positions[i] as number) === (positions[i - 1] as number) + 1;
    if (adjacent) steps.push(Math.abs((observed[i] as number) - (observed[i - 1] as number)));
  }
  const half = (second: boolean) =>
    observed.filter((_, i) => (positions[i] as number) >= length / 2 === second);
  const [first, second] = [half(false), half(true)];
  const magnitude = (frequency: number) => {
    let [real, imaginary] = [0, 0];
    for (const [i, value] of observed.entries()) {
      const angle = (2 * Math.PI * frequency * (positions[i] as number)) / length;
      real += (value - centre) * Math.cos(angle);
      imaginary -= (value - centre) * Math.sin(angle);
    }
    return (2 * Math.hypot(real, imaginary)) / observed.length;
  };
  return [
    centre,
    standardDeviation(observed),
    observed.reduce((a, b) => Math.min(a, b)),
    observed.reduce((a, b) => Math.max(a, b)),
    steps.length > 0 ? mean(steps) : Number.NaN,
    first.length > 0 && second.length > 0 ? mean(second) - mean(first) : Number.NaN,
    magnitude(1),
    magnitude(2),
    magnitude(3),
  ];
}

/** Sliced Wasserstein-2 of the summaries, each standardised by the real series' mean and spread of it. */
export const summaryWasserstein: Metric = {
  name: 'summaryWasserstein',
  label: 'Sliced Wasserstein-2 of summaries',
  direction: 'lower',
  help: 'Distance between whole-series summaries (level, spread, extremes, roughness, trend, slow frequencies): sees global structure that raw windows hide.',
  needsGpu: true,
  async score(generated, real, { reference, directions, gpu }) {
    const width = real.featureSize * summaryNames.length;
    const scale = columnScale(summaryFeatures(reference), width);
    const a = standardise(summaryFeatures(generated), scale);
    const b = standardise(summaryFeatures(real), scale);
    return gpu ? gpu.slicedWasserstein(a, b, width, directions(width)) : Number.NaN;
  },
};

function columnScale(table: Float64Array, width: number): { mean: number; spread: number }[] {
  return Array.from({ length: width }, (_, column) => {
    const values = table.filter((value, i) => i % width === column && !Number.isNaN(value));
    const spread = standardDeviation(values);
    return { mean: mean(values), spread: varies(spread) ? spread : 1 };
  });
}

/** What could not be computed takes the real mean, 0. */
function standardise(table: Float64Array, scale: { mean: number; spread: number }[]): Float64Array {
  return table.map((value, i) => {
    const column = scale[i % scale.length] as { mean: number; spread: number };
    return Number.isNaN(value) ? 0 : (value - column.mean) / column.spread;
  });
}
