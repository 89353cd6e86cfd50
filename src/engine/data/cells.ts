import type { Column } from './column.ts';
import { grouped, type NumberStyle } from './numberStyle.ts';

/** A table as read: a header and columns. Rows count from 0. */
export interface Table {
  columns: string[];
  /** The cells, by column. */
  cells: readonly Column[];
  /** Rows below the header. */
  count: number;
  /** Line number in the file of a row; the header is line 1. */
  line(row: number): number;
}

const missing = new Set([
  ...['', 'na', 'n/a', 'nan', '-nan', 'null', 'none', '-', '--', '?', '.'],
  ...['nat', '<na>', '#n/a', '#na'], // of pandas and spreadsheets
]);
/** A number as text, with a decimal point. */
export const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const commaNumber = /^[+-]?(\d+,?\d*|,\d+)(e[+-]?\d+)?$/i;

/** Empty cells, NA, NaN, null and their like. */
export function isMissing(cell: string): boolean {
  return cell.length < 5 && missing.has(cell.toLowerCase());
}

/** The number in a cell, or undefined where it is no finite number. */
export function parseNumber(cell: string, { decimalComma, pointGroups }: NumberStyle): number | undefined {
  if (pointGroups && grouped.test(cell) && cell.includes('.')) return undefined;
  const plain = plainDecimal(cell);
  if (plain !== undefined) return plain;
  const text = decimalComma && commaNumber.test(cell) ? cell.replace(',', '.') : cell;
  if (!number.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** Of cells like -12.34, up to 15 digits, the number: the quotient of two exact numbers is the one that `Number` gives. */
function plainDecimal(cell: string): number | undefined {
  const { length } = cell;
  const start = cell.charCodeAt(0) === 0x2d ? 1 : 0;
  if (length > 16 || length === start) return undefined;
  let [digits, scale] = [0, 0];
  for (let i = start; i < length; i++) {
    const code = cell.charCodeAt(i);
    if (code >= 0x30 && code <= 0x39) {
      digits = 10 * digits + code - 0x30;
      scale *= 10;
    } else if (code === 0x2e && scale === 0 && i > start) scale = 1;
    else return undefined;
  }
  if (digits >= 1e15) return undefined;
  const value = scale === 0 ? digits : digits / scale;
  return start === 1 ? -value : value;
}
