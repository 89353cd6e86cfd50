import { useMemo, useRef, useState } from 'react';
import { LossChart } from '../charts/LossChart.tsx';
import { FigureMenu } from '../figures/FigureMenu.tsx';
import { lossTable } from '../figures/lossTable.ts';
import { figure } from '../format.ts';
import { labelOf } from '../runs/labels.ts';
import { hasTerm, type LossTerm, noTrace } from '../runs/lossHistory.ts';
import type { RunView } from '../runs/runView.ts';
import { useShown } from '../shown.ts';
import { RunKey, RunSwatch } from './RunKey.tsx';
import { Tick } from './Tick.tsx';

/** A term with what it is and the unit it is measured in. */
const terms: readonly { term: LossTerm; label: string; help: string; unit: string }[] = [
  {
    term: 'vi',
    label: 'Likelihood',
    help: 'Negative log-likelihood of a series given z',
    unit: 'nats / series',
  },
  {
    term: 'kl',
    label: 'KL divergence',
    help: 'Information that z holds about its series',
    unit: 'nats / series',
  },
  {
    term: 'cs',
    label: 'Penalty',
    help: 'What latents drowned in noise still give away',
    unit: 'nats / series',
  },
  {
    term: 'dm',
    label: 'Denoiser',
    help: 'Error of the predicted noise; 1 is a guess of zero',
    unit: 'mean square',
  },
];

/** The terms of the objective, each on a scale of its own, run over run. */
export function LossPanel() {
  const runs = useShown('losses', 'lossVersion');
  const version = runs.reduce((sum, { lossVersion }) => sum + lossVersion, 0);
  const [logarithmic, setLogarithmic] = useState(false);
  const [span, setSpan] = useState(1);
  const picture = useRef<HTMLDivElement>(null);
  const present = terms.filter(({ term }) =>
    runs.length > 0 ? runs.some((run) => hasTerm(run.config, term)) : term === 'vi' || term === 'dm',
  );
  const alone = runs.some(
    ({ losses: { last, lastJoint } }) => last && lastJoint && last.step > lastJoint.step,
  );
  const leftOut =
    logarithmic &&
    runs.some(({ config, losses }) =>
      present.some(({ term }) => hasTerm(config, term) && losses.terms[term].low.some((value) => value <= 0)),
    );
  return (
    <div ref={picture} className="stack">
      <div className="row">
        <RunKey runs={runs} />
        <div className="tools" data-figure="skip">
          <Tick checked={logarithmic} onChange={setLogarithmic}>
            log scale
          </Tick>
          <label className="inline-choice">
            <span className="fine">Smoothing</span>
            <select value={span} onChange={({ target }) => setSpan(Number(target.value))}>
              <option value={1}>none</option>
              <option value={10}>10 steps</option>
              <option value={50}>50 steps</option>
            </select>
          </label>
          <FigureMenu
            target={picture}
            name="losses"
            caption="Losses"
            tables
            table={() => lossTable(runs.map(({ name, config, losses }) => ({ label: name, config, losses })))}
          />
        </div>
      </div>
      <div className="losses">
        {present.map(({ term, label, help, unit }) => (
          <figure key={term}>
            <figcaption>
              <strong>{label}</strong>
              <span className="figures">
                {runs.map((run, index) => (
                  <span key={run.id}>
                    {runs.length > 1 && <RunSwatch index={index} />}
                    {figure(
                      hasTerm(run.config, term)
                        ? run.losses.terms[term].mean.findLast(Number.isFinite)
                        : undefined,
                    )}
                  </span>
                ))}
              </span>
              <span className="fine">{help}</span>
            </figcaption>
            <TermChart {...{ runs, version, term, label, unit, logarithmic, span }} />
          </figure>
        ))}
      </div>
      {runs.map((run) => (
        <Totals key={run.id} run={run} label={labelOf(run, runs)} />
      ))}
      <p className="fine">
        Lines are means{span > 1 && `, smoothed over ${span} steps`}, bands the extremes between the steps
        that are drawn.
        {leftOut && ' Values of 0 and below have no place on a log scale, and are left out.'}
        {alone && ' In the last part of a run the denoiser trains alone: the other terms end before it.'}
      </p>
    </div>
  );
}

function TermChart(props: {
  runs: readonly RunView[];
  version: number;
  term: LossTerm;
  label: string;
  unit: string;
  logarithmic: boolean;
  span: number;
}) {
  const { runs, term, ...rest } = props;
  const lines = useMemo(
    () =>
      runs.map((run) => ({
        label: labelOf(run, runs),
        steps: hasTerm(run.config, term) ? run.losses.steps : [],
        trace: hasTerm(run.config, term) ? run.losses.terms[term] : noTrace,
      })),
    [runs, term],
  );
  return <LossChart lines={lines} {...rest} />;
}

function Totals({ run: { losses }, label }: { run: RunView; label: string }) {
  const { first, last, lastJoint } = losses;
  return (
    <p className="fine figures">
      <span>{label}</span>
      <span>
        total at step 1: <span data-testid="first-loss">{figure(first?.total)}</span>
      </span>
      <span>
        at step {lastJoint ? (lastJoint.step + 1).toLocaleString('en') : '–'}: {figure(lastJoint?.total)}
      </span>
      <span>gradient norm {figure(last?.gradNorm)}</span>
      <span>learning rate {figure(last?.lr)}</span>
    </p>
  );
}
