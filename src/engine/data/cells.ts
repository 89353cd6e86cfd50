/** A delimited text as read: a header and cells, all text. */
export interface Table {
  columns: string[];
  /** Cells by row; every row as long as the header. */
  rows: string[][];
  /** Line number in the file of each row (the header is line 1). */
  lines: number[];
  delimiter: string;
  /** Whether numbers are written with a decimal comma. */
  decimalComma: boolean;
}

const missing = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '-', '?', '.']);
/** A number as text, with a decimal point. */
export const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const commaNumber = /^[+-]?(\d+,?\d*|,\d+)(e[+-]?\d+)?$/i;

/** Empty cells, NA, NaN, null and their like. */
export function isMissing(cell: string): boolean {
  return missing.has(cell.toLowerCase());
}

/** The number in a cell, or undefined where it is no finite number. */
export function parseNumber(cell: string, decimalComma: boolean): number | undefined {
  const text = decimalComma && commaNumber.test(cell) ? cell.replace(',', '.') : cell;
  if (!number.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
