import { metrics } from '../../engine/metrics/index.ts';
import type { Estimate, PerStep } from '../../engine/metrics/likelihood.ts';
import { generationModes } from '../../engine/train/config.ts';
import type { EvaluationReport } from '../../engine/train/evaluationReport.ts';
import type { ReportRun } from '../../engine/train/reportData.ts';
import { drawnAtMost } from '../charts/runStyle.ts';
import { FigureMenu } from '../figures/FigureMenu.tsx';
import { estimate } from '../format.ts';
import { ScrollTable } from '../panels/ScrollTable.tsx';
import { evaluateKeys } from '../settings/describe.ts';

const plain = (value: number): Estimate => ({ value, error: Number.NaN });
const late = ({ lastThird, error }: PerStep): Estimate => ({
  value: lastThird,
  error: error?.lastThird ?? Number.NaN,
});

/** Measures that have no generation mode, with their standard error over series where they have one. */
const tests: readonly { label: string; of: (report: EvaluationReport) => Estimate }[] = [
  {
    label: 'Log-likelihood (nats / step)',
    of: ({ logLikelihood: { all, error } }) => ({ value: all, error: error?.all ?? Number.NaN }),
  },
  { label: 'Swap test, last third (nats / step)', of: ({ swap }) => late(swap) },
  { label: 'Noise test, last third (nats / step)', of: ({ noise }) => late(noise) },
  { label: 'Control (correlation)', of: ({ control }) => plain(control.correlation) },
  { label: 'Spread of control (of the real one)', of: ({ control }) => plain(control.spread) },
  { label: 'Share from z, last third', of: ({ dependence }) => plain(dependence.m0.lastThird) },
  {
    label: 'Share from the value before, last third',
    of: ({ dependence }) => plain(dependence.mLocal.lastThird),
  },
];

const names = new Map(metrics.map(({ name, label }) => [name, label]));
const modes = evaluateKeys['evaluate.generation'].choices;
const scoreColumns = [
  'score',
  ...generationModes.map((mode) => modes[mode]),
  'real against real',
  'all zeros',
];

type Row = readonly [name: string, ...numbers: Estimate[]];
const written = (rows: readonly Row[]) =>
  rows.map(([name, ...numbers]) => [name, ...numbers.map(({ value, error }) => estimate(value, error))]);

function scoreRows({ scores }: EvaluationReport): Row[] {
  return Object.entries(scores.sample).map(([name, { floor, zero }]) => [
    names.get(name) ?? name,
    ...[...generationModes.map((mode) => scores[mode][name]?.value ?? Number.NaN), floor, zero].map(plain),
  ]);
}

/** The tests of all runs side by side; of many runs, which would leave the sheet, each is a row. */
function testTable(scored: readonly { label: string; report: EvaluationReport }[]) {
  const labels = scored.map(({ label }) => label);
  return scored.length <= drawnAtMost
    ? {
        columns: ['test', ...labels],
        rows: tests.map(({ label, of }): Row => [label, ...scored.map(({ report }) => of(report))]),
      }
    : {
        columns: ['run', ...tests.map(({ label }) => label)],
        rows: scored.map(({ label, report }): Row => [label, ...tests.map(({ of }) => of(report))]),
      };
}

/** The tests of all runs; then each run's scores beside real against real and all zeros. */
export function ScoresSection({ runs }: { runs: readonly ReportRun[] }) {
  const scored = runs.flatMap(({ label, evaluation }) => (evaluation ? [{ label, report: evaluation }] : []));
  const table = testTable(scored);
  return (
    <section aria-label="Scores" className="panel">
      <header className="row">
        <h2>Tests and scores</h2>
        <FigureMenu name="tests" caption="Tests" table={() => table} />
      </header>
      <ScrollTable label="Table of tests" testId="tests" columns={table.columns} rows={written(table.rows)} />
      <header className="row">
        <h3>Scores of generated series</h3>
        <FigureMenu
          name="scores"
          caption="Scores"
          table={() => ({
            columns: ['run', ...scoreColumns],
            rows: scored.flatMap(({ label, report }) => scoreRows(report).map((row) => [label, ...row])),
          })}
        />
      </header>
      {scored.map(({ label, report }) => (
        <div key={label}>
          <h4>{label}</h4>
          <ScrollTable
            label={`Table of scores: ${label}`}
            testId="scores"
            columns={scoreColumns}
            rows={written(scoreRows(report))}
          />
          <p className="fine">
            {report.counts.windows} held-out series in the tests, {report.counts.comparison} in each
            comparison, seed {report.seeds.evaluation}. {report.notes.join(' ')}
          </p>
        </div>
      ))}
    </section>
  );
}
