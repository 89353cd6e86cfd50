import type { GeneratedSeries } from '../../engine/export/onnx/generate.ts';
import { seriesColumns } from '../../engine/export/seriesColumns.ts';
import type { Table } from '../figures/tables.ts';

/** Generated series as a table, one row a position: series, position (both from 1), then the features. */
export function seriesTable(
  { count, seqLen, featureSize, values }: GeneratedSeries,
  features: readonly string[],
): Table {
  const rows = Array.from({ length: count * seqLen }, (_, i) => [
    Math.floor(i / seqLen) + 1,
    (i % seqLen) + 1,
    ...values.subarray(i * featureSize, (i + 1) * featureSize),
  ]);
  return { columns: seriesColumns(['series', 'position'], features), rows };
}
