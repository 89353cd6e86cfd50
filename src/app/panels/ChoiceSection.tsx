import { useState } from 'react';
import { createSchedule } from '../../engine/diffusion/schedule.ts';
import {
  type Candidate,
  candidates,
  candidateText,
  choiceConfigs,
  same,
  usualPilotSteps,
} from '../../engine/train/choose.ts';
import { signalText } from '../charts/scheduleTimesteps.ts';
import { FigureMenu } from '../figures/FigureMenu.tsx';
import { estimate, figure, percent, sentence } from '../format.ts';
import { useGpuNeed } from '../gpuNeed.ts';
import { lab } from '../lab.ts';
import { canTrain, isBusy, isPiloting, useLab } from '../store.ts';
import { type ChoiceView, chosenOf, isUnderWay } from '../sweep/pilotView.ts';
import { fixed } from '../view.ts';
import {
  doubtMark,
  doubtOf,
  failuresOf,
  InlineChoice,
  madeOf,
  Outdated,
  PilotStatus,
  StopButton,
} from './PilotControls.tsx';
import { ScrollTable } from './ScrollTable.tsx';
import { WithSubscripts } from './WithSubscripts.tsx';

/** Short trainings of a few candidates for N, M and lambda_CS, which of them the rule chooses, and why. */
export function ChoiceSection() {
  const choice = useLab((state) => state.choice);
  const config = useLab((state) => state.config);
  const ready = useLab((state) => canTrain(state) && !isBusy(state) && !isPiloting(state));
  const missing = useLab(({ gpu }) => gpu.status === 'missing');
  const need = useGpuNeed();
  const usual = usualPilotSteps(config);
  const [asked, setSteps] = useState<number>();
  const steps = asked ?? usual;
  const lengths = [...new Set([usual, steps, 100, 300, 1000, 3000])].sort((a, b) => a - b);
  const running = isUnderWay(choice);
  return (
    <section className="stack" aria-label="Choose N, M and λ_CS">
      <h3>
        <WithSubscripts text="Choose N, M and λ_CS" />
      </h3>
      <p className="soft">
        A short training with the defaults, and one each with N, M (by the signal that is kept there) or{' '}
        <WithSubscripts text="λ_CS" /> moved alone. Of those whose log-likelihood on the validation part is
        within one standard error of the best, the one is chosen that loses the most when latents are
        exchanged. The test part is not looked at.
        {missing && ' It needs a GPU, and this browser offers none.'}
      </p>
      <div className="tools">
        <div className="tools">
          <InlineChoice label="Steps each" value={steps} all={lengths} choose={setSteps} disabled={running} />
          {running ? (
            <StopButton view={choice} name="choosing" />
          ) : (
            <button
              type="button"
              {...need('A short training for each candidate, on this machine')}
              disabled={!ready}
              onClick={() => lab.pilots.choose(steps)}
            >
              Choose for me
            </button>
          )}
        </div>
        <PilotStatus
          view={choice}
          name="choice"
          steps={candidates(config).length * steps}
          testId="choice-status"
        />
      </div>
      {choice && <Outcome choice={choice} />}
    </section>
  );
}

/** What a choice has measured so far, and what the rule makes of it. */
export function Outcome({ choice }: { choice: ChoiceView }) {
  const { columns, rows } = tableOf(choice);
  const chosen = chosenOf(choice);
  return (
    <>
      {chosen && (
        <div className="row" data-testid="choice">
          <p>
            <strong>
              <WithSubscripts text={candidateText(chosen.candidate)} />.
            </strong>{' '}
            <WithSubscripts text={chosen.reason.replaceAll(/-(?=\d)/g, '−')} />
          </p>
          <Use candidate={chosen.candidate} before={choice.before} />
        </div>
      )}
      {choice.state === 'ended' && !chosen && (
        <p className="notice warn">No candidate could be measured, so there is nothing to choose from.</p>
      )}
      <Outdated view={choice} runsOf={(config) => choiceConfigs(config, choice.steps)} />
      <ScrollTable label="Candidates" columns={columns} rows={rows} testId="candidates" />
      <div className="row">
        <p className="fine">
          {madeOf(choice)}; ± one standard error over the validation windows; another seed may differ by more.
          {doubtOf(choice)}
          {failuresOf(choice).map((text) => ` ${text}`)}
        </p>
        <FigureMenu
          name="choice"
          caption="Candidates for N, M and λ_CS"
          tables
          table={() => ({ columns, rows })}
        />
      </div>
    </>
  );
}

