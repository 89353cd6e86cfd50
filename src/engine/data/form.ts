import { catalogueGuess, catalogueRows, isCatalogue } from './catalogue.ts';
import type { Table } from './cells.ts';
import { type ColumnGuess, type ColumnMapping, type ColumnsGiven, guessColumns } from './columns.ts';
import { type EventItem, eventColumns, eventItems, itemsGuessed, pivotEvents } from './events.ts';
import { toSeries } from './series.ts';
import { suspects } from './suspects.ts';
import { DataError, type SeriesSet } from './types.ts';
import type { WindowOptions } from './windows.ts';

/** How a table is taken: as it stands, or as one of the layouts that are known by their columns. */
export type Form = 'table' | 'events' | 'catalogue';

/** The `data` keys that say what a table becomes. */
export interface FormOptions extends ColumnMapping {
  /** `auto`: known layouts are recognised; `table`: the table as it stands. */
  form: 'auto' | 'table';
  /** Of a table of events: the items that become features, in that order; none: the most frequent. */
  items: readonly string[];
  /** Of a table of events: hours of one position. */
  bin: number;
}

/** What is known of a table before it is cut into series. */
export interface TableGuess extends ColumnGuess {
  form: Form;
  /** Gap feature that suits it. */
  gap?: 'log';
  /** Of a table of events: what can be chosen, the most frequent first. */
  items?: readonly EventItem[];
}

/** The layout of a table. */
export function formOf(table: Table, form: 'auto' | 'table'): Form {
  if (form === 'table') return 'table';
  if (eventColumns(table)) return 'events';
  return isCatalogue(table) ? 'catalogue' : 'table';
}

/** Guesses columns and, in a table of events, lists the items. @param labels of items, by item @param given what is settled */
export function guessTable(
  table: Table,
  form: 'auto' | 'table',
  labels?: ReadonlyMap<string, string>,
  given: ColumnsGiven = {},
): TableGuess {
  const here = formOf(table, form);
  // With another column of times a catalogue is a table like any other.
  if (here === 'catalogue' && (given.time ?? 'time') === 'time')
    return { form: here, ...catalogueGuess(given) };
  const columns = here === 'events' ? eventColumns(table) : undefined;
  if (!columns) return { form: 'table', ...guessColumns(table, given) };
  const { item, value } = columns;
  const [id, time] = [given.id ?? columns.id, given.time ?? columns.time];
  const group = given.group ?? (columns.group === id ? null : columns.group);
  const reasons = [
    `This is a table of measurements: '${value}' of the chosen '${item}', one series for each '${id}'.`,
    ...(group ? [`Series of one '${group}' stay in one part.`] : []),
  ];
  const part = given.part ?? null;
  return {
    form: here,
    id,
    time,
    group,
    part,
    features: [],
    reasons,
    items: eventItems(table, { ...columns, id }, labels),
  };
}

/** The items that are taken where none is chosen. */
export function guessedItems(items: readonly EventItem[]): string[] {
  return items.slice(0, itemsGuessed).map(({ item }) => item);
}

/**
 * Series of a table with a resolved mapping, and sentences on what was left out or put in order.
 * @throws DataError in one sentence, with row and column
 */
export function seriesOf(
  table: Table,
  options: FormOptions & Partial<Pick<WindowOptions, 'gap'>>,
  labels?: ReadonlyMap<string, string>,
): { set: SeriesSet; notes: string[] } {
  const form = formOf(table, options.form);
  // With another column of times, or none, a catalogue is taken as it stands.
  if (form === 'table' || (form === 'catalogue' && options.time !== 'time')) {
    const set = toSeries(table, options);
    return { set, notes: suspects(table, options, set) };
  }
  if (form === 'catalogue') {
    const { notes, ...order } = catalogueRows(table);
    return { set: toSeries(table, options, order), notes };
  }
  const columns = eventColumns(table);
  if (!columns) throw new DataError('The table of measurements has lost its columns.');
  if (options.part)
    throw new DataError(
      `A table of measurements is split by shares or by group: name no column of parts, or read it as a plain table.`,
    );
  if (options.items.length === 0)
    throw new DataError('No item is chosen: choose at least one to learn from.');
  const { id, time, group = null } = options;
  const chosen = { ...columns, ...(id !== null && { id }), ...(time !== null && { time }), group };
  const set = pivotEvents(table, chosen, { items: options.items, bin: options.bin, labels });
  const cells = set.series.reduce((sum, { mask }) => sum + mask.length, 0);
  const observed = set.series.reduce((sum, { mask }) => sum + mask.reduce((n, one) => n + one, 0), 0);
  const share = `${Math.round((100 * observed) / Math.max(1, cells))} %`;
  const every = options.bin === 1 ? 'hour' : `${options.bin} hours`;
  return {
    set,
    notes: [`${set.series.length} series of means by the ${every}; ${share} of the cells have a value.`],
  };
}
