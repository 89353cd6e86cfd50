import type { Table } from './cells.ts';
import { type ColumnGuess, type ColumnsGiven, columnOf } from './columns.ts';
import type { RowOrder } from './series.ts';

/** Columns that every catalogue of the USGS has, and some of those that no other table has. */
const needed = ['time', 'latitude', 'longitude', 'depth', 'mag'];
const telling = ['magtype', 'nst', 'net', 'updated', 'place', 'type', 'rms', 'status'];

/** Whether a table is an earthquake catalogue as the USGS gives it (comcat, fdsnws): one row an event. */
export function isCatalogue({ columns, cells }: Table): boolean {
  const times = cells.find(({ name }) => name === 'time');
  return (
    times?.isTime === true &&
    needed.every((name) => columns.includes(name)) &&
    telling.filter((name) => columns.some((column) => column.toLowerCase() === name)).length >= 2
  );
}

/** What a catalogue is read as: one series of events, each where it was and how strong, at irregular times. @param given what is settled */
export function catalogueGuess(given: ColumnsGiven = {}): ColumnGuess & { gap?: 'log' } {
  const { id = null, group = null, part = null, features = [] } = given;
  const here = 'This is an earthquake catalogue of the USGS';
  const columns = { id, time: 'time', group, part };
  if (features.length > 0) return { ...columns, features, reasons: [`${here}.`] };
  return {
    ...columns,
    features: ['longitude', 'latitude', 'mag'],
    gap: 'log',
    reasons: [
      `${here}: the logarithm of the time since the event before, longitude, latitude and magnitude are learned.`,
    ],
  };
}

/** The earthquakes in the order of their times: a catalogue comes newest first, and lists explosions and the like too. */
export function catalogueRows(table: Table): RowOrder & { notes: string[] } {
  const time = columnOf(table, 'time');
  const kinds = table.cells.find(({ name }) => name.toLowerCase() === 'type');
  const rows: number[] = [];
  for (let row = 0; row < table.count; row++) {
    if (!kinds || kinds.text(row) === 'earthquake') rows.push(row);
  }
  const notes: string[] = [];
  const others = table.count - rows.length;
  if (others > 0 && rows.length > 0) {
    notes.push(
      `${others} ${others === 1 ? 'event that is no earthquake was' : 'events that are no earthquakes were'} left out.`,
    );
  }
  // A catalogue whose kinds are other words is taken whole.
  const kept = rows.length > 0 ? rows : Array.from({ length: table.count }, (_, row) => row);
  const at = (row: number) => time.milliseconds(row);
  if (kept.some((row, place) => place > 0 && at(row) < at(kept[place - 1] as number))) {
    notes.push('The events were put in the order of their times.');
  }
  // A cell without a time compares with nothing; it stays and is refused with its row.
  kept.sort((a, b) => at(a) - at(b) || a - b);
  return { rows: kept, ties: true, notes };
}
