import Papa from 'papaparse';
import { isMissing, number, type Table } from './cells.ts';
import { DataError } from './types.ts';

/**
 * Reads delimited text: comma, semicolon, tab or bar; quotes; a byte-order mark; decimal commas where commas do not
 * delimit.
 * @throws DataError naming the line of a binary, empty, headless or ragged file
 */
export function readTable(input: Uint8Array | string): Table {
  const text = typeof input === 'string' ? input.replace(/^\uFEFF/, '') : decode(input);
  const format = /^\s*<[!?a-z]/i.test(text)
    ? 'HTML or XML'
    : /^\s*(\{|\[\s*[[{"\d])/.test(text)
      ? 'JSON'
      : undefined;
  if (format) {
    throw new DataError(`The file looks like ${format}, not a table: save it as CSV (UTF-8) first.`);
  }
  if (text.includes('\0')) throw new DataError('The file is not text: save it as CSV (UTF-8) first.');
  if (text.trim() === '') throw empty();
  const delimiter = guessDelimiter(text);
  const parsed = Papa.parse<string[]>(text, { delimiter, skipEmptyLines: false });
  const quote = parsed.errors.find((error) => error.type === 'Quotes');
  if (quote) {
    const row = (quote.row ?? 0) + 1;
    throw new DataError(`Row ${row} has a quote that is not closed: close it or remove it.`, { row });
  }
  const all = parsed.data.map((cells, index) => ({
    cells: cells.map((cell) => cell.trim()),
    line: index + 1,
  }));
  const filled = all.filter(({ cells }) => cells.some((cell) => cell !== ''));
  const [header, ...body] = filled;
  if (!header) throw empty();
  checkHeader(header.cells, header.line);
  for (const { cells, line } of body) {
    if (cells.length !== header.cells.length) {
      throw new DataError(
        `Row ${line} has ${plural(cells.length)}, but the header has ${header.cells.length}: ${mend(cells.length, header.cells.length, delimiter)}.`,
        { row: line },
      );
    }
  }
  if (body.length === 0)
    throw new DataError('The file has a header but no rows: it needs rows of numbers below it.');
  if (body.length === 1)
    throw new DataError('The file has a single row of data: a series needs at least two.');
  const rows = body.map(({ cells }) => cells);
  const decimalComma =
    delimiter !== ',' &&
    rows.slice(0, 1000).some((cells) => cells.some((cell) => /^[+-]?\d+,\d+$/.test(cell)));
  return { columns: header.cells, rows, lines: body.map(({ line }) => line), delimiter, decimalComma };
}

const empty = () => new DataError('The file is empty: it needs a header row and rows of numbers.');

const plural = (cells: number) => `${cells} ${cells === 1 ? 'cell' : 'cells'}`;

/** What to do about a row that is not as long as the header. */
function mend(cells: number, header: number, delimiter: string): string {
  if (cells < header) return 'fill in what is missing, or take the row out';
  if (header === 1) return 'take out what stands above the row of column names';
  return `take out a '${delimiter}', or put the cell that holds it in quotes`;
}

/** The delimiter the header uses most: in the rows below, a comma may be a decimal one. */
function guessDelimiter(text: string): string {
  const header = /^\s*(.*)/.exec(text)?.[1]?.replace(/"[^"]*"/g, '') ?? '';
  const uses = (delimiter: string) => header.split(delimiter).length;
  return [',', ';', '\t', '|'].reduce((best, delimiter) => (uses(delimiter) > uses(best) ? delimiter : best));
}

function decode(bytes: Uint8Array): string {
  // Spreadsheets save "Unicode text" in UTF-16, with a byte-order mark in front.
  const mark = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  if (mark === 0xfffe) return new TextDecoder('utf-16le').decode(bytes);
  if (mark === 0xfeff) return new TextDecoder('utf-16be').decode(bytes);
  if (bytes.subarray(0, 65_536).includes(0)) {
    throw new DataError('The file is not text: save it as CSV (UTF-8) first.');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Spreadsheets of older days write Latin-1; a header of control characters is no text at all.
    const text = new TextDecoder('windows-1252').decode(bytes);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    if (/[\x01-\x08\x0e-\x1f]/.test(text.slice(0, 65_536))) {
      throw new DataError('The file is not text: save it as CSV (UTF-8) first.');
    }
    return text;
  }
}

function checkHeader(cells: string[], line: number): void {
  if (cells.every((cell) => isMissing(cell) || number.test(cell))) {
    throw new DataError(
      `Row ${line} holds numbers where the header should be: add a row of column names on top.`,
      {
        row: line,
      },
    );
  }
  const empty = cells.indexOf('');
  if (empty >= 0)
    throw new DataError(`Column ${empty + 1} has no name in the header: name it.`, { row: line });
  const twice = cells.find((cell, index) => cells.indexOf(cell) !== index);
  if (twice !== undefined) {
    throw new DataError(`Two columns are called '${twice}': rename one of them.`, {
      row: line,
      column: twice,
    });
  }
}
