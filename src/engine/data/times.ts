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

const clock = String.raw`(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d+))?)?`;
const zone = String.raw`(?<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)`;
/** 2024-12-31 18:00, also with slashes, without the time or the day, with a zone. */
const iso = new RegExp(
  String.raw`^(?<year>\d{4})([-/])(?<month>\d{1,2})(?:\2(?<date>\d{1,2})(?:[T ]${clock}\s*${zone}?)?)?$`,
);
/** 31.12.2024 18:00: with points, days come first everywhere. */
const dotted = new RegExp(String.raw`^(?<date>\d{1,2})\.(?<month>\d{1,2})\.(?<year>\d{4})(?:,? ${clock})?$`);
/** 20241231, 202412311800 or 20241231180000. */
const compact =
  /^(?<year>(?:19|20)\d\d)(?<month>\d\d)(?<date>\d\d)(?:(?<hour>\d\d)(?<minute>\d\d)(?<second>\d\d)?)?$/;
const plain = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?$/;
const zoned = new RegExp(`:\\S*\\s*${zone}$`);
const day = 86_400_000;

/** Milliseconds since 1970 of a date as text, read as UTC where no zone is given; undefined for anything else. */
export function textMilliseconds(cell: string): number | undefined {
  // What databases write, without the work of the rest. The end of a month is left to it: Date rolls 30 February over.
  if (plain.test(cell) && (cell[8] as string) < '3' && cell.slice(8, 10) !== '29')
    return finite(Date.parse(`${cell.slice(0, 10)}T${cell.slice(11)}Z`));
  const first = cell.charCodeAt(0) - 0x30;
  if (!(first >= 0 && first <= 9)) return undefined;
  const parts = iso.exec(cell) ?? dotted.exec(cell);
  if (!parts || (parts.groups?.date === undefined && cell.includes('/'))) return undefined;
  return partsMilliseconds(parts.groups);
}

/** Whether a time is written with its zone. */
export function hasZone(cell: string): boolean {
  return cell.length > 14 && zoned.test(cell);
}

function partsMilliseconds(parts: Record<string, string | undefined> = {}): number | undefined {
  const [year, month, date] = [Number(parts.year), Number(parts.month), Number(parts.date ?? 1)];
  const [hour, minute, second] = [parts.hour, parts.minute, parts.second].map((part) =>
    Number(part ?? 0),
  ) as [number, number, number];
  const midnight = new Date(Date.UTC(year, month - 1, date));
  if (year < 100) midnight.setUTCFullYear(year, month - 1, date);
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== date) return undefined;
  const fraction = Math.trunc(1000 * Number(`0.${parts.fraction ?? 0}`));
  const inDay = 3_600_000 * hour + 60_000 * minute + 1000 * second + fraction;
  if (minute > 59 || second > 59 || inDay > day) return undefined; // 24:00 is the end of the day
  return midnight.getTime() + inDay - offset(parts.zone);
}

/** Milliseconds that a zone is ahead of UTC: `+02:00`, `+0200`, `+02`, `Z`. */
function offset(text = 'Z'): number {
  const [, sign, hours, minutes = 0] = /^([+-])(\d\d):?(\d\d)?$/.exec(text) ?? [];
  const size = 3_600_000 * Number(hours ?? 0) + 60_000 * Number(minutes);
  return sign === '-' ? -size : size;
}

const finite = (milliseconds: number) => (Number.isNaN(milliseconds) ? undefined : milliseconds);

/** The time written in the style of another one: its precision, its separators, in UTC where it has a zone; in full where that would lose something. */
export function timeText(milliseconds: number, style: string): string {
  const text = new Date(milliseconds).toISOString();
  const end = hasZone(style) ? 'Z' : '';
  const digits = end ? style.replace(/\s*(Z|UTC|GMT|[+-]\d{2}(:?\d{2})?)$/, '') : style;
  const length = Math.min(23, digits.length);
  const separator = style.includes('T') || style.length < 11 ? 'T' : ' ';
  const short = text.slice(0, Math.max(10, length)).replace('T', separator) + end;
  const same = dotted.test(style) ? short.replace(/^(\d+)-(\d+)-(\d+)/, '$3.$2.$1') : short;
  return textMilliseconds(same) === milliseconds ? same : text;
}

/** Smallest epochs after September 2001, in nanoseconds, microseconds, milliseconds and seconds, and how many make a day. */
const epochs: readonly (readonly [least: number, perDay: number])[] = [
  [1e18, 1e6 * day],
  [1e15, 1e3 * day],
  [1e12, day],
  [1e9, day / 1e3],
];

/** Dates as text, as epochs (in days) or as 20241231, or plain numbers, whichever the column's first cells are. */
export function timeReader({ cells, count }: Table, index: number): TimeReader | undefined {
  const column = cells[index];
  if (!column) return undefined;
  if (column.isTime) return inDays((row) => finite(column.milliseconds(row)));
  const head = Array.from({ length: Math.min(200, count) }, (_, row) => row);
  const filled = head.filter((row) => column.key(row) !== undefined).map((row) => column.number(row));
  if (filled.length === 0 || filled.some(Number.isNaN)) return undefined;
  if (filled.every((value) => compactMilliseconds(value) !== undefined))
    return inDays((row) => compactMilliseconds(column.number(row)));
  const smallest = Math.min(...filled);
  const perDay = epochs.find(([least]) => smallest > least)?.[1];
  return {
    read: (row) => {
      const value = column.number(row);
      return Number.isNaN(value) ? undefined : value / (perDay ?? 1);
    },
    ...(perDay && { unit: 'days' }),
    relative: perDay === undefined,
  };
}

function compactMilliseconds(value: number): number | undefined {
  const parts = value > 1.9e7 ? compact.exec(String(value)) : null;
  return parts ? partsMilliseconds(parts.groups) : undefined;
}

function inDays(milliseconds: (row: number) => number | undefined): TimeReader {
  return {
    read: (row) => {
      const value = milliseconds(row);
      return value === undefined ? undefined : value / day;
    },
    unit: 'days',
    relative: false,
  };
}
