import { metrics } from '../../engine/metrics/index.ts';
import type { PerStep } from '../../engine/metrics/likelihood.ts';
import { generationModes } from '../../engine/train/config.ts';
import type { EvaluationReport } from '../../engine/train/evaluationReport.ts';
import type { ReportRun } from '../../engine/train/reportData.ts';
import { FigureMenu } from '../figures/FigureMenu.tsx';
import { estimate, figure } from '../format.ts';
import { ScrollTable } from '../panels/ScrollTable.tsx';
import { evaluateKeys } from '../settings/describe.ts';

const lateText = ({ lastThird, error }: PerStep) => estimate(lastThird, error?.lastThird);

/** Measures that have no generation mode, with their standard error over series where they have one. */
const tests: readonly { label: string; text: (report: EvaluationReport) => string }[] = [
  {
    label: 'Log-likelihood (nats / step)',
    text: ({ logLikelihood: { all, error } }) => estimate(all, error?.all),
  },
  { label: 'Swap test, last third (nats / step)', text: ({ swap }) => lateText(swap) },
  { label: 'Noise test, last third (nats / step)', text: ({ noise }) => lateText(noise) },
  { label: 'Control (correlation)', text: ({ control }) => figure(control.correlation) },
  { label: 'Spread of control (of the real one)', text: ({ control }) => figure(control.spread) },
  { label: 'Share from z, last third', text: ({ dependence }) => figure(dependence.m0.lastThird) },
  {
    label: 'Share from the value before, last third',
    text: ({ dependence }) => figure(dependence.mLocal.lastThird),
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

/** The tests of all runs side by side; then each run's scores beside real against real and all zeros. */
export function ScoresSection({ runs }: { runs: readonly ReportRun[] }) {
  const scored = runs.flatMap(({ label, evaluation }) => (evaluation ? [{ label, report: evaluation }] : []));
  const testRows = tests.map(({ label, text }) => [label, ...scored.map(({ report }) => text(report))]);
  const testColumns = ['test', ...scored.map(({ label }) => label)];
  return (
    <section aria-label="Scores" className="panel">
      <header className="row">
        <h2>Tests and scores</h2>
        <FigureMenu name="tests" caption="Tests" table={() => ({ columns: testColumns, rows: testRows })} />
      </header>
      <ScrollTable label="Table of tests" testId="tests" columns={testColumns} rows={testRows} />
      {scored.map(({ label, report: { scores, counts, seeds, notes } }) => (
        <div key={label}>
          <h3>{label}</h3>
          <ScrollTable
            label={`Table of scores: ${label}`}
            testId="scores"
            columns={scoreColumns}
            rows={Object.entries(scores.sample).map(([name, { floor, zero }]) => [
              names.get(name) ?? name,
              ...generationModes.map((mode) => figure(scores[mode][name]?.value)),
              figure(floor),
              figure(zero),
            ])}
          />
          <p className="fine">
            {counts.windows} held-out series in the tests, {counts.comparison} in each comparison, seed{' '}
            {seeds.evaluation}. {notes.join(' ')}
          </p>
        </div>
      ))}
    </section>
  );
}
