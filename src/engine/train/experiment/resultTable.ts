import { ExperimentError } from './experimentFile.ts';
import { type Measure, mean, measureNamed, measureOf, measures, numberAt } from './measures.ts';
import { type ResultRow, valueAt } from './resultRow.ts';
import { axesOf, axisOf, labelOf, labelsOf, rowsWith } from './rowLabels.ts';

/** One number of a table: the mean over runs, its standard error, and how many there were. */
export interface TableCell {
  mean: number;
  /** NaN of one run. */
  standardError: number;
  n: number;
  /** Mean over the same runs for real against real; NaN where there is none. */
  floor: number;
  /** How many of the runs say that their number cannot be trusted. */
  untrusted: number;
}

export interface TableRow {
  /** Labels on the row axes. */
  labels: string[];
  /** One cell for each column. */
  cells: TableCell[];
  finished: number;
  /** Runs that ended without an evaluation, by reason. */
  failed: string[];
}

/** A table of results: groups of runs by rows, measures by columns. */
export interface ResultTable {
  rowAxes: string[];
  columns: { group: string[]; measure: Measure; hasFloor: boolean }[];
  rows: TableRow[];
  /** Config keys in which runs of the same labels differ, seeds aside: what is averaged besides them, by accident. */
  differing: string[];
  adapters: string[];
  versions: string[];
}

export interface TableOptions {
  /** Axes and the labels that are left of them; times are still relative to all results. */
  only?: Parameters<typeof rowsWith>[1];
  rows?: readonly string[];
  columns?: readonly string[];
  values?: readonly string[];
}

/** What a table shows unless it is told. */
export const defaultValues: readonly string[] = [
  'slicedWasserstein',
  'summaryWasserstein',
  'logLikelihood',
  'swap',
  'control',
  'm0',
  'mLocal',
  'trainingTime',
  'samplingTime',
];

/**
 * Gathers results into a table. Rows are every axis but the seed, unless they are named; runs of a group that differ in
 * anything else, as seeds do, are averaged.
 * @throws ExperimentError on an axis or a value that is not there
 */
export function resultTable(all: readonly ResultRow[], options: TableOptions = {}): ResultTable {
  if (all.length === 0) throw new ExperimentError('there are no results yet');
  const results = rowsWith(all, options.only ?? []);
  const axes = axesOf(all);
  const named = (name: string) => axisOf(axes, name);
  const columnAxes = (options.columns ?? []).map(named);
  const rowAxes = (
    options.rows ?? axes.filter((axis) => axis !== 'train.seed' && !columnAxes.includes(axis))
  ).map(named);
  const chosen = (options.values ?? defaultValues).map(measureNamed);
  if (chosen.length === 0) throw new ExperimentError('no value is named: name at least one');
  for (const measure of chosen) checkPath(measure, all);

  const groups = distinct(results, columnAxes);
  const columns = groups.flatMap((group) => chosen.map((measure) => ({ group, measure })));
  const rows = distinct(results, rowAxes).map((labels): TableRow => {
    const members = results.filter((row) => same(labelsOf(row, rowAxes), labels));
    const finished = members.filter(({ status }) => status === 'finished');
    return {
      labels,
      finished: finished.length,
      failed: members.flatMap(({ failure }) => (failure ? [failure.cause] : [])),
      cells: columns.map(({ group, measure }) =>
        cellOf(
          finished.filter((row) => same(labelsOf(row, columnAxes), group)),
          measure,
          all,
        ),
      ),
    };
  });
  return {
    rowAxes,
    columns: columns.map((column, index) => ({
      ...column,
      hasFloor: rows.some(({ cells }) => Number.isFinite(cells[index]?.floor)),
    })),
    rows,
    differing: differing(results),
    adapters: [...new Set(results.map(({ adapter }) => adapter))],
    versions: [...new Set(results.map(({ version }) => version ?? 'of an unknown version'))],
  };
}

/** @throws ExperimentError where a path leads nowhere in any row */
function checkPath({ name, path, relative }: Measure, all: readonly ResultRow[]): void {
  if (measures.some((one) => one.name === name) || relative) return;
  if (
    all.some((row) => row.status === 'finished' && valueAt(row, path) === undefined) &&
    !all.some((row) => valueAt(row, path) !== undefined)
  )
    throw new ExperimentError(`no result has a value at '${name}'`);
}

/** The keys in which the configs of rows with the same labels differ. */
function differing(results: readonly ResultRow[]): string[] {
  const first = new Map<string, ResultRow>();
  const found = new Set<string>();
  for (const row of results) {
    const { 'train.seed': _, ...labels } = row.labels;
    const key = JSON.stringify(labels);
    const other = first.get(key);
    if (!other) first.set(key, row);
    else
      for (const name of Object.keys(row.config))
        if (
          !['train.seed', 'data.seed', 'data.source'].includes(name) &&
          JSON.stringify(row.config[name]) !== JSON.stringify(other.config[name])
        )
          found.add(name);
  }
  return [...found];
}

/** The combinations of labels there are, an axis after the other in the order in which its labels come. */
function distinct(results: readonly ResultRow[], axes: readonly string[]): string[][] {
  const seen = new Map(results.map((row) => [JSON.stringify(labelsOf(row, axes)), labelsOf(row, axes)]));
  const places = axes.map((axis) => [...new Set(results.map((row) => labelOf(row, axis)))]);
  const place = (labels: readonly string[], n: number) => places[n]?.indexOf(labels[n] as string) ?? 0;
  return [...seen.values()].sort((a, b) =>
    axes.reduce((order, _, n) => order || place(a, n) - place(b, n), 0),
  );
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.every((label, index) => label === b[index]);
}

function cellOf(runs: readonly ResultRow[], measure: Measure, all: readonly ResultRow[]): TableCell {
  const measured = runs
    .map((row) => ({ row, value: measureOf(row, measure, all) }))
    .filter(({ value }) => Number.isFinite(value));
  const values = measured.map(({ value }) => value);
  const { floorPath } = measure;
  const floors = floorPath ? measured.map(({ row }) => numberAt(row, floorPath)).filter(Number.isFinite) : [];
  const { trustPath } = measure;
  const untrusted = measured.filter(({ row }) => trustPath && valueAt(row, trustPath) === false).length;
  return { ...meanAndError(values), floor: mean(floors), untrusted };
}

/** Mean and standard error s / sqrt(n), s with n - 1. */
export function meanAndError(values: readonly number[]): { mean: number; standardError: number; n: number } {
  const n = values.length;
  const centre = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (n - 1);
  return { mean: centre, standardError: n > 1 ? Math.sqrt(variance / n) : Number.NaN, n };
}
