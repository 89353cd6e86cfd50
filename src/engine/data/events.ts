import type { Table } from './cells.ts';
import type { Column } from './column.ts';
import { columnIndex, columnOf } from './columns.ts';
import { itemNames } from './itemNames.ts';
import { numberIn } from './series.ts';
import { timeReader } from './times.ts';
import { DataError, type Series, type SeriesSet } from './types.ts';

/** Columns of a table with one measurement a row, as MIMIC's `chartevents` and `labevents`. */
export interface EventColumns {
  id: string;
  time: string;
  item: string;
  value: string;
  /** The patient, where the table tells. */
  group: string | null;
}

/** One kind of measurement in such a table. */
export interface EventItem {
  /** As the table has it, e.g. `220045`. */
  item: string;
  label: string;
  /** Rows with a number. */
  count: number;
  /** Series with at least one. */
  series: number;
}

/** Items taken where none is chosen: the most frequent. */
export const itemsGuessed = 8;

/** The columns of a table of events, whatever the case of their names (MIMIC-III writes capitals); undefined for other tables. */
export function eventColumns({ columns }: Table): EventColumns | undefined {
  const find = (...names: string[]) =>
    names
      .map((name) => columns.find((column) => column.toLowerCase() === name))
      .find((column) => column !== undefined);
  const [item, value, time] = [find('itemid'), find('valuenum'), find('charttime')];
  const group = find('subject_id') ?? null;
  const id = find('stay_id', 'icustay_id', 'hadm_id') ?? group;
  if (item === undefined || value === undefined || time === undefined || id === null) return undefined;
  return { id, time, item, value, group: group === id ? null : group };
}

/** Items with a number in at least one row, the most frequent first. @param labels by item, e.g. of `d_items` */
export function eventItems(
  table: Table,
  columns: EventColumns,
  labels: ReadonlyMap<string, string> = new Map(),
): EventItem[] {
  const [items, values] = [columnOf(table, columns.item), columnOf(table, columns.value)];
  const ids = columnOf(table, columns.id);
  const found = new Map<number | string, { row: number; count: number; series: Set<number | string> }>();
  for (let row = 0; row < table.count; row++) {
    const key = items.key(row);
    if (key === undefined || Number.isNaN(values.number(row))) continue;
    let item = found.get(key);
    if (!item) {
      item = { row, count: 0, series: new Set() };
      found.set(key, item);
    }
    item.count++;
    const id = ids.key(row);
    if (id !== undefined) item.series.add(id);
  }
  return [...found.values()]
    .map(({ row, count, series }): EventItem => {
      const item = items.text(row);
      return { item, label: labelOf(item, labels), count, series: series.size };
    })
    .sort((a, b) => b.count - a.count || a.item.localeCompare(b.item));
}

function labelOf(item: string, labels: ReadonlyMap<string, string>): string {
  return labels.get(item) ?? itemNames.get(item) ?? `item ${item}`;
}

/** Labels by item from a table such as `d_items`. @throws DataError where it has no such columns */
export function labelsFrom(table: Table): Map<string, string> {
  const find = (name: string) => table.cells.find((column) => column.name.toLowerCase() === name);
  const [items, names] = [find('itemid'), find('label')];
  if (!items || !names) {
    throw new DataError(
      "The file of labels needs the columns 'itemid' and 'label': open d_items.csv of the same release.",
    );
  }
  const labels = new Map<string, string>();
  for (let row = 0; row < table.count; row++) {
    const [item, label] = [items.text(row), names.text(row)];
    if (item !== '' && label !== '') labels.set(item, label);
  }
  return labels;
}

/** What of a table of events becomes series. */
export interface EventChoice {
  /** The items, each a feature. */
  items: readonly string[];
  /** Hours of one position. */
  bin: number;
  labels?: ReadonlyMap<string, string>;
}

interface Stay {
  id: string;
  /** Its first row. */
  row: number;
  group?: string;
  /** Milliseconds of its first and last measurement. */
  first: number;
  last: number;
}

/**
 * One series for each stay: position t is the t-th bin after the stay's first chosen measurement, its features the means of
 * the items in that bin; a bin without a measurement is missing, and stays in its place.
 * @throws DataError with row and column: an item that is not there, a value that is no number, a time that is none
 */
