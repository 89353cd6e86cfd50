import { type ByteSource, bytesSource } from './byteSource.ts';
import type { Table } from './cells.ts';
import { constantOrEmpty, leftOut } from './columns.ts';
import { labelsFrom } from './events.ts';
import { type FormOptions, formOf, guessedItems, guessTable, seriesOf } from './form.ts';
import { generate } from './generators.ts';
import { idleNotes } from './idleKeys.ts';
import type { ReadOptions } from './readSource.ts';
import { sourceByName } from './sources.ts';
import { DataError, type SeriesSet } from './types.ts';
import type { WindowOptions } from './windows.ts';

export { type ByteSource, blobSource, bytesSource } from './byteSource.ts';
export type { Table } from './cells.ts';
export { type ColumnFacts, canBeFeature, columnFacts } from './columnFacts.ts';
export { type ColumnGuess, type ColumnMapping, guessColumns } from './columns.ts';
export { formOf, guessedItems, guessTable, seriesOf, type TableGuess } from './form.ts';
export { generate, generatorLength, generatorNames } from './generators.ts';
export type { ReadOptions, ReadProgress } from './readSource.ts';
export { inDataUnits, selectWindows } from './selectWindows.ts';
export { toSeries } from './series.ts';
export { type DataSource, sourceByName, sources } from './sources.ts';
export { prepare, prepareHeldOut, unscale, type WindowOptions } from './windows.ts';

/** The `data` part of a config. */
export interface DataOptions extends WindowOptions, FormOptions {
  source: string;
  features: string[];
  group: string | null;
  part: string | null;
  items: string[];
  /** File with the labels of items, or null. */
  labels: string | null;
  count: number | null;
}

/** The keys of a config that a table settles where they were left open. */
export type ResolvedKeys = Pick<DataOptions, 'id' | 'time' | 'features' | 'group' | 'part' | 'items' | 'gap'>;

/** A mapping with what the options leave open guessed from the table. */
export function resolveMapping(
  table: Table,
  options: Pick<DataOptions, 'id' | 'time' | 'features'> & Partial<DataOptions>,
  labels?: ReadonlyMap<string, string>,
): ResolvedKeys & { reasons: string[] } {
  const guess = guessTable(table, options.form ?? 'auto', labels, options);
  const { id, time, features, group = null, part = null, reasons } = guess;
  const chosen = options.items ?? [];
  const items = chosen.length > 0 ? chosen : guessedItems(guess.items ?? []);
  // The features of a known layout come with the gap that suits them; named features come without.
  const given = options.gap ?? 'none';
  const gap = given === 'none' ? (guess.gap ?? given) : given;
  return { id, time, features, group, part, items, gap, reasons };
}

/** Opens a file by its path, or a sample by its path under public/. */
export type OpenBytes = (path: string, kind: 'sample' | 'file') => Promise<Uint8Array | ByteSource>;

/** Series of a config: a generator, a bundled sample, or a file. */
export async function loadSeries(
  options: DataOptions,
  open: OpenBytes,
  reading?: ReadOptions,
): Promise<{ set: SeriesSet; notes: string[]; mapping?: ResolvedKeys }> {
  const builtIn = sourceByName(options.source);
  if (builtIn?.kind === 'generator') {
    const seqLen = Math.max(options.window, builtIn.window);
    const set = generate(options.source, { count: options.count, seed: options.seed, seqLen });
    return { set, notes: idleNotes(options, 'generator') };
  }
  const table = await readTable(open, builtIn?.path ?? options.source, builtIn ? 'sample' : 'file', reading);
  const labels = options.labels === null ? undefined : await readLabels(open, options.labels);
  const { reasons, ...mapping } = resolveMapping(table, options, labels);
  const varying =
    options.features.length > 0 ? mapping.features : mapping.features.filter((name) => varies(table, name));
  const dropped = mapping.features.filter((name) => !varying.includes(name));
  const left = dropped.length > 0 ? [leftOut(dropped, constantOrEmpty)] : [];
  const used = { ...mapping, features: varying };
  const { set, notes } = seriesOf(table, { ...options, ...used }, labels);
  const form = formOf(table, options.form);
  return {
    set,
    notes: [...reasons, ...idleNotes({ ...options, id: used.id }, form), ...left, ...notes],
    mapping: used,
  };
}

async function readTable(
  open: OpenBytes,
  path: string,
  kind: 'sample' | 'file',
  reading?: ReadOptions,
): Promise<Table> {
  const opened = await open(path, kind);
  const { readSource } = await import('./readSource.ts'); // a page reads its first data without a parser
  const source = opened instanceof Uint8Array ? bytesSource(opened) : opened;
  try {
    return await readSource(source, reading);
  } finally {
    await source.close?.();
  }
}

/** @throws DataError that names the file: the other one is named around it */
async function readLabels(open: OpenBytes, path: string): Promise<Map<string, string>> {
  try {
    return labelsFrom(await readTable(open, path, 'file'));
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new DataError(`'${path}': ${error.message}`, error.fault);
  }
}

function varies({ cells }: Table, name: string): boolean {
  const column = cells.find((one) => one.name === name);
  return column !== undefined && !column.tally.constant;
}
