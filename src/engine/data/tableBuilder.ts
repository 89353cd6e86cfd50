import { isMissing, parseNumber, type Table } from './cells.ts';
import { Column } from './column.ts';
import { numberStyles, plainStyle } from './numberStyle.ts';
import { textMilliseconds } from './times.ts';
import { DataError } from './types.ts';

/** Rows looked at before it is settled how numbers and times are written. */
const headRows = 1000;
/** Of these, the ones that make a column one of times. */
const timeRows = 200;

/** Rows of text become a table, column by column in typed arrays. The first row with a cell in it is the header. */
export class TableBuilder {
  readonly #delimiter: string;
  #header?: string[];
  #headerLine = 0;
  /** Cells of the header's record, those without a name at its end among them. */
  #headerCells = 0;
  #head: string[][] = [];
  #columns: Column[] = [];
  #settled = false;
  #count = 0;
  /** Records of the file so far: blank lines count. */
  #records = 0;
  /** Where the difference between rows and lines grows: from `row` on, line = row + `ahead`. */
  readonly #jumps: { row: number; ahead: number }[] = [];

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  get count(): number {
    return this.#count;
  }

  /** Adds a record of the file. @throws DataError naming the line of a headless or ragged file */
  add(record: readonly string[]): void {
    const line = ++this.#records;
    const cells = record.map(trimmed);
    if (cells.every((cell) => cell === '')) return;
    const header = this.#header;
    if (!header) {
      this.#open(cells, line);
      return;
    }
    this.#fit(cells, header, line);
    if (cells[0] === header[0] && cells.every((cell, column) => cell === header[column]))
      throw new DataError(`Row ${line} repeats the header: take it out.`, { row: line });
    if (this.#count === 0) this.#checkNotData(header, cells);
    const ahead = line - this.#count;
    if (this.#jumps.at(-1)?.ahead !== ahead) this.#jumps.push({ row: this.#count, ahead });
    this.#count++;
    if (this.#settled) {
      this.#push(cells);
      return;
    }
    this.#head.push(cells);
    if (this.#head.length === headRows) this.#settle();
  }

  /** @throws DataError where there is nothing to learn from */
  build(): Table {
    const columns = this.#header;
    if (!columns) throw new DataError('The file is empty: it needs a header row and rows of numbers.');
    checkRows(this.#count);
    this.#settle();
    const jumps = this.#jumps;
    return {
      columns,
      cells: this.#columns,
      count: this.#count,
      line: (row) => row + ((jumps.findLast((jump) => jump.row <= row) ?? jumps[0])?.ahead ?? 2),
    };
  }

  /** Takes the header. Cells without a name at its end are spreadsheets' way to end lines: they do no harm while they are empty. */
  #open(cells: string[], line: number): void {
    if (/^sep=.?$/i.test(cells[0] ?? '') && cells.slice(1).every((cell) => cell === '')) return; // for Excel alone
    this.#headerLine = line;
    this.#headerCells = cells.length;
    const header = cells.slice(0, cells.findLastIndex((cell) => cell !== '') + 1);
    const hasTimes = header.some((cell) => textMilliseconds(cell) !== undefined);
    if (header.every((cell) => isMissing(cell) || this.#isValue(cell))) {
      throw new DataError(
        `Row ${line} holds ${hasTimes ? 'times and ' : ''}numbers where the header should be: add a row of column names on top.`,
        { row: line },
      );
    }
    checkNames(header, line);
    this.#header = header;
  }

  /** Takes empty cells off the end of a row that is longer than the header. @throws DataError where that does not make it as long */
  #fit(cells: string[], header: readonly string[], line: number): void {
    if (cells.length === header.length) return;
    const filled = cells.findLastIndex((cell) => cell !== '') + 1;
    if (cells.length > header.length && filled <= header.length) {
      cells.length = header.length;
      return;
    }
    if (cells.length > header.length && filled <= this.#headerCells) throw noName(filled, this.#headerLine);
    throw new DataError(
      `Row ${line} has ${plural(cells.length)}, but the header has ${header.length}: ${mend(cells, header.length, this.#delimiter)}.`,
      { row: line },
    );
  }

  /** A text that stands in the row below too, beside a number, is no name. @throws DataError where the header is missing */
  #checkNotData(header: readonly string[], below: readonly string[]): void {
    const same = header.find(
      (cell, column) => cell === below[column] && !isMissing(cell) && !this.#isValue(cell),
    );
    if (same === undefined || !header.some((cell) => this.#isValue(cell))) return;
    throw new DataError(
      `Row ${this.#headerLine} looks like data, for its '${same}' stands below it again: add a row of column names on top.`,
      { row: this.#headerLine },
    );
  }

  #isValue(cell: string): boolean {
    const style = { ...plainStyle, decimalComma: this.#delimiter !== ',' };
    return parseNumber(cell, style) !== undefined || textMilliseconds(cell) !== undefined;
  }

  #settle(): void {
    if (this.#settled) return;
    this.#settled = true;
    const header = this.#header ?? [];
    const heads = header.map((_, column) => this.#head.map((cells) => cells[column] ?? ''));
    const styles = numberStyles(heads, this.#delimiter !== ',');
    this.#columns = header.map((name, column) => {
      const filled = (heads[column] ?? []).slice(0, timeRows).filter((cell) => !isMissing(cell));
      // A few cells that are none do not make it another column: they are refused with their row where it is used.
      const times = filled.filter((cell) => textMilliseconds(cell) !== undefined).length;
      const isTime = times > filled.length / 2;
      return new Column(name, isTime, styles[column]);
    });
    for (const cells of this.#head) this.#push(cells);
    this.#head = [];
  }

  #push(cells: readonly string[]): void {
    for (let column = 0; column < cells.length; column++)
      this.#columns[column]?.push(cells[column] as string);
  }
}

/** @throws DataError where there are no rows, or a single one */
export function checkRows(count: number): void {
  if (count === 0)
    throw new DataError('The file has a header but no rows: it needs rows of numbers below it.');
  if (count === 1) throw new DataError('The file has a single row of data: a series needs at least two.');
}

/** @throws DataError where a column has no name of its own */
export function checkNames(names: readonly string[], line: number): void {
  const empty = names.indexOf('');
  if (empty >= 0) throw noName(empty + 1, line);
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) {
      throw new DataError(`Two columns are called '${name}': rename one of them.`, {
        row: line,
        column: name,
      });
    }
    seen.add(name);
  }
}

/** @param column from 1 @param line of the header */
function noName(column: number, line: number): DataError {
  return new DataError(`Column ${column} has no name in the header: name it, or take the column out.`, {
    row: line,
  });
}

function trimmed(cell: string): string {
  const [first, last] = [cell.charCodeAt(0), cell.charCodeAt(cell.length - 1)];
  const bare = first > 32 && first < 128 && last > 32 && last < 128; // most cells, without the work of the rest
  return bare || cell === '' ? cell : cell.trim();
}

const plural = (cells: number) => `${cells} ${cells === 1 ? 'cell' : 'cells'}`;

/** What to do about a row that is not as long as the header. */
function mend(cells: readonly string[], header: number, delimiter: string): string {
  if (cells.length < header) return 'fill in what is missing, or take the row out';
  if (header === 1) {
    const decimals = cells.every((cell) => /^[+-]?\d+$/.test(cell)) ? ', or write decimals with a point' : '';
    return `take out what stands above the row of column names${decimals}`;
  }
  return `take out a '${delimiter}', or put the cell that holds it in quotes`;
}
