import type { DependenceCurve } from '../../engine/train/protocol.ts';
import type { LossHistory } from '../runs/lossHistory.ts';
import type { Cell, Table } from './tables.ts';

/** Dependence curves: a row for each position. */
export function curvesTable(drawn: readonly { label: string; curve?: DependenceCurve }[]) {
  return {
    columns: [
      ...['run', 'step', 't', 'm_{t,0}', 'm_{t,0}, 25 %', 'm_{t,0}, 75 %'],
      ...['m_{t,t-1}', 'm_{t,t-1}, 25 %', 'm_{t,t-1}, 75 %'],
    ],
    rows: drawn.flatMap(({ label, curve }) =>
      (curve?.points ?? []).map((p) => [
        label,
        curve?.step ?? Number.NaN,
        p.position,
        p.m0,
        p.m0q25,
        p.m0q75,
        p.mLocal,
        p.mLocalQ25,
        p.mLocalQ75,
      ]),
    ),
  };
}

/** Whole matrices m_{t,j}: a row for each entry that is part of one, j = 0 being z. */
export function matrixTable(
  drawn: readonly { label: string; matrix: ArrayLike<number>; seqLen: number }[],
): Table {
  return {
    columns: ['run', 't', 'j', 'm_{t,j}'],
    rows: drawn.flatMap(({ label, matrix, seqLen }) =>
      Array.from({ length: seqLen }, (_, row) =>
        Array.from({ length: row + 1 }, (_, j) => [
          label,
          row + 1,
          j,
          matrix[row * seqLen + j] ?? Number.NaN,
        ]),
      ).flat(),
    ),
  };
}

/** What stands below a picture of whole matrices of which a row is open. */
export const matrixCaption = (row: number) =>
  `The whole matrix m_{t,j}, and its row t = ${row}: the share of the decoder’s state at position t that comes from input j (0 is z)`;

/** Latents on the plane where the encoded ones vary most: a row for each. */
export function cloudTable(
  drawn: readonly { label: string; step: number; encoded: Float32Array; sampled: Float32Array }[],
): Table {
  return {
    columns: ['run', 'step', 'kind', 'component 1', 'component 2'],
    rows: drawn.flatMap(({ label, step, encoded, sampled }) =>
      Object.entries({ encoded, sampled }).flatMap(([kind, points]) =>
        Array.from({ length: points.length / 2 }, (_, i) => [
          label,
          step,
          kind,
          points[2 * i] ?? Number.NaN,
          points[2 * i + 1] ?? Number.NaN,
        ]),
      ),
    ),
  };
}

const terms = ['vi', 'kl', 'cs', 'dm'] as const;

/** Terms of the objective as they are drawn: a row for each step that is kept. */
export function lossTable(drawn: readonly { label: string; losses: LossHistory }[]): Table {
  return {
    columns: ['run', 'step', ...terms],
    rows: drawn.flatMap(({ label, losses }) =>
      losses.steps.map((step, k): Cell[] => [
        label,
        step,
        ...terms.map((term) => losses.terms[term].mean[k] ?? Number.NaN),
      ]),
    ),
  };
}

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
