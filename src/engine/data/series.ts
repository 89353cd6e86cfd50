import type { Table } from './cells.ts';
import type { Column } from './column.ts';
import { type ColumnMapping, columnIndex, columnOf, isMeantAsNumbers } from './columns.ts';
import { numberAdvice } from './numberStyle.ts';
import { partNamed } from './split.ts';
import { hasZone, type TimeReader, textMilliseconds, timeReader } from './times.ts';
import { DataError, type Part, type Series, type SeriesSet } from './types.ts';

/** How the rows of a recognised layout are taken; a plain table is taken as it stands. */
export interface RowOrder {
  /** The rows to take, in that order; all of them in the order of the file where it is left out. */
  rows?: ArrayLike<number>;
  /** Whether two rows may have the same time. */
  ties?: boolean;
}

/** Rows of a table by series: by the id column, else by the part that they are for, else one series. */
function groupRows(
  table: Table,
  { id, part = null }: ColumnMapping,
  rows: ArrayLike<number> | undefined,
): Map<string, number[]> {
  const by = id ?? part;
  const groups = new Map<number | string, number[]>();
  const column = by === null ? undefined : columnOf(table, by);
  let before: number | string | undefined;
  for (let place = 0; place < (rows?.length ?? table.count); place++) {
    const row = rows?.[place] ?? place;
    const key = column ? column.key(row) : 'series';
    if (key === undefined) {
      const what = id === null ? 'column' : 'id column';
      throw new DataError(`Row ${table.line(row)} has no value in the ${what} '${by}': fill it in.`, {
        row: table.line(row),
        column: by as string,
      });
    }
    const group = groups.get(key);
    if (group && id === null && key !== before) {
      throw new DataError(
        `Row ${table.line(row)}, column '${by}': '${clip(String(key))}' comes again after another part: name the column that tells series apart, or give each part its rows in one piece.`,
        { row: table.line(row), column: by as string },
      );
    }
    before = key;
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return new Map([...groups.values()].map((group) => [column?.text(group[0] ?? 0) ?? 'series', group]));
}

/**
 * Series from a table. Columns that are constant or empty are an error where they were asked for by name.
 * @throws DataError with row and column: text where a number is due, unsorted or duplicate times, a single row
 */
export function toSeries(table: Table, mapping: ColumnMapping, order: RowOrder = {}): SeriesSet {
  if (mapping.features.length === 0) {
    throw noFeatures(table);
  }
  const columns = mapping.features.map((name) => columnOf(table, name));
  for (const column of columns) checkVaries(column);
  const time =
    mapping.time === null ? undefined : { name: mapping.time, column: columnOf(table, mapping.time) };
  const reader = time && timeReader(table, columnIndex(table, time.name));
  if (time && !reader) {
    throw new DataError(
      `Column '${time.name}' does not hold times: 2024-12-31 18:00, 31.12.2024 18:00, epochs and numbers are understood.`,
      {
        column: time.name,
      },
    );
  }
  const { id, group = null, part = null } = mapping;
  const groupColumn = group === null || id === null ? undefined : columnOf(table, group);
  const partColumn = part === null ? undefined : columnOf(table, part);
  const groups = groupRows(table, mapping, order.rows);
  const series = [...groups].map(([name, rows]): Series => {
    const values = new Float64Array(rows.length * columns.length);
    const mask = new Uint8Array(values.length);
    rows.forEach((row, t) => {
      columns.forEach((column, d) => {
        const value = numberIn(table, column, row);
        if (value === undefined) return;
        values[t * columns.length + d] = value;
        mask[t * columns.length + d] = 1;
      });
    });
    const times =
      time && reader && readTimes(table, rows, time, reader, id === null ? undefined : name, order.ties);
    return {
      id: name,
      ...(groupColumn && { group: oneOf(table, groupColumn, rows, name) }),
      ...(partColumn && { part: partOf(table, partColumn, rows, name) }),
      length: rows.length,
      values,
      mask,
      ...(times && { times }),
    };
  });
  return {
    features: mapping.features,
    series,
    ...(reader?.unit && { timeUnit: reader.unit }),
    ...(reader && { relativeTimes: reader.relative && id !== null && beginNearZero(series) }),
  };
}

/**
 * Whether times count from the start of each series: the smallest is no further from 0 than one row may be from the next. Years,
 * 1990 and on, do not, nor do times before 0.
 */
function beginNearZero(series: readonly Series[]): boolean {
  let [smallest, longestGap] = [Number.POSITIVE_INFINITY, 0];
  for (const { times = [] } of series) {
    smallest = Math.min(smallest, times[0] ?? smallest);
    for (let t = 1; t < times.length; t++)
      longestGap = Math.max(longestGap, (times[t] as number) - (times[t - 1] as number));
  }
  return smallest >= 0 && smallest <= longestGap;
}

/** The number in a cell, undefined where it is missing. @throws DataError where it is something else */
export function numberIn(table: Table, column: Column, row: number): number | undefined {
  const value = column.number(row);
  if (!Number.isNaN(value)) return value;
  const cell = column.text(row);
  if (cell === '') return undefined;
  const line = table.line(row);
  const advice = numberAdvice(cell);
  throw new DataError(
    `Row ${line}, column '${column.name}': '${clip(cell)}' is not a number${advice ? `: ${advice}` : ''}.`,
    { row: line, column: column.name },
  );
}

/** Says which cell keeps a column of numbers from being one, where there is such a column. */
function noFeatures(table: Table): DataError {
  if (
    table.cells.some(
      ({ isTime, tally }) => !isTime && tally.numbers > 0 && tally.oddRow === undefined && !tally.constant,
    )
  )
    return new DataError('No feature is chosen: choose at least one column of numbers.');
  const column = table.cells.find((one) => isMeantAsNumbers(table, one));
  const row = column?.tally.oddRow;
  if (!column || row === undefined) {
    const flat = table.cells.find(({ tally }) => tally.numbers > 0 && tally.constant);
    if (flat) {
      return new DataError(
        `No column of numbers is left to learn from: '${flat.name}' has the same value in every row.`,
        { column: flat.name },
      );
    }
    return new DataError(
      'No column of numbers is left to learn from: name the feature columns, and write numbers like 1234.5, without units.',
    );
  }
  const line = table.line(row);
  const cell = column.text(row);
  return new DataError(
    `No column of numbers is left to learn from, since in row ${line}, column '${column.name}', '${clip(cell)}' is not a number: ${numberAdvice(cell) ?? 'mend it, or take the row out'}.`,
    { row: line, column: column.name },
  );
}

/** The one value of a column that a series has, of its group for example. @throws DataError where there are two, or none */
function oneOf(table: Table, column: Column, rows: readonly number[], series: string): string {
  const first = column.text(rows[0] ?? 0);
  for (const row of rows) {
    const cell = column.text(row);
    if (cell === first && cell !== '') continue;
    const line = table.line(row);
    const what = cell === '' ? 'has no value' : `is ${clip(cell)}, but was ${clip(first)} before`;
    throw new DataError(
      `Row ${line}, column '${column.name}': it ${what} in series '${clip(series)}': mend it, or split by no column.`,
      { row: line, column: column.name },
    );
  }
  return first;
}

/** What a series is for. @throws DataError where the column says nothing that is understood, or two things */
function partOf(table: Table, column: Column, rows: readonly number[], series: string): Part {
  const text = oneOf(table, column, rows, series);
  const part = partNamed(text);
  if (part) return part;
  const line = table.line(rows[0] ?? 0);
  throw new DataError(
    `Row ${line}, column '${column.name}': '${clip(text)}' is no part: write train, validation or test, or name no such column.`,
    { row: line, column: column.name },
  );
}

function checkVaries(column: Column): void {
  const { numbers, constant, oddRow, minimum } = column.tally;
  if (!constant) return;
  const cell = numbers > 0 ? String(minimum) : oddRow === undefined ? undefined : column.text(oddRow);
  throw new DataError(
    cell === undefined
      ? `Column '${column.name}' has no value at all: leave it out.`
      : `Column '${column.name}' is constant (${clip(cell)}): leave it out.`,
    { column: column.name },
  );
}

function readTimes(
  table: Table,
  rows: number[],
  { name, column }: { name: string; column: Column },
  reader: TimeReader,
  id: string | undefined,
  ties = false,
): Float64Array {
  const of = id === undefined ? '' : ` of series '${clip(id)}'`;
  const times = new Float64Array(rows.length);
  rows.forEach((row, t) => {
    const place = { row: table.line(row), column: name };
    const value = reader.read(row);
    if (value === undefined) {
      const text = column.text(row);
      const [own, others] = hasZone(text) ? ['a zone', 'none'] : ['no zone', 'one'];
      const what =
        textMilliseconds(text) === undefined
          ? 'is not a time'
          : `has ${own}, but the times above it have ${others}: write all of them in one way`;
      throw new DataError(`Row ${place.row}, column '${name}': '${clip(text)}' ${what}.`, place);
    }
    const before = times[t - 1];
    if (t > 0 && before !== undefined && (ties ? value < before : value <= before)) {
      const [what, cure] =
        value === before
          ? ['repeats the time before it', 'keep one row for each time']
          : ['is earlier than the row before it', 'sort the rows by time'];
      const several = id === undefined ? 'name the column that tells series apart, ' : '';
      throw new DataError(
        `Row ${place.row}, column '${name}': ${clip(column.text(row))}${of} ${what}: ${several}${cure}, or name no time column.`,
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
