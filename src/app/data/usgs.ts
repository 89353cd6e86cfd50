import type { Table } from '../../engine/data/cells.ts';
import { askThroughFrame } from './usgsFrame.ts';
import { type AskUsgs, type UsgsAsking, UsgsError, usgsService } from './usgsService.ts';

/** Which earthquakes to ask for. Degrees, east and north positive; days as YYYY-MM-DD in UTC, `to` not included. */
export interface UsgsQuery {
  west: number;
  east: number;
  south: number;
  north: number;
  from: string;
  to: string;
  minMagnitude: number;
}

/** Most events that the service gives at once. */
export const usgsLimit = 20_000;

/** Japan and its trench in 2023: some thousand events. */
export const usgsExample: UsgsQuery = {
  west: 122,
  east: 150,
  south: 24,
  north: 46,
  from: '2023-01-01',
  to: '2024-01-01',
  minMagnitude: 3,
};

/** Our columns from those of the service, of which there are 22. */
const kept = { time: 'time', longitude: 'longitude', latitude: 'latitude', depth: 'depth', magnitude: 'mag' };

/** What is wrong with a query, as one sentence. */
export function usgsProblem(query: UsgsQuery): string | undefined {
  const { west, east, south, north, from, to, minMagnitude } = query;
  if (![west, east, south, north, minMagnitude].every(Number.isFinite)) return 'Every field needs a number.';
  if (south < -90 || north > 90) return 'Latitudes run from -90 to 90 degrees.';
  if (south >= north) return 'The south of the box must lie below its north.';
  // The service takes boxes across the date line: from 120 to 240, for example.
  if (west < -360 || east > 360) return 'Longitudes run from -360 to 360 degrees.';
  if (west >= east)
    return 'The west of the box must lie below its east; across the date line add 360 to the east.';
  if (east - west > 360) return 'The box goes round the earth more than once.';
  if (!isDay(from) || !isDay(to)) return 'Dates are written as year-month-day, 2023-01-31 for example.';
  if (from >= to) return 'The first day must lie before the last.';
  if (minMagnitude < -2 || minMagnitude > 10) return 'Magnitudes run from -2 to 10.';
  return undefined;
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

/** The one address that is asked: earthquakes alone, oldest first, as a series needs them. */
export function usgsAddress(query: UsgsQuery): string {
  const parameters = {
    format: 'csv',
    eventtype: 'earthquake',
    orderby: 'time-asc',
    starttime: query.from,
    endtime: query.to,
    minlongitude: query.west,
    maxlongitude: query.east,
    minlatitude: query.south,
    maxlatitude: query.north,
    minmagnitude: query.minMagnitude,
    limit: usgsLimit,
  };
  const entries = Object.entries(parameters).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
  return `${usgsService}?${entries.join('&')}`;
}

/**
 * Asks the event service and gives a CSV of time, longitude, latitude, depth and magnitude.
 * @param ask how the service is reached: the page itself may not
 * @throws UsgsError offline, refused, too many, none; the signal's reason when cancelled
 */
export async function fetchUsgs(
  address: string,
  asking: UsgsAsking,
  ask: AskUsgs = askThroughFrame,
): Promise<string> {
  let text: string;
  let read: (text: string) => Table;
  try {
    // The parser comes with the first fetch, since nothing else on the page's own thread needs it.
    ({ readText: read } = await import('../../engine/data/delimited.ts'));
    const answer = await ask(address, asking);
    text = answer.text;
    if (answer.status === 204 || answer.status === 404) throw none();
    if (answer.status >= 300) throw refused(answer.status, text);
  } catch (error) {
    if (error instanceof UsgsError || asking.signal.aborted) throw error;
    throw new UsgsError(
      'The event service could not be reached: this machine is offline, or something on the way blocks earthquake.usgs.gov.',
      'Check the connection and fetch again, or open the address elsewhere and drop the CSV here.',
    );
  }
  return usualColumns(text, read);
}

function usualColumns(text: string, read: (text: string) => Table): string {
  const lines = text.trim().split('\n');
  const names = (lines[0] ?? '').split(',');
  if (!Object.values(kept).every((name) => names.includes(name))) throw strange();
  if (lines.length < 3) throw lines.length === 1 ? none() : single();
  let table: Table;
  try {
    table = read(text);
  } catch {
    throw strange();
  }
  const { columns, cells, count } = table;
  if (count >= usgsLimit) throw tooMany();
  const taken = Object.values(kept).map((name) => cells[columns.indexOf(name)]);
  const body = Array.from({ length: count }, (_, row) => taken.map((column) => column?.text(row)).join(','));
  return `${[Object.keys(kept).join(','), ...body].join('\n')}\n`;
}

function refused(status: number, answer: string): UsgsError {
  if (/exceeds search limit/i.test(answer)) return tooMany();
  if (status === 429 || status >= 500) {
    return new UsgsError(
      `The event service is busy or out of order (${status}).`,
      'Fetch again in a minute.',
    );
  }
  const [reason = ''] = answer
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line && !/^error \d+/i.test(line));
  return new UsgsError(
    `The event service refused the query (${status})${reason ? `: ${reason.slice(0, 200)}` : '.'}`,
    'Change the fields that it names and fetch again.',
  );
}

const strange = () =>
  new UsgsError(
    'The answer is not the list of events that was asked for, or it was cut off.',
    'Fetch again, or open the address in a tab of its own to see what the service says.',
  );
const none = () =>
  new UsgsError('No earthquake matches.', 'Widen the box or the dates, or lower the smallest magnitude.');
const single = () =>
  new UsgsError(
    'A single earthquake matches, and a series needs at least two.',
    'Widen the box or the dates.',
  );
const tooMany = () =>
  new UsgsError(
    `More earthquakes match than the ${usgsLimit.toLocaleString('en')} that the service gives at once.`,
    'Narrow the box or the dates, or raise the smallest magnitude.',
  );
