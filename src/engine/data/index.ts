import { guessColumns } from './columns.ts';
import { generate } from './generators.ts';
import { toSeries } from './series.ts';
import { sourceByName } from './sources.ts';
import { readTable, type Table } from './table.ts';
import type { PreparedData, SeriesSet } from './types.ts';
import { prepare, type WindowOptions } from './windows.ts';

export { type ColumnFacts, canBeFeature, columnFacts } from './columnFacts.ts';
export { type ColumnGuess, type ColumnMapping, guessColumns } from './columns.ts';
export { generate, generatorLength, generatorNames } from './generators.ts';
export { inDataUnits, selectWindows } from './selectWindows.ts';
export { toSeries } from './series.ts';
export { type DataSource, sourceByName, sources } from './sources.ts';
export { readTable, type Table } from './table.ts';
export { prepare, prepareHeldOut, unscale, type WindowOptions } from './windows.ts';

/** The `data` part of a config. */
export interface DataOptions extends WindowOptions {
  source: string;
  id: string | null;
  time: string | null;
  features: string[];
  count: number | null;
}

/** A mapping with what the options leave open guessed from the table. */
export function resolveMapping(table: Table, options: Pick<DataOptions, 'id' | 'time' | 'features'>) {
  const guess = guessColumns(table);
  const id = options.id ?? guess.id;
  const time = options.time ?? guess.time;
  const features =
    options.features.length > 0 ? options.features : guess.features.filter((f) => f !== id && f !== time);
  return { id, time, features, reasons: guess.reasons };
}

/**
 * Series of a config: a generator, a bundled sample, or a file.
 * @param readBytes reads a file by its path, or a sample by its path under public/
 */
export async function loadSeries(
  options: DataOptions,
  readBytes: (path: string, kind: 'sample' | 'file') => Promise<Uint8Array>,
): Promise<{
  set: SeriesSet;
  notes: string[];
  mapping?: { id: string | null; time: string | null; features: string[] };
}> {
  const builtIn = sourceByName(options.source);
  if (builtIn?.kind === 'generator') {
    const seqLen = Math.max(options.window, builtIn.window);
    return { set: generate(options.source, { count: options.count, seed: options.seed, seqLen }), notes: [] };
  }
  const bytes = await readBytes(builtIn?.path ?? options.source, builtIn ? 'sample' : 'file');
  const table = readTable(bytes);
  const { reasons, ...mapping } = resolveMapping(table, options);
  const varying =
    options.features.length > 0 ? mapping.features : mapping.features.filter((name) => varies(table, name));
  const notes = [...reasons];
  const dropped = mapping.features.filter((name) => !varying.includes(name));
  if (dropped.length > 0) notes.push(`Left out, since they are constant or empty: ${dropped.join(', ')}.`);
  const used = { ...mapping, features: varying };
  return { set: toSeries(table, used), notes, mapping: used };
}

function varies({ columns, rows }: Table, name: string): boolean {
  const index = columns.indexOf(name);
  const first = rows[0]?.[index];
  return rows.some((row) => row[index] !== first);
}

/** Windows of a config, ready to train on; its notes say what was guessed, dropped and cut. */
export async function loadData(
  options: DataOptions,
  readBytes: (path: string, kind: 'sample' | 'file') => Promise<Uint8Array>,
): Promise<PreparedData> {
  const { set, notes } = await loadSeries(options, readBytes);
  const data = prepare(set, options);
  return { ...data, notes: [...notes, ...data.notes] };
}