/** Sets what was chosen, and goes back to what was set before. */
function Use({ candidate, before }: { candidate: Candidate; before?: Candidate }) {
  const set = useLab(({ config }) => same(candidate, config.method));
  const locked = useLab(({ view }) => view.locked);
  const disabled = useLab(isBusy) || locked;
  const [problem, setProblem] = useState<string>();
  return (
    <div className="tools">
      {set ? (
        <span className="fine">These are set.</span>
      ) : (
        <button
          type="button"
          disabled={disabled}
          title={locked ? fixed.settings : undefined}
          onClick={() => setProblem(lab.pilots.takeChoice())}
        >
          Use these
        </button>
      )}
      {before && !same(before, candidate) && (
        <button
          type="button"
          disabled={disabled}
          title={locked ? fixed.settings : `Back to ${candidateText(before)}`}
          onClick={() => setProblem(lab.pilots.undoChoice())}
        >
          Undo
        </button>
      )}
      {problem && (
        <p role="alert" className="problem">
          {sentence(problem)}
        </p>
      )}
    </div>
  );
}

function tableOf(choice: ChoiceView): { columns: string[]; rows: string[][] } {
  const { config, results } = choice;
  const { alphaBar } = createSchedule(config.diffusion);
  const tried = candidates(config);
  const chosen = chosenOf(choice);
  const kept = (timestep: number) => `${timestep} (${signalText(alphaBar[timestep] ?? Number.NaN)})`;
  const columns = [
    ...['', 'N (signal kept)', 'M (signal kept)', 'λ_CS', 'log-likelihood (nats / step)'],
    ...[
      'swap, last third (nats / step)',
      'noise, last third (nats / step)',
      'm_{t,0}, last third',
      'control',
      'outcome',
    ],
  ];
  const rows = tried.map((candidate, index) => {
    const { inferenceEnd, collapseStart, lambdaCS } = candidate;
    const result = results[index];
    const head = [index === 0 ? 'defaults' : movedText(candidate, tried[0] as Candidate)];
    const settings = [kept(inferenceEnd), kept(collapseStart), String(lambdaCS)];
    if (!result?.measures) {
      const nothing = Array.from({ length: 5 }, () => '–');
      return [...head, ...settings, ...nothing, result ? 'failed' : ''];
    }
    const { logLikelihood, swap, noise, m0, trusted, control } = result.measures;
    const numbers = [
      ...[logLikelihood, swap, noise].map(({ value, error }) => estimate(value, error)),
      `${percent(m0)}${trusted ? '' : doubtMark}`,
      figure(control),
    ];
    const verdict =
      chosen?.index === index ? 'chosen' : chosen?.likely.includes(index) ? 'as likely' : 'less likely';
    return [...head, ...settings, ...numbers, chosen ? verdict : ''];
  });
  return { columns, rows };
}

/** What a candidate changes of the defaults: `M = 397`. */
function movedText(candidate: Candidate, start: Candidate): string {
  const symbols = { inferenceEnd: 'N', collapseStart: 'M', lambdaCS: 'λ_CS' } as const;
  return (Object.keys(symbols) as (keyof Candidate)[])
    .filter((key) => candidate[key] !== start[key])
    .map((key) => `${symbols[key]}\u00a0=\u00a0${candidate[key]}`)
    .join(', ');
}
