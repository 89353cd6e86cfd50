import { metrics } from '../../engine/metrics/index.ts';
import { generationModes } from '../../engine/train/config.ts';
import type { EvaluationReport } from '../../engine/train/evaluationReport.ts';
import type { ReportRun } from '../../engine/train/reportData.ts';
import { figure } from '../format.ts';
import { ScrollTable } from '../panels/ScrollTable.tsx';
import { evaluateKeys } from '../settings/describe.ts';

/** Measures that have no generation mode. */
const tests: readonly { label: string; value: (report: EvaluationReport) => number }[] = [
  { label: 'Log-likelihood (nats / step)', value: ({ logLikelihood }) => logLikelihood.all },
  { label: 'Swap test, last third (nats / step)', value: ({ swap }) => swap.lastThird },
  { label: 'Noise test, last third (nats / step)', value: ({ noise }) => noise.lastThird },
  { label: 'Control (correlation)', value: ({ control }) => control.correlation },
  { label: 'Spread of control (of the real one)', value: ({ control }) => control.spread },
  { label: 'Share from z, last third', value: ({ dependence }) => dependence.m0.lastThird },
  {
    label: 'Share from the value before, last third',
    value: ({ dependence }) => dependence.mLocal.lastThird,
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
  const testRows = tests.map(({ label, value }) => [
    label,
    ...scored.map(({ report }) => figure(value(report))),
  ]);
  return (
    <section aria-label="Scores" className="panel">
      <h2>Tests and scores</h2>
      <ScrollTable
        label="Table of tests"
        testId="tests"
        columns={['test', ...scored.map(({ label }) => label)]}
        rows={testRows}
      />
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
