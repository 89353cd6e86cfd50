import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { csvRow } from '../../engine/export/csv.ts';
import type { DependenceCurve, LossRow } from '../../engine/train/protocol.ts';
import { UsageError } from './usageError.ts';
import { appendNow, writeWholeNow } from './wholeFile.ts';

/** The tables of a run that grow while it trains, with their columns. */
export const tables = {
  'loss.csv': ['step', 'total', 'vi', 'cs', 'dm', 'kl', 'grad_norm', 'lr'],
  'dependence.csv': [
    'step',
    'position',
    'm0',
    'm0_q25',
    'm0_q75',
    'm_local',
    'm_local_q25',
    'm_local_q75',
    'residual',
  ],
} as const;
export type Table = keyof typeof tables;

/** A cell as csvRow writes numbers. */
const cell = /^(nan|-?inf|-?\d[\d.e+-]*)?$/;

/** A row of loss.csv. */
export function lossCells({ step, total, vi, cs, dm, kl, gradNorm, lr }: LossRow): (number | string)[] {
  // An empty cell is a term that this phase does not compute; a number that stopped being one is named.
  const named = (value: number) => (Number.isNaN(value) ? 'nan' : value);
  return [step, named(total), vi, cs, dm, kl, named(gradNorm), lr];
}

/** Rows of dependence.csv. */
export function dependenceCells({ step, points, residual }: DependenceCurve): number[][] {
  return points.map((point) => [
    step,
    point.position,
    point.m0,
    point.m0q25,
    point.m0q75,
    point.mLocal,
    point.mLocalQ25,
    point.mLocalQ75,
    residual,
  ]);
}

/** Adds rows to a table at once: what has been reported survives whatever comes. */
export function appendRows(
  folder: string,
  table: Table,
  rows: readonly (readonly (number | string)[])[],
): void {
  appendNow(join(folder, table), rows.map(csvRow).join(''));
}

/**
 * Takes back the rows of later steps than the run is at, which are reported again, and those that are not whole: a process
 * that was killed, or a disk that was full, may have left half a row, or half a curve.
 * @returns the steps that each table holds then
 */
export function rewindTables(folder: string, step: number): Record<Table, Set<number>> {
  const steps = { 'loss.csv': new Set<number>(), 'dependence.csv': new Set<number>() };
  for (const [table, firstGone] of [
    ['loss.csv', step],
    ['dependence.csv', step + 1],
  ] as const) {
    const path = join(folder, table);
    const text = readFileSync(path, 'utf8');
    const kept = wholeRows(table, text).filter((row) => stepOf(row) < firstGone);
    steps[table] = new Set(kept.map(stepOf));
    const head = text.slice(0, text.indexOf('\n') + 1);
    writeWholeNow(path, head + kept.map((row) => `${row}\n`).join(''));
  }
  return steps;
}

/** The rows of a table that are whole and in order, without its head; of the curves those that are as long as the longest. */
export function wholeRows(table: Table, text: string): string[] {
  const lines = text.split('\n').slice(1, -1); // after the last line break stands nothing, or half a row
  const rows: string[] = [];
  let [step, position] = [-1, 0];
  for (const line of lines) {
    const cells = line.split(',');
    if (cells.length !== tables[table].length || !cells.every((text) => cell.test(text))) continue;
    const next = Number(cells[0]);
    const place = table === 'loss.csv' ? 0 : Number(cells[1]);
    if (next < step || (next === step && place <= position)) continue;
    [step, position] = [next, place];
    rows.push(line);
  }
  if (table === 'loss.csv') return rows;
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(stepOf(row), (counts.get(stepOf(row)) ?? 0) + 1);
  const whole = Math.max(...counts.values());
  return rows.filter((row) => counts.get(stepOf(row)) === whole);
}

/** What a table lacks of the steps that it should hold, in one sentence; undefined where it lacks nothing. */
export function lacking(path: string, due: readonly number[], held: ReadonlySet<number>): string | undefined {
  const gone = due.filter((step) => !held.has(step));
  if (gone.length === 0) return undefined;
  return `${path} lacks ${ranges(gone)}: lost, and not made again; the run itself goes on as if it had them.`;
}

/** @throws UsageError where a table that a resumed run adds to is not there, or has lost its head */
export async function checkTables(folder: string): Promise<void> {
  for (const [table, header] of Object.entries(tables)) {
    const path = join(folder, table);
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text?.startsWith(csvRow(header))) continue;
    const what = text === undefined ? 'There is no such file' : 'Its first line is not the one the run wrote';
    throw new UsageError(`${path}: ${what}, so the run cannot be resumed: train it anew.`);
  }
}

function stepOf(row: string): number {
  return Number(row.slice(0, row.indexOf(',')));
}

/** `step 3`, `steps 3 to 9 and 12` */
function ranges(steps: readonly number[]): string {
  const spans: [number, number][] = [];
  for (const step of steps) {
    const last = spans.at(-1);
    if (last && last[1] === step - 1) last[1] = step;
    else spans.push([step, step]);
  }
  const texts = spans.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`));
  const shown = texts.length > 5 ? [...texts.slice(0, 4), `${texts.length - 4} more`] : texts;
  const last = shown.pop();
  return `step${steps.length > 1 ? 's' : ''} ${shown.length > 0 ? `${shown.join(', ')} and ` : ''}${last}`;
}