export function pivotEvents(table: Table, columns: EventColumns, choice: EventChoice): SeriesSet {
  const { items, bin, labels = new Map<string, string>() } = choice;
  const [ids, values] = [columnOf(table, columns.id), columnOf(table, columns.value)];
  const feature = featureReader(columnOf(table, columns.item), items);
  const clock = clockReader(table, columns.time);
  const binTime = Math.round(bin * hour);
  const groups = columns.group === null ? undefined : columnOf(table, columns.group);
  const stays = new Map<number | string, Stay>();
  const used = new Uint8Array(items.length);
  for (let row = 0; row < table.count; row++) {
    const d = feature(row);
    if (d < 0 || numberIn(table, values, row) === undefined) continue;
    const [key, time] = [ids.key(row), clock(row)];
    if (key === undefined) throw noId(table, columns.id, row);
    used[d] = 1;
    const stay = stays.get(key);
    if (!stay) {
      const group = groups?.text(row);
      stays.set(key, { id: ids.text(row), row, ...(group && { group }), first: time, last: time });
      continue;
    }
    if (stay.group !== undefined && groups?.key(row) !== groups?.key(stay.row)) {
      throw otherGroup(table, columns.group ?? '', row, stay);
    }
    if (time < stay.first) stay.first = time;
    if (time > stay.last) stay.last = time;
  }
  const absent = items.find((_, d) => used[d] === 0);
  if (absent !== undefined) {
    throw new DataError(`No row of item ${absent} has a number: choose items that the table has.`, {
      column: columns.item,
    });
  }
  const width = items.length;
  const lengthOf = ({ first, last }: Stay) => Math.floor((last - first) / binTime) + 1;
  checkCells(stays, width, bin, lengthOf);
  const series = new Map<number | string, Series>();
  for (const [key, stay] of stays) {
    const length = lengthOf(stay);
    series.set(key, {
      id: stay.id,
      ...(stay.group !== undefined && { group: stay.group }),
      length,
      values: new Float64Array(length * width),
      mask: new Uint8Array(length * width),
      times: Float64Array.from({ length }, (_, t) => t * bin),
    });
  }
  const counts = new Map([...series].map(([key, { values: cells }]) => [key, new Uint32Array(cells.length)]));
  for (let row = 0; row < table.count; row++) {
    const d = feature(row);
    const value = values.number(row);
    if (d < 0 || Number.isNaN(value)) continue;
    const key = ids.key(row) as number | string;
    const [one, count, stay] = [series.get(key), counts.get(key), stays.get(key)];
    if (!one || !count || !stay) continue;
    const at = Math.floor((clock(row) - stay.first) / binTime) * width + d;
    const n = (count[at] ?? 0) + 1;
    count[at] = n;
    one.mask[at] = 1;
    one.values[at] = (one.values[at] as number) + (value - (one.values[at] as number)) / n; // the mean so far
  }
  return {
    features: featureNames(items, labels),
    series: [...series.values()],
    timeUnit: 'hours',
    relativeTimes: true,
  };
}

/** Labels of the items; the same label twice is told apart by the item. */
function featureNames(items: readonly string[], labels: ReadonlyMap<string, string>): string[] {
  const names = items.map((item) => labelOf(item, labels));
  return names.map((name, d) =>
    names.indexOf(name) === names.lastIndexOf(name) ? name : `${name} (${items[d]})`,
  );
}

/** Place of a row's item among the chosen ones; -1 where it is another. */
function featureReader(column: Column, items: readonly string[]): (row: number) => number {
  const places = new Map<number | string, number>();
  for (const [d, item] of items.entries()) {
    places.set(item, d);
    if (item.trim() !== '' && Number.isFinite(Number(item))) places.set(Number(item), d);
  }
  return (row) => {
    const key = column.key(row);
    return key === undefined ? -1 : (places.get(key) ?? -1);
  };
}

const hour = 3_600_000; // milliseconds

/** A row's time in whole milliseconds; plain numbers are taken for hours. @throws DataError where a time is none */
function clockReader(table: Table, name: string): (row: number) => number {
  const reader = timeReader(table, columnIndex(table, name));
  const scale = (reader?.unit === 'days' ? 24 : 1) * hour;
  return (row) => {
    const time = reader?.read(row);
    if (time !== undefined) return Math.round(time * scale);
    const line = table.line(row);
    const cell = columnOf(table, name).text(row);
    throw new DataError(
      `Row ${line}, column '${name}': ${cell === '' ? 'there is no time' : `'${cell.slice(0, 40)}' is not a time`}.`,
      { row: line, column: name },
    );
  };
}

function noId(table: Table, id: string, row: number): DataError {
  const line = table.line(row);
  return new DataError(`Row ${line} has no value in the id column '${id}': fill it in.`, {
    row: line,
    column: id,
  });
}

function otherGroup(table: Table, group: string, row: number, stay: Stay): DataError {
  const line = table.line(row);
  return new DataError(
    `Row ${line}, column '${group}': series '${stay.id}' belongs to ${stay.group} in row ${table.line(stay.row)}, and here to another: mend it, or split by no column.`,
    { row: line, column: group },
  );
}

/** Cells of all series together at the most. */
const mostCells = 2 ** 27;

/** @throws DataError where the series would not fit into memory, naming the longest */
function checkCells(
  stays: ReadonlyMap<number | string, Stay>,
  width: number,
  bin: number,
  lengthOf: (stay: Stay) => number,
): void {
  if (stays.size === 0) throw new DataError('No row of the chosen items has a number.');
  let [cells, longest] = [0, undefined as Stay | undefined];
  for (const stay of stays.values()) {
    cells += lengthOf(stay) * width;
    if (!longest || lengthOf(stay) > lengthOf(longest)) longest = stay;
  }
  if (cells <= mostCells || !longest) return;
  throw new DataError(
    `Bins of ${bin} hours give ${cells.toLocaleString('en')} cells, and ${mostCells.toLocaleString('en')} are the most (the longest series, '${longest.id}', has ${lengthOf(longest).toLocaleString('en')} bins): choose wider bins or fewer items.`,
  );
}
