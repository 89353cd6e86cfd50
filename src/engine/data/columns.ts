import { closest } from 'fastest-levenshtein';
import type { Table } from './cells.ts';
import type { Column } from './column.ts';
import { numberAdvice } from './numberStyle.ts';
import { partNamed } from './split.ts';
import { timeReader } from './times.ts';
import { DataError } from './types.ts';

/** Which column is what. */
export interface ColumnMapping {
  id: string | null;
  time: string | null;
  features: string[];
  /** What series are split by, patients for example; null or absent: each series by itself. */
  group?: string | null;
  /** What says of a series whether it is to train on, to validate or to test; null or absent: they are split by shares. */
  part?: string | null;
}

/** A guess, with a sentence for each choice. */
export interface ColumnGuess extends ColumnMapping {
  reasons: string[];
}

const idName = /(^|_|\b)(id|series|sequence|patient|subject|unit|group|location|station|name)(_|\b|$)/i;
const timeName = /(^|_|\b)(time|date|datetime|timestamp|day|days|hour|year|month|t)(_|\b|$)/i;

/** Whom several series may be of: their parts in training and test would know each other. */
const groupName = /^(subject|patient)(_?id)?$/i;

/** What a column that says which part a series is for is called. */
const partName = /^(data_?)?(split|part|partition|subset|set)$/i;

/** Dates whose day and month cannot be told apart, and times of a day that is not said. */
const otherTime = /^\d{1,2}([./-]\d{1,2}[./-]\d{2,4}\b|:\d{2})/;

/** What is settled before anything is guessed. */
export type ColumnsGiven = Partial<ColumnMapping>;

/** Guesses id, time and features from names and contents. @param given what is settled: the rest fits it, and nothing is said of it */
export function guessColumns(table: Table, given: ColumnsGiven = {}): ColumnGuess {
  const reasons: string[] = [];
  const { columns } = table;
  const taken = new Set([given.id, given.time, given.group, given.part]);
  /** The first column that is free and fits. */
  const find = (fits: (name: string, column: number) => boolean) =>
    columns.find((name, column) => !taken.has(name) && fits(name, column)) ?? null;
  /** The column that is given, or else the guess, with its reason. */
  const settle = (
    name: string | null | undefined,
    guess: () => string | null,
    why: (name: string) => string,
  ) => {
    if (name != null) return name;
    const guessed = guess();
    if (guessed !== null) reasons.push(why(guessed));
    taken.add(guessed);
    return guessed;
  };
  const time = settle(
    given.time,
    () => find((name, column) => isNamedTime(table, name, column)),
    (name) => `'${name}' holds times.`,
  );
  const named = find((name, column) => idName.test(name) && comesInRuns(headOf(table, column)));
  const id = settle(
    given.id,
    () => named ?? (time === null ? null : columnOfRestarts(table, time)),
    (name) => `'${name}' tells the series apart${named ? '' : `: where it changes, '${time}' starts again`}.`,
  );
  const group = settle(
    given.group,
    () => (id === null ? null : find((name) => groupName.test(name))),
    (name) => `Series of one '${name}' stay in one part.`,
  );
  const part = settle(
    given.part,
    () => find((name) => partName.test(name) && saysParts(table, name, id)),
    (name) => `'${name}' says what each series is for.`,
  );
  if (part === null)
    reasons.push(...columns.flatMap((name) => (partName.test(name) ? oddPart(table, name) : [])));
  if (given.features?.length) return { id, time, features: given.features, group, part, reasons };
  const features = columns.filter((name, column) => {
    const cell = table.cells[column];
    return (
      !taken.has(name) &&
      cell !== undefined &&
      !cell.isTime &&
      cell.tally.numbers > 0 &&
      cell.tally.oddRow === undefined
    );
  });
  reasons.push(
    ...restNotes(
      table,
      columns.filter((name) => !taken.has(name) && !features.includes(name)),
      time,
    ),
  );
  return { id, time, features, group, part, reasons };
}

/** A column's first cells. */
function headOf(table: Table, column: number): string[] {
  const cells = table.cells[column];
  return Array.from({ length: Math.min(2000, table.count) }, (_, row) => cells?.text(row) ?? '');
}

function isNamedTime(table: Table, name: string, column: number): boolean {
  const reader = timeReader(table, column);
  // Long numbers of an id may look like epochs.
  return reader !== undefined && (timeName.test(name) || (!reader.relative && !idName.test(name)));
}

/** Whether values come again, and rows of one stand together, so that an id changes seldom from row to row. */
function comesInRuns(values: readonly string[]): boolean {
  const distinct = new Set(values).size;
  const changes = values.filter((value, row) => row > 0 && value !== values[row - 1]).length;
  return distinct < values.length && distinct <= Math.max(1, values.length / 2) && changes < 2 * distinct;
}

