import type { Cell } from './tables.ts';

/** Real and generated values of one feature of a run. */
export interface SavedSeries {
  label: string;
  step: number;
  /** Name of the feature, and its place among the run's. */
  unit: string;
  feature: number;
  count: number;
  seqLen: number;
  featureSize: number;
  real: Float32Array;
  generated: Float32Array;
}

/** Series: a row for each value. @param mode how the generated ones were made */
export function seriesTable(drawn: readonly SavedSeries[], mode: string) {
  return {
    columns: ['run', 'step', 'kind', 'feature', 'series', 'position', 'value'],
    rows: drawn.flatMap(({ label, step, unit, feature, count, seqLen, featureSize, real, generated }) =>
      Object.entries({ real, [`generated, ${mode}`]: generated }).flatMap(([kind, values]) =>
        Array.from({ length: count * seqLen }, (_, i): Cell[] => [
          label,
          step,
          kind,
          unit,
          Math.floor(i / seqLen) + 1,
          (i % seqLen) + 1,
          values[i * featureSize + feature] ?? Number.NaN,
        ]),
      ),
    ),
  };
}
