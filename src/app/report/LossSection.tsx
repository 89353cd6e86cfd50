import { useMemo, useRef } from 'react';
import type { ReportRun } from '../../engine/train/reportData.ts';
import { LineKey } from '../charts/LineKey.tsx';
import { LossChart } from '../charts/LossChart.tsx';
import { FigureMenu } from '../figures/FigureMenu.tsx';
import { lossTable } from '../figures/lossTable.ts';
import { hasTerm, lossTerms, noTrace } from '../runs/lossHistory.ts';
import { lossesOf } from './restore.ts';

/** The terms with the unit they are measured in. */
const terms = {
  vi: { label: 'Likelihood', unit: 'nats / series' },
  kl: { label: 'KL divergence', unit: 'nats / series' },
  cs: { label: 'Penalty', unit: 'nats / series' },
  dm: { label: 'Denoiser', unit: 'mean square' },
} as const;

/** The terms of the objective, each on a scale of its own, run over run. */
export function LossSection({ runs }: { runs: readonly ReportRun[] }) {
  const histories = useMemo(() => runs.map((run) => ({ run, history: lossesOf(run) })), [runs]);
  const picture = useRef<HTMLDivElement>(null);
  const present = lossTerms.filter(
    (term): term is keyof typeof terms =>
      term !== 'total' && runs.some(({ config }) => hasTerm(config, term)),
  );
  return (
    <section aria-label="Losses" className="panel">
      <header className="row">
        <h2>Losses</h2>
        <FigureMenu
          target={picture}
          name="losses"
          caption="Losses, smoothed over 10 steps"
          table={() =>
            lossTable(
              histories.map(({ run: { label, config }, history }) => ({ label, config, losses: history })),
            )
          }
        />
      </header>
      <div ref={picture} className="stack">
        <LineKey labels={runs.map(({ label }) => label)} />
        <div className="losses">
          {present.map((term) => (
            <figure key={term}>
              <figcaption>
                <strong>{terms[term].label}</strong>
              </figcaption>
              <LossChart
                lines={histories.map(({ run, history }) => ({
                  label: run.label,
                  ...(hasTerm(run.config, term)
                    ? { steps: history.steps, trace: history.terms[term] }
                    : { steps: [], trace: noTrace }),
                }))}
                version={0}
                logarithmic={false}
                span={10}
                {...terms[term]}
              />
            </figure>
          ))}
        </div>
      </div>
      <p className="fine">
        Lines are means, smoothed over 10 steps
        {runs.length > 1 && '; colours and dashes are those of the dependence'}.
      </p>
    </section>
  );
}
