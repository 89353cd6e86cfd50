import { useMemo, useState } from 'react';
import type { DependenceCurve } from '../../engine/train/protocol.ts';
import type { ReportData, ReportRun } from '../../engine/train/reportData.ts';
import { DependenceMatrix } from '../charts/DependenceMatrix.tsx';
import { DependenceOverlay } from '../charts/DependenceOverlay.tsx';
import { HeatStrip } from '../charts/HeatStrip.tsx';
import { LatentCloud } from '../charts/LatentCloud.tsx';
import { LossChart } from '../charts/LossChart.tsx';
import { drawnAtMost } from '../charts/runStyle.ts';
import { figure } from '../format.ts';
import { headline } from '../headline.ts';
import { sideOf } from '../runs/labels.ts';
import { hasTerm, latentsFrom, lossTerms, noTrace } from '../runs/lossHistory.ts';
import { at } from '../runs/runView.ts';
import { PlaneSection } from './PlaneSection.tsx';
import { RunList } from './RunList.tsx';
import styles from './report.module.css';
import { curvesOf, floats, lossesOf } from './restore.ts';
import { ScoresSection } from './ScoresSection.tsx';
import { SeriesSection } from './SeriesSection.tsx';

/** Runs of folders and projects, and the plane of an experiment's runs, on one page that needs nothing beside it. */
export function Report({ data: { title, version, date, runs, notes, plane } }: { data: ReportData }) {
  const [drawn, setDrawn] = useState<readonly string[]>(() => drawnFirst(runs));
  const lines = runs.filter(({ label }) => drawn.includes(label));
  return (
    <div className={styles.page}>
      <header>
        <h1>{title}</h1>
        <p className="soft">
          A report of Posterior Lab {version}, {date}.
        </p>
      </header>
      <main className={styles.sections}>
        {(runs.length > 0 || notes.length > 0) && (
          <RunList runs={runs} notes={notes} drawn={drawn} onDrawn={setDrawn} />
        )}
        {runs.some(({ curves, evaluation }) => curves.length > 0 || evaluation) && (
          <DependenceSection runs={runs} drawn={drawn} />
        )}
        {runs.some(({ matrix }) => matrix) && <MatrixSection runs={runs} />}
        {runs.some(({ samples }) => samples) && <SeriesSection runs={runs} />}
        {runs.some(({ evaluation }) => evaluation) && <ScoresSection runs={runs} />}
        {plane && plane.points.length > 0 && <PlaneSection plane={plane} />}
        {runs.some(({ cloud }) => cloud) && <CloudSection runs={runs} />}
        {runs.some(({ losses }) => losses.length > 0) && <LossSection runs={lines} />}
      </main>
    </div>
  );
}

/** The runs whose lines are drawn over one another at first: as many as can be told apart, of those that were drawn. */
function drawnFirst(runs: readonly ReportRun[]): string[] {
  const wanted = [...runs].sort((a, b) => Number(a.shown === false) - Number(b.shown === false));
  return wanted.slice(0, drawnAtMost).map(({ label }) => label);
}

