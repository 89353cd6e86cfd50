import { type Cell, csvTable } from '../../export/csv.ts';
import { latexText } from '../../export/latex.ts';
import { trustedResidual } from '../../metrics/trust.ts';
import type { ResultTable, TableCell, TableRow } from './resultTable.ts';

export const tableFormats = ['markdown', 'latex', 'csv'] as const;
export type TableFormat = (typeof tableFormats)[number];

/** A table as Markdown, as LaTeX (booktabs), or as CSV with every number at full length. */
export function tableText(table: ResultTable, format: TableFormat): string {
  if (format === 'csv') return csvText(table);
  const header = headerOf(table);
  const rows = table.rows.map((row) => textRow(table, row));
  const captions = captionOf(table);
  if (format === 'latex') return tabular(header, rows, table.rowAxes.length, captions);
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    line(header),
    line(header.map((_, i) => (i < table.rowAxes.length ? '---' : '---:'))),
    ...rows.map(line),
    '',
    ...captions,
    '',
  ].join('\n');
}

function headerOf({ rowAxes, columns, rows }: ResultTable): string[] {
  const names = columns.flatMap(({ group, measure, hasFloor }) => {
    const label = measure.unit ? `${measure.label} (${measure.unit})` : measure.label;
    const name = [...group, label].join(': ');
    return hasFloor ? [name, [...group, 'real against real'].join(': ')] : [name];
  });
  const failed = rows.some((row) => row.failed.length > 0) ? ['failed'] : [];
  return [...rowAxes.map((axis) => axis.split('.').at(-1) as string), 'n', ...names, ...failed];
}

function textRow({ columns, rows }: ResultTable, { labels, cells, failed }: TableRow): string[] {
  const failures = rows.some((row) => row.failed.length > 0)
    ? [failed.length > 0 ? reasons(failed) : '0']
    : [];
  const runs = runsByGroup(columns, cells);
  const numbers = cells.flatMap((cell, i) => {
    const { group, hasFloor } = columns[i] as ResultTable['columns'][number];
    const text = cellText(cell, runs.get(JSON.stringify(group)) ?? 0);
    return hasFloor ? [text, numberText(cell.floor)] : [text];
  });
  const counts = [...runs.values()];
  const n = new Set(counts).size === 1 ? String(counts[0]) : counts.join(', '); // one for each group where they differ
  return [...labels, n, ...numbers, ...failures];
}

/** The runs of each group of columns: as many as the measure has that most of them have. */
function runsByGroup(columns: ResultTable['columns'], cells: readonly TableCell[]): Map<string, number> {
  const byGroup = new Map<string, number>();
  columns.forEach(({ group }, i) => {
    const key = JSON.stringify(group);
    byGroup.set(key, Math.max(byGroup.get(key) ?? 0, cells[i]?.n ?? 0));
  });
  return byGroup;
}

function reasons(failed: readonly string[]): string {
  const kinds = [...new Set(failed)];
  return kinds.map((kind) => `${failed.filter((one) => one === kind).length} ${kind}`).join(', ');
}

/** @param runs of its group; where the cell has fewer, it says so */
function cellText({ mean, standardError, n, untrusted }: TableCell, runs: number): string {
  if (!Number.isFinite(mean)) return '-';
  const written = writing(mean, standardError);
  const error = Number.isFinite(standardError) ? ` ± ${written(standardError)}` : '';
  return `${written(mean)}${error}${n < runs ? ` (n ${n})` : ''}${untrusted > 0 ? ' †' : ''}`;
}

/**
 * How a mean and its error are written: with three decimals, or as many as show a digit of the error, of a number alone two
 * digits; by exponents where that takes more than four and the mean is small too.
 */
function writing(mean: number, standardError: number): (value: number) => string {
  const place = (value: number) => -Math.floor(Math.log10(Math.abs(value) * (1 + 1e-9)));
  const alone = mean === 0 || standardError === 0 ? 0 : place(mean) + 1;
  const needed = standardError > 0 ? place(standardError) : alone;
  if (needed > 4 && Math.abs(mean) < 1e-3) return (value) => value.toExponential(0);
  const decimals = Math.abs(mean) >= 100 && needed <= 1 ? 1 : Math.max(3, needed);
  return (value) => value.toFixed(decimals);
}

const numberText = (value: number) => (Number.isFinite(value) ? writing(value, Number.NaN)(value) : '-');

function captionOf({ adapters, versions, columns, rows, differing }: ResultTable): string[] {
  const lines = [
    `Mean ± standard error over n runs; posterior-lab ${versions.join(', ')} on ${adapters.join('; ')}.`,
  ];
  if (differing.length > 0)
    lines.push(`Runs of the same labels differ in ${differing.join(', ')}, and are averaged all the same.`);
  if (rows.some(({ cells }) => cells.some(({ untrusted }) => untrusted > 0))) {
    lines.push(
      `† Among its runs are some whose dependence cannot be trusted: the residual of the sum stayed above ${trustedResidual}.`,
    );
  }
  if (columns.some(({ measure }) => measure.relative)) {
    lines.push(
      'Times are divided by the mean of latent diffusion with the same data, networks, budget and adapter: time of all cores ' +
        'on a software GPU, wall time on another; the standard error is that of the runs in the row alone.',
    );
  }
  return lines;
}

function tabular(
  header: readonly string[],
  rows: readonly string[][],
  labels: number,
  captions: readonly string[],
): string {
  const line = (cells: readonly string[]) => `${cells.map(latexText).join(' & ')} \\\\`;
  return [
    ...captions.map((caption) => `% ${caption}`),
    `\\begin{tabular}{${header.map((_, i) => (i < labels ? 'l' : 'r')).join('')}}`,
    '\\toprule',
    line(header),
    '\\midrule',
    ...rows.map(line),
    '\\bottomrule',
    '\\end{tabular}',
    '',
  ].join('\n');
}

function csvText({ rowAxes, columns, rows }: ResultTable): string {
  const parts = ['mean', 'standard_error', 'n', 'floor', 'untrusted'] as const;
  const names = columns.flatMap(({ group, measure }) => {
    const name = [...group, measure.name].join(':');
    return parts.map((part) => `${name}:${part}`);
  });
  const cells = (row: TableRow): Cell[] =>
    row.cells.flatMap(({ mean, standardError, n, floor, untrusted }) => [
      mean,
      standardError,
      n,
      floor,
      untrusted,
    ]);
  return csvTable(
    [...rowAxes, 'finished', 'failed', ...names],
    rows.map((row) => [...row.labels, row.finished, row.failed.length, ...cells(row)]),
  );
}
