import { useMemo, useRef, useState } from 'react';
import type { DependenceCurve } from '../../engine/train/protocol.ts';
import type { ReportData, ReportRun } from '../../engine/train/reportData.ts';
import { DependenceOverlay } from '../charts/DependenceOverlay.tsx';
import { HeatStrip } from '../charts/HeatStrip.tsx';
import { drawnAtMost } from '../charts/runStyle.ts';
import { curvesTable } from '../figures/curvesTable.ts';
import { FigureMenu } from '../figures/FigureMenu.tsx';
import { figure } from '../format.ts';
import { headline } from '../headline.ts';
import { sideOf } from '../runs/labels.ts';
import { at } from '../runs/runView.ts';
import { CloudSection } from './CloudSection.tsx';
import { LossSection } from './LossSection.tsx';
import { MatrixSection } from './MatrixSection.tsx';
import { PlaneSection } from './PlaneSection.tsx';
import { RunList } from './RunList.tsx';
import styles from './report.module.css';
import { curvesOf } from './restore.ts';
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
  const chosen = shown.filter(({ label }) => drawn.includes(label));
  const lines = chosen.map((line, colour, all) => {
    const side = sideOf(colour, all.length);
    return { ...line, colour, label: side ? `${side}: ${line.label}` : line.label };
  });
  const chart = useRef<HTMLDivElement>(null);
  const title = lines.some(({ curve }) => curve) ? headline(lines) : 'Dependence';
  const when = playhead === undefined ? '' : `As it was at step ${playhead.toLocaleString('en')}.`;
  const seqLen = Math.max(1, ...lines.map(({ curve }) => curve?.points.length ?? 1));
  return (
    <section aria-label="Dependence" className="panel">
      <header className="row">
        <h2>{title}</h2>
        <FigureMenu
          target={chart}
          name="dependence"
          caption={`${title} ${when}`.trim()}
          table={() => curvesTable(chosen)}
        />
      </header>
      <p className="soft">
        The share of the decoder’s state at position t that comes from z (m<sub>t,0</sub>) and from the value
        before (m<sub>t,t−1</sub>), on held-out series; bands: middle half of the series.
        {when && ` ${when}`}
      </p>
      <div ref={chart} className="chart hero-chart">
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
