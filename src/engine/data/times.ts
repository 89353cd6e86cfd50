import type { Table } from './cells.ts';

/** How the rows of a time column are read. */
export interface TimeReader {
  /** The time of a row, or undefined. */
  read(row: number): number | undefined;
  /** Unit of the result. */
  unit?: string;
  /** Whether times count from the start of a series: plain numbers that are no epoch. */
  relative: boolean;
}

const iso = /^\d{4}-\d{1,2}(-\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?)?$/;
const slashed = /^\d{4}\/\d{1,2}\/\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2})?)?$/;
const plain = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?$/;
const day = 86_400_000;

/** Milliseconds since 1970 of an ISO date, read as UTC where no zone is given; undefined for anything else. */
export function isoMilliseconds(cell: string): number | undefined {
  const common = plain.test(cell); // what databases write, without the work of the rest
  if (!common && !iso.test(cell) && !slashed.test(cell)) return undefined;
  if (common) return finite(Date.parse(`${cell.slice(0, 10)}T${cell.slice(11)}Z`));
  const normal = cell.replaceAll('/', '-').replace(' ', 'T');
  const zoned =
    /(Z|[+-]\d{2}:?\d{2})$/.test(normal.slice(10)) || !normal.includes('T') ? normal : `${normal}Z`;
  return finite(Date.parse(zoned));
}

const finite = (milliseconds: number) => (Number.isNaN(milliseconds) ? undefined : milliseconds);

/** The time written in the style of another one: its precision, its separator, its zone where that is Z; in full where that would lose something. */
export function timeText(milliseconds: number, style: string): string {
  const text = new Date(milliseconds).toISOString();
  const zone = style.endsWith('Z') ? 'Z' : '';
  const length = Math.min(23, style.length - zone.length);
  const separator = style.includes('T') || style.length < 11 ? 'T' : ' ';
  const short = text.slice(0, Math.max(10, length)).replace('T', separator) + zone;
  return isoMilliseconds(short) === milliseconds ? short : text;
}

/** ISO dates, epoch seconds or milliseconds (as days), or plain numbers, whichever the column's first cells are. */
export function timeReader({ cells, count }: Table, index: number): TimeReader | undefined {
  const column = cells[index];
  if (!column) return undefined;
  if (column.isTime) {
    return {
      read: (row) => {
        const milliseconds = column.milliseconds(row);
        return Number.isNaN(milliseconds) ? undefined : milliseconds / day;
      },
      unit: 'days',
      relative: false,
    };
  }
  const filled = Array.from({ length: Math.min(200, count) }, (_, row) => column.key(row)).filter(
    (value) => value !== undefined,
  );
  if (filled.length === 0 || filled.some((value) => typeof value === 'string')) return undefined;
  const smallest = Math.min(...(filled as number[]));
  // Epochs after September 2001, in seconds or milliseconds.
  const scale = smallest > 1e12 ? day : smallest > 1e9 ? 86_400 : 1;
  return {
    read: (row) => {
      const value = column.number(row);
      return Number.isNaN(value) ? undefined : value / scale;
    },
    ...(scale > 1 && { unit: 'days' }),
    relative: scale === 1,
  };
}