function DependenceSection({ runs, drawn }: { runs: readonly ReportRun[]; drawn: readonly string[] }) {
  const [playhead, setPlayhead] = useState<number>();
  const measured = useMemo(() => runs.map((run) => ({ run, curves: curvesOf(run) })), [runs]);
  const shown = measured.map(({ run: { label }, curves }) => {
    return { id: label, label, curve: at<DependenceCurve>(curves, playhead) };
  });
  const lines = shown
    .filter(({ label }) => drawn.includes(label))
    .map((line, colour, all) => {
      const side = sideOf(colour, all.length);
      return { ...line, colour, label: side ? `${side}: ${line.label}` : line.label };
    });
  const seqLen = Math.max(1, ...lines.map(({ curve }) => curve?.points.length ?? 1));
  return (
    <section aria-label="Dependence" className="panel">
      <h2>{lines.some(({ curve }) => curve) ? headline(lines) : 'Dependence'}</h2>
      <p className="soft">
        The share of the decoder’s state at position t that comes from z (m<sub>t,0</sub>) and from the value
        before (m<sub>t,t−1</sub>), on held-out series; bands: middle half of the series.
        {playhead !== undefined && ` As it was at step ${playhead.toLocaleString('en')}.`}
      </p>
      <div className={`chart ${styles.overlay}`}>
        <DependenceOverlay runs={lines} show="both" seqLen={seqLen} />
      </div>
      {measured.map(({ run, curves }) => {
        const marked = at(curves, playhead);
        const last = curves.length - 1;
        return (
          <HeatStrip
            key={run.label}
            label={`${run.label}: share from z by training step`}
            curves={curves}
            value="m0"
            selected={marked ? curves.indexOf(marked) : last}
            onSelect={(index) => setPlayhead(index === last ? undefined : curves[index]?.step)}
          />
        );
      })}
      <p className="fine figures">
        {shown.map(({ id, label, curve }) => (
          <span key={id}>
            {label}: residual |Σ<sub>j</sub> m<sub>t,j</sub> − 1| ≤ {figure(curve?.residual)}
            {Number.isFinite(curve?.series) &&
              ` (${curve?.series} held-out series, ${curve?.quadrature} quadrature nodes)`}
          </span>
        ))}
      </p>
    </section>
  );
}

function MatrixSection({ runs }: { runs: readonly ReportRun[] }) {
  const longest = Math.max(...runs.map(({ matrix }) => matrix?.seqLen ?? 1));
  const [row, setRow] = useState(longest);
  return (
    <section aria-label="Whole matrix" className="panel">
      <h2>
        Row t = {row} of the whole matrix m<sub>t,j</sub>
      </h2>
      <div className="side-by-side">
        {runs.flatMap(({ label, matrix }) =>
          matrix ? (
            <div key={label}>
              <h3>{label}</h3>
              <DependenceMatrix
                matrix={matrix.values as readonly number[]}
                seqLen={matrix.seqLen}
                row={Math.min(row, matrix.seqLen)}
                onRow={setRow}
              />
              <p className="fine">
                Mean of {matrix.series} held-out series, residual {figure(matrix.residual)}.
              </p>
            </div>
          ) : (
            []
          ),
        )}
      </div>
    </section>
  );
}

function CloudSection({ runs }: { runs: readonly ReportRun[] }) {
  return (
    <section aria-label="Latents" className="panel">
      <h2>Latents</h2>
      <div className="clouds">
        {runs.flatMap(({ label, config, cloud }) =>
          cloud ? (
            <div key={label}>
              <h3>{label}</h3>
              <LatentCloud
                label={`Latents of ${label}`}
                encoded={floats(cloud.encoded)}
                sampled={floats(cloud.sampled)}
                origin={cloud.origin}
                explained={cloud.explained}
                sampledFrom={latentsFrom(config)}
              />
            </div>
          ) : (
            []
          ),
        )}
      </div>
    </section>
  );
}

/** The terms with the unit they are measured in. */
const terms = {
  vi: { label: 'Likelihood', unit: 'nats / series' },
  kl: { label: 'KL divergence', unit: 'nats / series' },
  cs: { label: 'Penalty', unit: 'nats / series' },
  dm: { label: 'Denoiser', unit: 'mean square' },
} as const;

function LossSection({ runs }: { runs: readonly ReportRun[] }) {
  const histories = useMemo(() => runs.map((run) => ({ run, history: lossesOf(run) })), [runs]);
  const present = lossTerms.filter(
    (term): term is keyof typeof terms =>
      term !== 'total' && runs.some(({ config }) => hasTerm(config, term)),
  );
  return (
    <section aria-label="Losses" className="panel">
      <h2>Losses</h2>
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
      <p className="fine">
        Lines are means, smoothed over 10 steps
        {runs.length > 1 && '; colours and dashes are those of the dependence'}.
      </p>
    </section>
  );
}
