import { csvTable, numberText } from '../../engine/export/csv.ts';
import { latexText } from '../../engine/export/latex.ts';
import type { Estimate } from '../../engine/metrics/likelihood.ts';
import { estimate } from '../format.ts';

/** An estimate is text with a few figures, as people read it, and in CSV two numbers. */
export type Cell = string | number | Estimate;
export type TableFormat = 'csv' | 'md' | 'tex';

/** A table to be saved: names of the columns, and a row of cells for each line. NaN is an empty cell. */
export interface Table {
  columns: readonly string[];
  rows: readonly (readonly Cell[])[];
}

/**
 * RFC 4180; text that a spreadsheet would run as a formula is disarmed. A column of estimates is followed by one of their
 * standard errors, where it has any.
 */
export function toCsv({ columns, rows }: Table): string {
  const errorOf = (cell: Cell | undefined) => (isEstimate(cell) ? cell.error : Number.NaN);
  const withErrors = columns.map((_, k) => rows.some((row) => Number.isFinite(errorOf(row[k]))));
  return csvTable(
    columns.flatMap((name, k) => (withErrors[k] ? [name, `${name}, standard error`] : [name])),
    rows.map((row) =>
      row.flatMap((cell, k) => {
        const value = isEstimate(cell) ? cell.value : cell;
        return withErrors[k] ? [value, errorOf(cell)] : [value];
      }),
    ),
  );
}

/** A table of GitHub's Markdown, numbers set to the right. */
export function toMarkdown(table: Table): string {
  const { columns, rows } = table;
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  const rule = columns.map((_, k) => (isNumeric(table, k) ? '---:' : '---'));
  return [
    line(columns.map(markdownText)),
    line(rule),
    ...rows.map((row) => line(columns.map((_, k) => markdownText(text(row[k]))))),
  ].join('');
}

/** A `tabular` for LaTeX with the rules of its package booktabs: numbers set to the right, names such as m_{t,0} as mathematics. */
export function toLatex(table: Table): string {
  const { columns, rows } = table;
  const line = (cells: readonly string[]) => `  ${cells.join(' & ')} \\\\\n`;
  return [
    `\\begin{tabular}{${columns.map((_, k) => (isNumeric(table, k) ? 'r' : 'l')).join('')}}\n`,
    '  \\toprule\n',
    line(columns.map(latexText)),
    '  \\midrule\n',
    ...rows.map((row) => line(columns.map((_, k) => latexText(text(row[k]))))),
    '  \\bottomrule\n',
    '\\end{tabular}\n',
  ].join('');
}

/** What each format is: how it is made, and what a browser is told that it is. */
export const tableFormats: Record<TableFormat, { type: string; write: (table: Table) => string }> = {
  csv: { type: 'text/csv', write: toCsv },
  md: { type: 'text/markdown', write: toMarkdown },
  tex: { type: 'application/x-tex', write: toLatex },
};

function text(cell: Cell | undefined): string {
  if (cell === undefined) return '';
  if (isEstimate(cell)) return estimate(cell.value, cell.error);
  return typeof cell === 'number' ? numberText(Math.fround(cell)) : cell;
}

const isEstimate = (cell: Cell | undefined): cell is Estimate => typeof cell === 'object';

/** Whether a column holds numbers and gaps only, and at least one number. */
function isNumeric({ rows }: Table, column: number): boolean {
  const cells = rows.map((row) => row[column]).filter((cell) => cell !== undefined && cell !== '');
  return cells.length > 0 && cells.every((cell) => typeof cell !== 'string');
}

/** A bar would end the cell, a line break the row. */
const markdownText = (value: string) =>
  value
    .replace(/[\\|]/g, '\\$&')
    .replace(/[<*_`[\]]/g, '\\$&')
    .replace(/\r\n?|\n/g, ' ');
