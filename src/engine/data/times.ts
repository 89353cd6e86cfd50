import { parseNumber, type Table } from './cells.ts';

/** How the cells of a time column are read. */
export interface TimeReader {
  /** The time of a cell, or undefined. */
  read(cell: string): number | undefined;
  /** Unit of the result. */
  unit?: string;
  /** Whether times count from the start of a series: plain numbers that are no epoch. */
  relative: boolean;
}

const iso = /^\d{4}-\d{1,2}(-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?)?$/;
const slashed = /^\d{4}\/\d{1,2}\/\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2})?)?$/;

/** Days since 1970 of an ISO date, read as UTC where no zone is given. */
function isoDays(cell: string): number | undefined {
  if (!iso.test(cell) && !slashed.test(cell)) return undefined;
  const normal = cell.replaceAll('/', '-').replace(' ', 'T');
  const zoned =
    /(Z|[+-]\d{2}:?\d{2})$/.test(normal.slice(10)) || !normal.includes('T') ? normal : `${normal}Z`;
  const milliseconds = Date.parse(zoned);
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 86_400_000;
}

/** ISO dates, epoch seconds or milliseconds (as days), or plain numbers, whichever the column's first cells are. */
export function timeReader({ rows, decimalComma }: Table, column: number): TimeReader | undefined {
  const cells = rows
    .slice(0, 200)
    .map((row) => row[column] ?? '')
    .filter((cell) => cell !== '');
  if (cells.length === 0) return undefined;
  if (cells.every((cell) => isoDays(cell) !== undefined))
    return { read: isoDays, unit: 'days', relative: false };
  const values = cells.map((cell) => parseNumber(cell, decimalComma));
  if (values.some((value) => value === undefined)) return undefined;
  const smallest = Math.min(...(values as number[]));
  // Epochs after September 2001, in seconds or milliseconds.
  const scale = smallest > 1e12 ? 86_400_000 : smallest > 1e9 ? 86_400 : undefined;
  if (scale === undefined) return { read: (cell) => parseNumber(cell, decimalComma), relative: true };
  return {
    read: (cell) => {
      const value = parseNumber(cell, decimalComma);
      return value === undefined ? undefined : value / scale;
    },
    unit: 'days',
    relative: false,
  };
}