/** What becomes of the columns that are nothing: which hold no numbers, and which could be dates. */
function restNotes(table: Table, rest: readonly string[], time: string | null): string[] {
  if (rest.length === 0) return [];
  const texts = rest.map((name) => name + oddCell(table, columnOf(table, name)));
  const notes = [leftOut(texts, ['holds no numbers', 'hold no numbers'])];
  const date = rest.find((name) => {
    const first = headOf(table, table.columns.indexOf(name)).find((cell) => cell !== '') ?? '';
    return otherTime.test(first) || (timeName.test(name) && /^\d/.test(first));
  });
  if (date !== undefined && time === null)
    notes.push(
      `'${date}' could be dates; they are understood as 2024-12-31, 2024-12-31 18:00 or 31.12.2024, so the rows are taken in their order.`,
    );
  return notes;
}

/**
 * The first column that changes exactly where the time does not go on, and has a value of its own from each such row to the
 * next: what else is the same throughout a series, an age for example, comes again in another. Series have two rows and more in
 * the mean: times that run backwards start none. Every row is looked at, since series may be long; most columns are ruled out by
 * the first few.
 */
function columnOfRestarts(table: Table, time: string): string | null {
  const { columns, cells, count } = table;
  const reader = timeReader(table, columns.indexOf(time));
  if (!reader) return null;
  let left = cells
    .filter(({ name }) => name !== time)
    .map((column) => ({ column, values: new Set<number | string>() }));
  let before = Number.NaN;
  for (let row = 0; row < count && left.length > 0; row++) {
    const now = reader.read(row) ?? Number.NaN;
    const begins = row === 0 || now <= before;
    before = now;
    left = left.filter(({ column, values }) => {
      const key = column.key(row);
      if (!begins) return key === column.key(row - 1);
      if (key === undefined || values.has(key)) return false;
      values.add(key);
      return true;
    });
  }
  const found = left.find(({ values }) => values.size > 1 && values.size <= count / 2);
  return found?.column.name ?? null;
}

/**
 * Whether a column names the part of every row, something to train and something to test on among them, and one for each series;
 * of a table without an id, each part in one piece.
 */
function saysParts(table: Table, name: string, id: string | null): boolean {
  const column = columnOf(table, name);
  const ids = id === null ? undefined : columnOf(table, id);
  const known = new Map<number | string, string>();
  const found = new Set<string>();
  let before = '';
  for (let row = 0; row < table.count; row++) {
    const cell = column.text(row);
    const part = partNamed(cell);
    if (part === undefined) return false;
    if (ids) {
      const key = ids.key(row) ?? '';
      if ((known.get(key) ?? cell) !== cell) return false;
      known.set(key, cell);
    } else if (cell !== before && known.has(cell)) return false;
    else known.set(cell, cell);
    before = cell;
    found.add(part);
  }
  return found.has('train') && found.has('test');
}

/** That a column names parts, but for a cell that is none, and so has no say: a sentence, where it is so. */
function oddPart(table: Table, name: string): string[] {
  const column = columnOf(table, name);
  const rows = Array.from({ length: table.count }, (_, row) => row);
  const found = new Set(rows.map((row) => partNamed(column.text(row))));
  const odd = rows.find((row) => partNamed(column.text(row)) === undefined);
  if (odd === undefined || !found.has('train') || !found.has('test')) return [];
  return [
    `'${name}' is not followed, and the parts are drawn: row ${table.line(odd)} says '${column.text(odd).slice(0, 40)}', which is no part (train, validation, test).`,
  ];
}

/** Whether a column holds numbers but for some cells, or something that could be written as numbers. */
export function isMeantAsNumbers({ count }: Table, column: Column): boolean {
  const { oddRow, numbers, missing } = column.tally;
  if (column.isTime || oddRow === undefined) return false;
  return numbers > (count - missing) / 2 || adviceFor(column.text(oddRow)) !== undefined;
}

const adviceFor = (cell: string) => (otherTime.test(cell) ? undefined : numberAdvice(cell));

/** In a column that is meant as numbers, the first cell that is none, where it is and what to do; else nothing. */
function oddCell(table: Table, column: Column): string {
  if (!isMeantAsNumbers(table, column)) return '';
  const row = column.tally.oddRow ?? 0;
  const cell = column.text(row);
  const advice = adviceFor(cell);
  return ` (row ${table.line(row)}: '${cell.slice(0, 40)}'${advice ? `; ${advice}` : ''})`;
}

/** @throws DataError suggesting the nearest name */
export function columnIndex(table: Table, name: string): number {
  const index = table.columns.indexOf(name);
  if (index < 0) {
    throw new DataError(`There is no column '${name}'; did you mean '${closest(name, table.columns)}'?`, {
      column: name,
    });
  }
  return index;
}

/** Column of that name. @throws DataError suggesting the nearest name */
export function columnOf(table: Table, name: string): Column {
  return table.cells[columnIndex(table, name)] as Column;
}

/** That columns are no features, and why: of one, and of several. */
export const leftOut = (names: readonly string[], [ofOne, ofSeveral]: readonly [string, string]): string =>
  `Left out, since ${names.length === 1 ? `it ${ofOne}` : `they ${ofSeveral}`}: ${names.join(', ')}.`;

/** For {@link leftOut}. */
export const constantOrEmpty = ['is constant or empty', 'are constant or empty'] as const;
