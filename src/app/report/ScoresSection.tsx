import { metrics } from '../../engine/metrics/index.ts';
import { generationModes } from '../../engine/train/config.ts';
import type { EvaluationReport } from '../../engine/train/evaluationReport.ts';
import type { ReportRun } from '../../engine/train/reportData.ts';
import { figure } from '../format.ts';
import { ScrollTable } from '../panels/ScrollTable.tsx';

/** Measures that have no generation mode. */
const tests: readonly { label: string; value: (report: EvaluationReport) => number }[] = [
  { label: 'Log-likelihood (nats / step)', value: ({ logLikelihood }) => logLikelihood.all },
  { label: 'Swap test, last third (nats / step)', value: ({ swap }) => swap.lastThird },
  { label: 'Noise test, last third (nats / step)', value: ({ noise }) => noise.lastThird },
  { label: 'Control (correlation)', value: ({ control }) => control.correlation },
  { label: 'Spread of control (of the real one)', value: ({ control }) => control.spread },
  { label: 'm_{t,0}, last third', value: ({ dependence }) => dependence.m0.lastThird },
  { label: 'm_{t,t-1}, last third', value: ({ dependence }) => dependence.mLocal.lastThird },
];

/** Every score beside real against real and all zeros, which each run has of its own where the data differ. */
export function ScoresSection({ runs }: { runs: readonly ReportRun[] }) {
  const scored = runs.flatMap(({ label, evaluation }) => (evaluation ? [{ label, report: evaluation }] : []));
  const columns = [
    'measured',
    ...scored.flatMap(({ label }) => [
      ...generationModes.map((mode) => `${label}, ${mode}`),
      `${label}: real against real`,
      `${label}: all zeros`,
    ]),
  ];
  const testRows = tests.map(({ label, value }) => [
    label,
    ...scored.flatMap(({ report }) => [figure(value(report)), '', '', '', '']),
  ]);
  const known = new Map(metrics.map(({ name, label }) => [name, label]));
  const names = [...new Set(scored.flatMap(({ report }) => Object.keys(report.scores.sample)))];
  const scoreRows = names.map((name) => [
    known.get(name) ?? name,
    ...scored.flatMap(({ report: { scores } }) => [
      ...generationModes.map((mode) => figure(scores[mode][name]?.value)),
      figure(scores.sample[name]?.floor),
      figure(scores.sample[name]?.zero),
    ]),
  ]);
  return (
    <section aria-label="Scores" className="panel">
      <h2>Scores</h2>
      <ScrollTable
        label="Table of scores"
        testId="scores"
        columns={columns}
        rows={[...testRows, ...scoreRows]}
      />
      {scored.map(({ label, report: { counts, seeds, notes } }) => (
        <p key={label} className="fine">
          {label}: {counts.windows} held-out series in the tests, {counts.comparison} in each comparison, seed{' '}
          {seeds.evaluation}. {notes.join(' ')}
        </p>
      ))}
    </section>
  );
}
