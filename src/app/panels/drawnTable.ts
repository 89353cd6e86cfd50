import type { GenerationMode } from '../../engine/train/config.ts';
import { seriesTable } from '../figures/seriesTable.ts';
import type { Table } from '../figures/tables.ts';
import type { DrawnSeries } from './drawnSeries.ts';

/** What is drawn as it is saved: a row for each value. */
export function drawnTable(drawn: readonly DrawnSeries[], mode: GenerationMode): Table {
  const saved = drawn.map(({ run, samples, feature, unit }) => {
    return { ...samples, label: run.name, feature, unit, generated: samples.generated[mode] };
  });
  return seriesTable(saved, mode);
}
