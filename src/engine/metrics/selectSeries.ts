import { takeRows } from '../data/takeRows.ts';
import type { SeriesBatch } from './types.ts';

/** Some series of a batch, in the order of `rows`. */
export function selectSeries(batch: SeriesBatch, rows: readonly number[]): SeriesBatch {
  const size = rows.length * batch.seqLen * batch.featureSize;
  const values = takeRows(new Float64Array(size), batch.values, rows);
  const mask = takeRows(new Float32Array(size), batch.mask, rows);
  const lengths = batch.lengths && { lengths: rows.map((row) => batch.lengths?.[row] as number) };
  return { ...batch, count: rows.length, values, mask, ...lengths };
}
