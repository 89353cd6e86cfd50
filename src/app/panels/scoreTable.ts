import { metrics } from '../../engine/metrics/index.ts';
import type { PerStep } from '../../engine/metrics/likelihood.ts';
import { generationModes } from '../../engine/train/config.ts';
import type { EvaluationReport } from '../../engine/train/evaluationReport.ts';
import { estimate } from '../format.ts';
import { modes } from './modes.ts';

/** A number of a report, with its standard error over series where it has one. */
interface Measured {
  value: number;
  error?: number;
}

const late = ({ lastThird, error }: PerStep): Measured => ({ value: lastThird, error: error?.lastThird });

/** What is measured of a run whatever the generation mode. */
const tests: readonly { label: string; unit: string; of: (report: EvaluationReport) => Measured }[] = [
  {
    label: 'Log-likelihood',
    unit: 'nats / step',
    of: ({ logLikelihood: { all, error } }) => ({ value: all, error: error?.all }),
  },
  { label: 'Swap test, last third', unit: 'nats / step', of: ({ swap }) => late(swap) },
  { label: 'Noise test, last third', unit: 'nats / step', of: ({ noise }) => late(noise) },
  { label: 'Control', unit: 'correlation', of: ({ control }) => ({ value: control.correlation }) },
];

const shortModes = generationModes.map((mode) => modes[mode].label.toLowerCase());
const floors = ['real against real', 'all zeros'];

type Row = [string, ...(string | number)[]];

/** Columns under a common head; where there is none they name themselves. */
export interface ColumnGroup {
  head: string;
  columns: readonly string[];
}

/** The names of all columns, each once. */
export const columnsOf = (groups: readonly ColumnGroup[]): string[] =>
  groups.flatMap(({ head, columns }) => columns.map((name) => (head ? `${head}, ${name}` : name)));

/**
 * A column for each run and mode; the floor and the zero baseline last, or behind each run where its data, its sizes or its seed
 * give it others. @param errorsApart in rows of their own, as numbers
 */
export function scoreTable(
  scored: readonly { label: string; report: EvaluationReport }[],
  errorsApart = false,
): { groups: ColumnGroup[]; rows: Row[] } {
  const shared = sharedFloors(scored.map(({ report }) => report));
  const own = shared ? shortModes : [...shortModes, ...floors];
  const groups = [
    { head: '', columns: ['measured'] },
    ...scored.map(({ label }) => ({ head: label, columns: own })),
    ...(shared ? [{ head: '', columns: floors }] : []),
  ];
  const scoreRows = metrics.flatMap(({ name, label }): Row[] => {
    const bases = scored.map(({ report }) => report.scores.sample[name]);
    const base = bases.find(Boolean);
    if (!base) return [];
    const values = scored.flatMap(({ report }, k) => [
      ...generationModes.map((mode) => report.scores[mode][name]?.value ?? Number.NaN),
      ...(shared ? [] : [bases[k]?.floor ?? Number.NaN, bases[k]?.zero ?? Number.NaN]),
    ]);
    return [[label, ...values, ...(shared ? [base.floor, base.zero] : [])]];
  });
  const row = (name: string, cell: (report: EvaluationReport) => string | number): Row => [
    name,
    ...scored.flatMap(({ report }) => [cell(report), ...own.slice(1).map(() => '')]),
    ...(shared ? floors.map(() => '') : []),
  ];
  const testRows = tests.flatMap(({ label, unit, of }): Row[] => {
    const name = `${label} (${unit})`;
    const text = ({ value, error }: Measured) => estimate(value, error);
    if (!errorsApart) return [row(name, (report) => text(of(report)))];
    const values = row(name, (report) => of(report).value);
    const known = scored.some(({ report }) => of(report).error !== undefined);
    return [
      values,
      ...(known ? [row(`${name}: standard error`, (report) => of(report).error ?? Number.NaN)] : []),
    ];
  });
  return { groups, rows: [...testRows, ...scoreRows] };
}

/** Whether real series against real ones, and all zeros, score the same in every report that has the score. */
function sharedFloors(reports: readonly EvaluationReport[]): boolean {
  return metrics.every(({ name }) => {
    const [first, ...others] = reports.flatMap(({ scores }) => scores.sample[name] ?? []);
    return others.every(({ floor, zero }) => Object.is(floor, first?.floor) && Object.is(zero, first?.zero));
  });
}
