import { useState } from 'react';
import { metrics } from '../../engine/metrics/index.ts';
import type { EvaluationReport } from '../../engine/train/evaluationReport.ts';
import { QualityPlane } from '../charts/QualityPlane.tsx';
import { FigureMenu } from '../figures/FigureMenu.tsx';
import { figure } from '../format.ts';
import { useGpuNeed } from '../gpuNeed.ts';
import { lab } from '../lab.ts';
import { labelOf } from '../runs/labels.ts';
import type { RunView } from '../runs/runView.ts';
import { useShown } from '../shown.ts';
import { isBusy, useLab } from '../store.ts';
import { ScrollTable } from './ScrollTable.tsx';
import { columnsOf, scoreTable } from './scoreTable.ts';

/** A run with the evaluation that was asked for. */
interface Scored {
  run: RunView;
  report: EvaluationReport;
}

/** Both give a report; the fuller one is shown where there are both. */
const questions = ['costlyScores', 'scores'] as const;
const costlyLabels = metrics.filter(({ costly }) => costly).map(({ label }) => label);

/** Scores of generated series beside real against real, the tests on latents, and the plane of quality against control. */
export function ScoresPanel() {
  const runs = useShown('status', 'asked');
  const need = useGpuNeed();
  const missing = useLab(({ gpu }) => gpu.status === 'missing');
  const live = useLab((state) => state.live);
  const busy = useLab(isBusy);
  const scored = runs.flatMap((run): Scored[] => {
    const answers = questions.flatMap((question) => {
      const asked = run.asked[question];
      return asked?.state === 'answered' ? [asked.answer] : [];
    });
    return answers[0] ? [{ run, report: answers[0] }] : [];
  });
  const open = runs.filter(({ id, status }) => live.includes(id) && status !== 'loading');
  const asking = questions.find((question) => open.some(({ asked }) => asked[question]?.state === 'asking'));
  const failures = open.flatMap(({ asked }) =>
    questions.flatMap((question) => {
      const answer = asked[question];
      return answer?.state === 'failed' ? [answer.message] : [];
    }),
  );
  return (
    <div className="stack">
      <div className="row">
        <p className="soft">
          {scored.length > 0
            ? 'On the test part, which training never saw. Real against real is the floor: one half of the held-out series against the other.'
            : missing
              ? 'Scores are those of a trained model, and training needs a GPU: this browser offers none.'
              : 'Scores are computed when you ask, on the test part and in all three generation modes.'}
          {busy && ' They are of the model as it is: every new curve clears them.'}
        </p>
        <div className="tools">
          <button
            type="button"
            {...need('Scores of the generated series against the test part')}
            disabled={open.length === 0 || asking !== undefined}
            onClick={() => {
              for (const { id } of open) lab.ask(id, 'scores');
            }}
          >
            {asking === 'scores' ? 'Computing…' : scored.length > 0 ? 'Compute again' : 'Compute scores'}
          </button>
          <button
            type="button"
            {...need(`Takes longer, and adds ${costlyLabels.join(', ')}`)}
            disabled={open.length === 0 || asking !== undefined}
            onClick={() => {
              for (const { id } of open) lab.ask(id, 'costlyScores');
            }}
          >
            {asking === 'costlyScores' ? 'Training judges…' : 'With trained and exact scores'}
          </button>
          {scored.length > 0 && (
            <FigureMenu name="scores" caption="Scores" tables table={() => savedTable(scored, runs)} />
          )}
        </div>
      </div>
      {[...new Set(failures)].map((message) => (
        <p key={message} className="notice warn">
          {message}
        </p>
      ))}
      {scored.length > 0 && (
        <div className="scores">
          <ScoreTable scored={scored} runs={runs} />
          <Plane scored={scored} runs={runs} />
        </div>
      )}
    </div>
  );
}

/** What says that z is used, and what says that series are good: the axes of the plane. */
const uses = {
  control: {
    label: 'control: correlation of series and free runs',
    value: ({ control }: EvaluationReport) => control.correlation,
  },
  swap: {
    label: 'swap test, last third (nats / step)',
    value: ({ swap }: EvaluationReport) => swap.lastThird,
  },
} as const;
const qualities = {
  slicedWasserstein: { label: 'sliced Wasserstein-2 over its floor', overFloor: true },
  discriminativeAuc: { label: 'classifier AUC', overFloor: false },
} as const;

/** Quality against control, every scored run a point. */
function Plane({ scored, runs }: { scored: readonly Scored[]; runs: readonly RunView[] }) {
  const [use, setUse] = useState<keyof typeof uses>('control');
  const [quality, setQuality] = useState<keyof typeof qualities>('slicedWasserstein');
  const { label, overFloor } = qualities[quality];
  const scoreOf = (report: EvaluationReport) => report.scores.sample[quality];
  const floors = scored.flatMap(({ report }) => scoreOf(report)?.floor ?? []);
  return (
    <div>
      <div className="tools">
        {[
          { name: 'Across', all: uses, value: use, choose: (next: string) => setUse(next as typeof use) },
          {
            name: 'Up',
            all: qualities,
            value: quality,
            choose: (next: string) => setQuality(next as typeof quality),
          },
        ].map(({ name, all, value, choose }) => (
          <label key={name} className="inline-choice">
            <span className="fine">{name}</span>
            <select value={value} onChange={({ target }) => choose(target.value)}>
              {Object.entries(all).map(([key, choice]) => (
                <option key={key} value={key}>
                  {choice.label}
                </option>
              ))}
            </select>
          </label>
        ))}
      </div>
      <QualityPlane
        points={scored.map(({ run, report }) => {
          const score = scoreOf(report);
          const y = score ? score.value / (overFloor ? score.floor : 1) : Number.NaN;
          return {
            id: run.id,
            colour: runs.indexOf(run),
            label: labelOf(run, runs),
            x: uses[use].value(report),
            y,
          };
        })}
        xLabel={uses[use].label}
        yLabel={label}
        floor={overFloor ? 1 : floors.reduce((sum, floor) => sum + floor, 0) / floors.length}
      />
    </div>
  );
}

function ScoreTable({ scored, runs }: { scored: readonly Scored[]; runs: readonly RunView[] }) {
  const named = scored.map(({ run, report }) => ({ label: labelOf(run, runs), report }));
  const { groups, rows } = scoreTable(named);
  const sizes = named.map(({ report }) => sizesOf(report));
  return (
    <div>
      <ScrollTable
        label="Table of scores"
        testId="scores"
        columns={columnsOf(groups)}
        groups={groups}
        rows={rows.map((cells) => cells.map((cell) => (typeof cell === 'number' ? figure(cell) : cell)))}
      />
      <p className="fine">
        {new Set(sizes).size === 1
          ? `${sizes[0]}.`
          : named.map(({ label }, k) => `${label}: ${sizes[k]}.`).join(' ')}{' '}
        Standard errors of the tests are over series.{' '}
        {[...new Set(scored.flatMap((one) => one.report.notes))].join(' ')}
      </p>
    </div>
  );
}

/** How much a report rests on. */
const sizesOf = ({ counts, seeds }: EvaluationReport) =>
  `${counts.windows} held-out series in the tests, ${counts.comparison} in each comparison, seed ${seeds.evaluation}`;

/** The table as it is saved: errors in rows of their own, as numbers. */
function savedTable(scored: readonly Scored[], runs: readonly RunView[]) {
  const named = scored.map(({ run, report }) => ({ label: labelOf(run, runs), report }));
  const { groups, rows } = scoreTable(named, true);
  return { columns: columnsOf(groups), rows };
}
