import { isMissing, number, type Table } from './cells.ts';
import { Column } from './column.ts';
import { isoMilliseconds } from './times.ts';
import { DataError } from './types.ts';

/** Rows looked at before it is settled how numbers and times are written. */
const headRows = 1000;
/** Of these, the ones that make a column one of times. */
const timeRows = 200;

/** Rows of text become a table, column by column in typed arrays. The first row with a cell in it is the header. */
export class TableBuilder {
  readonly #delimiter: string;
  #header?: string[];
  #head: string[][] = [];
  #columns: Column[] = [];
  #settled = false;
  #decimalComma = false;
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
    if (!this.#header) {
      checkHeader(cells, line);
      this.#header = cells;
      return;
    }
    if (cells.length !== this.#header.length) {
      throw new DataError(
        `Row ${line} has ${plural(cells.length)}, but the header has ${this.#header.length}: ${mend(cells.length, this.#header.length, this.#delimiter)}.`,
        { row: line },
      );
    }
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
      delimiter: this.#delimiter,
      decimalComma: this.#decimalComma,
    };
  }

  #settle(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#decimalComma =
      this.#delimiter !== ',' &&
      this.#head.some((cells) => cells.some((cell) => /^[+-]?\d+,\d+$/.test(cell)));
    this.#columns = (this.#header ?? []).map((name, column) => {
      const filled = this.#head
        .slice(0, timeRows)
        .map((cells) => cells[column] ?? '')
        .filter((cell) => !isMissing(cell));
      // A few cells that are none do not make it another column: they are refused with their row where it is used.
      const times = filled.filter((cell) => isoMilliseconds(cell) !== undefined).length;
      const isTime = times > filled.length / 2;
      return new Column(name, isTime);
    });
    for (const cells of this.#head) this.#push(cells);
    this.#head = [];
  }

  #push(cells: readonly string[]): void {
    for (let column = 0; column < cells.length; column++)
      this.#columns[column]?.push(cells[column] as string, this.#decimalComma);
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
  if (empty >= 0)
    throw new DataError(`Column ${empty + 1} has no name in the header: name it.`, { row: line });
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

function checkHeader(cells: string[], line: number): void {
  if (cells.every((cell) => isMissing(cell) || number.test(cell))) {
    throw new DataError(
      `Row ${line} holds numbers where the header should be: add a row of column names on top.`,
      { row: line },
    );
  }
  checkNames(cells, line);
}

function trimmed(cell: string): string {
  const [first, last] = [cell.charCodeAt(0), cell.charCodeAt(cell.length - 1)];
  const bare = first > 32 && first < 128 && last > 32 && last < 128; // most cells, without the work of the rest
  return bare || cell === '' ? cell : cell.trim();
}

const plural = (cells: number) => `${cells} ${cells === 1 ? 'cell' : 'cells'}`;

/** What to do about a row that is not as long as the header. */
function mend(cells: number, header: number, delimiter: string): string {
  if (cells < header) return 'fill in what is missing, or take the row out';
  if (header === 1) return 'take out what stands above the row of column names';
  return `take out a '${delimiter}', or put the cell that holds it in quotes`;
}
