import { closest } from 'fastest-levenshtein';
import { isMissing, parseNumber, type Table } from './table.ts';
import { timeReader } from './times.ts';
import { DataError } from './types.ts';

/** Which column is what. */
export interface ColumnMapping {
  id: string | null;
  time: string | null;
  features: string[];
}

/** A guess, with a sentence for each choice. */
export interface ColumnGuess extends ColumnMapping {
  reasons: string[];
}

const idName = /(^|_|\b)(id|series|sequence|patient|subject|unit|group|location|station|name)(_|\b|$)/i;
const timeName = /(^|_|\b)(time|date|datetime|timestamp|day|days|hour|year|month|t)(_|\b|$)/i;

/** Dates whose day and month cannot be told apart. */
const otherDate = /^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b/;

/** Guesses id, time and features from names and contents. */
export function guessColumns(table: Table): ColumnGuess {
  const reasons: string[] = [];
  const cells = (column: number) => table.rows.slice(0, 2000).map((row) => row[column] ?? '');
  const isTime = (name: string, column: number) => {
    const reader = timeReader(table, column);
    return reader !== undefined && (!reader.relative || timeName.test(name));
  };
  const time = table.columns.find(isTime) ?? null;
  if (time) reasons.push(`'${time}' holds times.`);
  const repeats = (column: number) => {
    const values = cells(column);
    const distinct = new Set(values).size;
    return distinct < values.length && distinct <= Math.max(1, values.length / 2);
  };
  // Rows of one series stand together, so an id changes seldom from row to row.
  const runs = (column: number) => {
    const values = cells(column);
    return (
      values.filter((value, row) => row > 0 && value !== values[row - 1]).length < new Set(values).size * 2
    );
  };
  const id =
    table.columns.find(
      (name, column) => name !== time && idName.test(name) && repeats(column) && runs(column),
    ) ?? null;
  if (id) reasons.push(`'${id}' tells the series apart.`);
  const features = table.columns.filter((name, column) => {
    if (name === time || name === id) return false;
    const values = cells(column).filter((cell) => !isMissing(cell));
    return values.length > 0 && values.every((cell) => parseNumber(cell, table.decimalComma) !== undefined);
  });
  const rest = table.columns.filter((name) => name !== time && name !== id && !features.includes(name));
  if (rest.length > 0) {
    const named = rest.map((name) => name + oddCell(table, table.columns.indexOf(name)));
    reasons.push(`Left out, since they are not numbers: ${named.join(', ')}.`);
    const date = rest.find((name) => otherDate.test(cells(table.columns.indexOf(name))[0] ?? ''));
    if (date)
      reasons.push(`'${date}' could be dates; they are understood as 2024-12-31 or 2024-12-31 18:00.`);
  }
  return { id, time, features, reasons };
}

/** In a column that is numbers for the most part, the cell that is none, and where it is; else nothing. */
function oddCell({ rows, lines, decimalComma }: Table, column: number): string {
  const filled = rows
    .map((row, index) => ({ cell: row[column] ?? '', line: lines[index] }))
    .filter(({ cell }) => !isMissing(cell));
  const odd = filled.filter(({ cell }) => parseNumber(cell, decimalComma) === undefined);
  const [first] = odd;
  return first && 2 * odd.length < filled.length ? ` (row ${first.line}: '${first.cell.slice(0, 40)}')` : '';
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
