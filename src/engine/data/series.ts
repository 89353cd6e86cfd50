import { type ColumnMapping, columnIndex } from './columns.ts';
import { isMissing, parseNumber, type Table } from './table.ts';
import { type TimeReader, timeReader } from './times.ts';
import { DataError, type Series, type SeriesSet } from './types.ts';

/** Rows of a table by series: long layout with an id column, else one series. */
function groupRows(table: Table, id: string | null): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  const column = id === null ? undefined : columnIndex(table, id);
  table.rows.forEach((row, index) => {
    const key = column === undefined ? 'series' : (row[column] as string);
    if (column !== undefined && isMissing(key)) {
      throw new DataError(`Row ${table.lines[index]} has no value in the id column '${id}': fill it in.`, {
        row: table.lines[index],
        column: id as string,
      });
    }
    const group = groups.get(key);
    if (group) group.push(index);
    else groups.set(key, [index]);
  });
  return groups;
}

/**
 * Series from a table. Columns that are constant or empty are an error where they were asked for by name.
 * @throws DataError with row and column: text where a number is due, unsorted or duplicate times, a single row
 */
export function toSeries(table: Table, mapping: ColumnMapping): SeriesSet {
  if (mapping.features.length === 0) {
    throw new DataError(
      'No column of numbers is left to learn from: name the feature columns, and write numbers like 1234.5, without units.',
    );
  }
  const columns = mapping.features.map((name) => ({ name, index: columnIndex(table, name) }));
  for (const { name, index } of columns) checkVaries(table, name, index);
  const time =
    mapping.time === null ? undefined : { name: mapping.time, index: columnIndex(table, mapping.time) };
  const reader = time && timeReader(table, time.index);
  if (time && !reader) {
    throw new DataError(
      `Column '${time.name}' does not hold times: ISO dates, epochs or numbers are understood.`,
      {
        column: time.name,
      },
    );
  }
  const groups = groupRows(table, mapping.id);
  const series = [...groups].map(([id, rows]): Series => {
    const values = new Float64Array(rows.length * columns.length);
    const mask = new Uint8Array(values.length);
    rows.forEach((row, t) => {
      columns.forEach(({ name, index }, d) => {
        const cell = table.rows[row]?.[index] ?? '';
        if (isMissing(cell)) return;
        const value = parseNumber(cell, table.decimalComma);
        if (value === undefined) {
          const line = table.lines[row];
          throw new DataError(`Row ${line}, column '${name}': '${clip(cell)}' is not a number.`, {
            row: line,
            column: name,
          });
        }
        values[t * columns.length + d] = value;
        mask[t * columns.length + d] = 1;
      });
    });
    const times =
      time && reader && readTimes(table, rows, time, reader, mapping.id === null ? undefined : id);
    return { id, length: rows.length, values, mask, ...(times && { times }) };
  });
  if (table.rows.length < 2)
    throw new DataError('The file has a single row of data: a series needs at least two.');
  return {
    features: mapping.features,
    series,
    ...(reader?.unit && { timeUnit: reader.unit }),
    ...(reader && { relativeTimes: reader.relative && mapping.id !== null }),
  };
}

function checkVaries(table: Table, name: string, index: number): void {
  let first: string | undefined;
  for (const row of table.rows) {
    const cell = row[index] ?? '';
    if (isMissing(cell)) continue;
    if (first === undefined) first = cell;
    else if (cell !== first) return;
  }
  throw new DataError(
    first === undefined
      ? `Column '${name}' has no value at all: leave it out.`
      : `Column '${name}' is constant (${clip(first)}): leave it out.`,
    { column: name },
  );
}

function readTimes(
  table: Table,
  rows: number[],
  { name, index }: { name: string; index: number },
  reader: TimeReader,
  id: string | undefined,
): Float64Array {
  const of = id === undefined ? '' : ` of series '${clip(id)}'`;
  const times = new Float64Array(rows.length);
  rows.forEach((row, t) => {
    const line = table.lines[row];
    const cell = table.rows[row]?.[index] ?? '';
    const value = reader.read(cell);
    const place = { row: line, column: name };
    if (value === undefined)
      throw new DataError(`Row ${line}, column '${name}': '${clip(cell)}' is not a time.`, place);
    const before = times[t - 1];
    if (t > 0 && before !== undefined && value <= before) {
      const what = value === before ? 'repeats the time before it' : 'is earlier than the row before it';
      throw new DataError(
        `Row ${line}, column '${name}': ${clip(cell)}${of} ${what}: sort the rows by time and keep one row for each, or name no time column.`,
        place,
      );
    }
    times[t] = value;
  });
  return times;
}

function clip(text: string): string {
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}
