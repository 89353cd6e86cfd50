import type { ColumnFacts } from '../../engine/data/columnFacts.ts';
import { power } from '../format.ts';

/** What a column holds, in a few words, e.g. `−7.1 to 18.3, 2 % missing`. */
export function columnText(facts: ColumnFacts): string {
  const { numbers, missing, range, text, constant } = facts;
  const rows = numbers + missing;
  if (numbers === 0 && !text) return 'empty';
  if (text && numbers === 0) return `text: '${clip(text.cell)}'${constant ? ' in every row' : '…'}`;
  if (text) return `not a number in row ${text.row}: '${clip(text.cell)}'`;
  const [minimum, maximum] = range ?? [0, 0];
  const values = constant ? `constant, ${short(minimum)}` : `${short(minimum)} to ${short(maximum)}`;
  return missing === 0 ? values : `${values}, ${missingShare(missing / rows)} missing`;
}

const clip = (cell: string) => (cell.length > 20 ? `${cell.slice(0, 19)}…` : cell);

function missingShare(share: number): string {
  return share < 0.01 ? 'under 1\u00a0%' : `${Math.round(100 * share)}\u00a0%`;
}

function short(value: number): string {
  const rounded = Number(value.toPrecision(4));
  return Math.abs(rounded) >= 1e6 || (rounded !== 0 && Math.abs(rounded) < 1e-3)
    ? power(rounded, 2)
    : String(rounded).replace('-', '−');
}
