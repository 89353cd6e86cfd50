import Papa from 'papaparse';
import type { Table } from './cells.ts';
import { TableBuilder } from './tableBuilder.ts';
import { DataError } from './types.ts';

/** Characters that one cell may span: a quote that is never closed is found before it has eaten the file. */
const longestCell = 2 ** 24;

/**
 * Delimited text, fed piece by piece: comma, semicolon, tab or bar; quotes; a byte-order mark; any line ends; decimal commas
 * where commas do not delimit.
 */
export class DelimitedReader {
  #builder?: TableBuilder;
  #parser?: Papa.Parser;
  /** What was fed and is not yet a whole record. */
  #rest = '';
  #started = false;
  /** Records read so far, blank lines among them. */
  #records = 0;

  /** Rows read so far. */
  get rows(): number {
    return this.#builder?.count ?? 0;
  }

  /** @throws DataError naming the line of a binary, headless or ragged file */
  feed(text: string): void {
    const zero = text.indexOf('\0');
    if (zero >= 0) throw notText(this.#records + linesIn(this.#rest + text.slice(0, zero)));
    this.#rest += this.#started ? text : text.replace(/^\uFEFF/, '');
    this.#started = true;
    // A header can be told from the start of a longer one by its line end.
    if (this.#builder || /\S[^\r\n]*[\r\n]/.test(this.#rest)) this.#read(false);
  }

  /** @throws DataError where there is no table */
  end(): Table {
    if (this.#rest.trim() !== '') this.#read(true);
    if (!this.#builder) {
      throw new DataError('The file is empty: it needs a header row and rows of numbers.');
    }
    return this.#builder.build();
  }

  #read(last: boolean): void {
    const text = this.#takeText(last);
    this.#builder ??= this.#open(text);
    const { data, errors, meta } = (this.#parser as Papa.Parser).parse(text, 0, !last) as Papa.ParseResult<
      string[]
    >;
    const before = this.#records;
    const quote = errors.find(({ type }) => type === 'Quotes');
    for (const record of data) {
      this.#records++;
      if (quote && this.#records > before + (quote.row ?? 0)) break;
      this.#builder.add(record);
    }
    if (quote) throw openQuote(before + (quote.row ?? 0) + 1);
    if (!last) this.#rest = text.slice(meta.cursor) + this.#rest;
    if (this.#rest.length > longestCell) throw openQuote(this.#records + 1);
  }

  /** What there is to read, with line feeds alone as line ends; a return at the very end waits for what follows it. */
  #takeText(last: boolean): string {
    const waits = !last && this.#rest.endsWith('\r');
    const text = waits ? this.#rest.slice(0, -1) : this.#rest;
    this.#rest = waits ? '\r' : '';
    return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  }

  #open(text: string): TableBuilder {
    const format = /^\s*<[!?a-z]/i.test(text)
      ? 'HTML or XML'
      : /^\s*(\{|\[\s*[[{"\d])/.test(text)
        ? 'JSON'
        : undefined;
    if (format) {
      throw new DataError(`The file looks like ${format}, not a table: save it as CSV (UTF-8) first.`);
    }
    const delimiter = guessDelimiter(text);
    this.#parser = new Papa.Parser({ delimiter, newline: '\n' });
    return new TableBuilder(delimiter);
  }
}

/** Text as a table, at once. @throws DataError as DelimitedReader */
export function readText(text: string): Table {
  const reader = new DelimitedReader();
  reader.feed(text);
  return reader.end();
}

/** Said of anything that has bytes which no text has. @param row of the first of them, where the rows above it are text */
export function notText(row = 1): DataError {
  const where = row > 1 ? `, for row ${row} holds a zero byte` : '';
  return new DataError(`The file is not text${where}: save it as CSV (UTF-8) first.`, row > 1 ? { row } : {});
}

/** Lines that a text begins, the one it ends in among them. */
const linesIn = (text: string) => text.split(/\r\n?|\n/).length;

function openQuote(row: number): DataError {
  return new DataError(`Row ${row} has a quote that is not closed: close it or remove it.`, { row });
}

/** The delimiter the header uses most: in the rows below, a comma may be a decimal one. */
function guessDelimiter(text: string): string {
  const header = /^\s*(.*)/.exec(text)?.[1]?.replace(/"[^"]*"/g, '') ?? '';
  // Where the header is missing it is numbers, and they may have decimal commas.
  const parted = /[;\t|]/.test(header) ? header.replace(/(\d),(?=\d)/g, '$1') : header;
  const uses = (delimiter: string) => parted.split(delimiter).length;
  return [',', ';', '\t', '|'].reduce((best, delimiter) => (uses(delimiter) > uses(best) ? delimiter : best));
}
