import type { LatentCloud, SampleSet } from '../../engine/train/protocol.ts';
import type { Numbers, ReportRun } from '../../engine/train/reportData.ts';

/** Series of each kind that a report keeps of a run. */
export const keptSeries = 24;

/** Numbers as JSON holds them, short: what is not finite is null. */
export function numbers(values: ArrayLike<number>, digits = 5): Numbers {
  return Array.from(values, (value) => rounded(value, digits));
}

export function rounded(value: number, digits = 5): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(digits)) : null;
}

/** The first series of each kind. */
export function samplesPart({
  count,
  seqLen,
  featureSize,
  real,
  generated,
}: Omit<SampleSet, 'step'>): NonNullable<ReportRun['samples']> {
  const kept = Math.min(keptSeries, count);
  const first = (values: Float32Array) => numbers(values.subarray(0, kept * seqLen * featureSize));
  return {
    count: kept,
    seqLen,
    featureSize,
    real: first(real),
    generated: {
      sample: first(generated.sample),
      'noise-not-fed-back': first(generated['noise-not-fed-back']),
      mean: first(generated.mean),
    },
  };
}

/** The latents on their plane. */
export function cloudPart({
  encoded,
  sampled,
  origin,
  explained,
}: LatentCloud): NonNullable<ReportRun['cloud']> {
  return { encoded: numbers(encoded), sampled: numbers(sampled), origin, explained };
}
