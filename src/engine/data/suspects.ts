import type { Table } from './cells.ts';
import type { Column } from './column.ts';
import { type ColumnMapping, columnOf } from './columns.ts';
import type { SeriesSet } from './types.ts';
import type { WindowOptions } from './windows.ts';

/**
 * What in a plain table is taken as it stands and may be meant otherwise, a sentence each: numbers that could stand for missing
 * values or for thousands, blocks of rows that could be series, steps of time that are left out.
 */
export function suspects(
  table: Table,
  mapping: ColumnMapping & Partial<Pick<WindowOptions, 'gap'>>,
  set: SeriesSet,
): string[] {
  const features = mapping.features.map((name) => columnOf(table, name));
  return [
    ...features.flatMap((column) => [...commaNotes(column), ...fillNotes(table, column)]),
    ...(mapping.id === null && mapping.time === null && (mapping.part ?? null) === null
      ? blockNotes(table, mapping)
      : []),
    ...((mapping.gap ?? 'none') === 'none' ? holeNotes(set) : []),
  ];
}

function commaNotes({ name, style, tally }: Column): string[] {
  if (!style.commaAssumed) return [];
  const example = tally.maximum.toFixed(3);
  return [
    `The commas in '${name}' are read as decimal marks: ${example.replace('.', ',')} is ${example}. Where they part thousands, write the numbers without them.`,
  ];
}

/** Numbers that files of measurements have where nothing was measured. */
const fills = new Set([9, 99, 999, 9999, 99999, 999999].flatMap((fill) => [fill, -fill]));

/** That a column is such a number again and again, or once, further from all its other values than these are from one another. */
function fillNotes({ count }: Table, column: Column): string[] {
  const { minimum, maximum } = column.tally;
  return [minimum, maximum].flatMap((fill) => {
    if (!fills.has(fill)) return [];
    let [rows, least, most] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let row = 0; row < count; row++) {
      const value = column.number(row);
      if (value === fill) rows++;
      else if (!Number.isNaN(value)) [least, most] = [Math.min(least, value), Math.max(most, value)];
    }
    const distance = fill === minimum ? least - fill : fill - most;
    if (!(most > least && distance > most - least)) return [];
    return [
      `'${column.name}' is ${fill} in ${plural(rows, 'row')} and else between ${least} and ${most}: if that stands for a missing value, leave those cells empty.`,
    ];
  });
}

/** That a column of words parts the rows into blocks, each word in one of them. */
function blockNotes(table: Table, { features }: ColumnMapping): string[] {
  const column = table.cells.find(
    (one) => !one.isTime && one.tally.numbers === 0 && !features.includes(one.name) && isInBlocks(table, one),
  );
  if (!column) return [];
  return [
    `The rows are taken for one series, though '${column.name}' parts them into blocks: if it tells series apart, choose it for that.`,
  ];
}

function isInBlocks({ count }: Table, column: Column): boolean {
  const seen = new Set<number | string>();
  let [before, begun] = [undefined as number | string | undefined, 0];
  for (let row = 0; row < count; row++) {
    const key = column.key(row);
    if (key === before && key !== undefined) continue;
    const tooShort = row > 0 && row - begun < 2;
    if (key === undefined || seen.has(key) || tooShort) return false;
    seen.add(key);
    [before, begun] = [key, row];
  }
  return seen.size > 1 && count - begun >= 2;
}

/** Share of the steps of time that are alike, from which on the others are steps left out. */
const mostlyAlike = 0.9;
/** Steps that the usual one is told from; a file may have millions. */
const lookedAt = 1000;

function holeNotes({ series, timeUnit = '' }: SeriesSet): string[] {
  const count = series.reduce((sum, { times }) => sum + Math.max(0, (times?.length ?? 0) - 1), 0);
  if (count === 0) return [];
  const every = Math.ceil(count / lookedAt);
  const some: number[] = [];
  eachStep(series, (step, n) => {
    if (n % every === 0) some.push(step);
  });
  const usual = some.sort((a, b) => a - b)[Math.floor(some.length / 2)] as number;
  let [alike, longer, longest] = [0, 0, 0];
  eachStep(series, (step) => {
    if (Math.abs(step - usual) <= 1e-3 * usual) alike++;
    if (step > 1.5 * usual) longer++;
    longest = Math.max(longest, step);
  });
  if (longer === 0 || alike < mostlyAlike * count) return [];
  const spans = longer === 1 ? 'one step spans' : `${longer} steps span up to`;
  return [
    `Rows are mostly ${duration(usual, timeUnit)} apart, but ${spans} ${duration(longest, timeUnit)}: windows go over such holes as if there were none. The gap feature would tell the model.`,
  ];
}

/** Every step of time, with its number. */
function eachStep(series: SeriesSet['series'], body: (step: number, n: number) => void): void {
  let n = 0;
  for (const { times = [] } of series)
    for (let t = 1; t < times.length; t++) body((times[t] as number) - (times[t - 1] as number), n++);
}

/** `1 hour`, `2.5 days`: days in the unit that suits them. */
function duration(time: number, unit: string): string {
  if (unit !== 'days') return `${Number(time.toPrecision(4))}${unit && ` ${unit}`}`;
  const units = [
    [1, 'day'],
    [24, 'hour'],
    [1440, 'minute'],
    [86_400, 'second'],
  ] as const;
  const [perDay, name] = units.find(([many]) => time * many > 0.999) ?? units[3];
  return plural(Number((time * perDay).toPrecision(3)), name);
}

const plural = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
