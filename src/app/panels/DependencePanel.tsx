import { useDeferredValue, useEffect, useMemo, useRef } from 'react';
import type { DependenceCurve } from '../../engine/train/protocol.ts';
import { DependenceOverlay } from '../charts/DependenceOverlay.tsx';
import { HeatStrip } from '../charts/HeatStrip.tsx';
import { FigureMenu } from '../figures/FigureMenu.tsx';
import { figure } from '../format.ts';
import { headline } from '../headline.ts';
import { lab } from '../lab.ts';
import { labelOf, sideOf } from '../runs/labels.ts';
import { at, type RunView } from '../runs/runView.ts';
import { Later, later } from '../shell/Later.tsx';
import { useShown } from '../shown.ts';
import { isBusy, useLab } from '../store.ts';
import { RunSwatch } from './RunKey.tsx';
import { ScrollTable } from './ScrollTable.tsx';

const MatrixView = later(() => import('./MatrixView.tsx'), 'MatrixView');

const trusted = 1e-2;
/** Earlier evaluations drawn behind a curve. */
const ghostCount = 6;

/** The hero: how much of each decoder's state comes from z, and how much from the value before. */
export function DependencePanel() {
  const runs = useShown('curves');
  const playhead = useLab((state) => state.playhead);
  const { curves: show, position } = useLab(({ view }) => view);
  const planned = useLab(({ config }) => config.data.window);
  const busy = useLab(isBusy);
  const region = useRef<HTMLElement>(null);
  const chart = useRef<HTMLDivElement>(null);
  // In one narrow column the setup fills the screen: whoever presses Run there wants to see the curve.
  useEffect(() => {
    if (busy && matchMedia('(max-width: 48rem)').matches) region.current?.scrollIntoView();
  }, [busy]);
  const drawn = useMemo(
    () => runs.map((run, index) => drawnRun(run, index, runs, playhead)),
    [runs, playhead],
  );
  // The plot is the costliest picture of the page: it follows in tasks of its own, and the sentence does not wait for it.
  const plotted = useDeferredValue(drawn);
  const measured = drawn.filter(({ curve }) => curve);
  const seqLen = Math.max(...measured.map(({ curve }) => curve?.points.length ?? 0)) || planned;
  return (
    <section ref={region} aria-label="Dependence" className="panel hero">
      <header className="hero-head">
        <p className="soft">{caption(runs, drawn, playhead)}</p>
        <h2 className="headline" data-testid="headline" aria-live="off">
          {headline(drawn, position ?? undefined)}
        </h2>
        <div className="tools">
          <CurveChoice />
          <FigureMenu
            target={chart}
            name="dependence"
            caption={headline(drawn, position ?? undefined)}
            {...tableOf(drawn)}
          />
        </div>
      </header>
      <div ref={chart} className="chart hero-chart">
        <DependenceOverlay
          runs={plotted}
          show={show}
          seqLen={seqLen}
          marked={position ?? undefined}
          onMark={(next) => lab.show({ position: next === position ? null : next })}
        />
        {measured.length === 0 && <EmptyNote />}
      </div>
      {runs.some(({ curves }) => curves.length > 0) && (
        <div className="strips">
          {runs
            .filter(({ curves }) => curves.length > 0)
            .map((run) => (
              <Strip
                key={run.id}
                run={run}
                playhead={playhead}
                label={labelOf(run, runs)}
                place={runs.length > 1 ? runs.indexOf(run) : undefined}
              />
            ))}
        </div>
      )}
      {measured.length > 0 && <Footnote drawn={measured} />}
      {position !== null && (
        <Later>
          <MatrixView position={position} />
        </Later>
      )}
    </section>
  );
}

interface DrawnRun {
  id: string;
  label: string;
  colour: number;
  curve?: DependenceCurve;
  ghosts: DependenceCurve[];
}

function drawnRun(run: RunView, index: number, runs: readonly RunView[], playhead?: number): DrawnRun {
  const curve = at(run.curves, playhead);
  const side = sideOf(index, runs.length);
  const before = run.curves.filter(({ step }) => curve && step < curve.step);
  const every = Math.max(1, Math.ceil(before.length / ghostCount));
  return {
    id: run.id,
    label: side ? `${side}: ${labelOf(run, runs)}` : labelOf(run, runs),
    colour: index,
    curve,
    ghosts: before.filter((_, k) => k % every === 0),
  };
}

function caption(runs: readonly RunView[], drawn: readonly DrawnRun[], playhead?: number): string {
  const step = Math.max(...drawn.map(({ curve }) => curve?.step ?? -1));
  if (step < 0) return 'The share of the decoder’s state at position t that comes from z';
  const when = step === 0 ? 'before training' : `training step ${step.toLocaleString('en')}`;
  if (runs.every(({ origin }) => origin === 'recorded')) {
    const last = Math.max(...runs.map(({ curves }) => curves.at(-1)?.step ?? 0));
    return `Recorded runs, ${when}${playhead === undefined || step === 0 ? '' : ` of ${last.toLocaleString('en')}`}`;
  }
  return `${when.charAt(0).toUpperCase()}${when.slice(1)}${playhead === undefined ? '' : ', looking back'}`;
}

function EmptyNote() {
  return (
    <p className="chart-note">
      <span>
        The curve appears here with the first evaluation. At 100&nbsp;% the decoder’s state comes from z
        alone; a solid line that sinks to 0 means that the decoder has stopped listening to z: the posterior
        has collapsed.
      </span>
    </p>
  );
}

function CurveChoice() {
  const value = useLab(({ view }) => view.curves);
  const choices = { both: 'both shares', global: 'from z', local: 'from the value before' } as const;
  return (
    <label className="inline-choice">
      <span className="fine">Curves</span>
      <select value={value} onChange={({ target }) => lab.show({ curves: target.value as typeof value })}>
        {Object.entries(choices).map(([name, label]) => (
          <option key={name} value={name}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Training step x position; choosing a step shows every chart as it was then. */
function Strip(props: { run: RunView; playhead?: number; label: string; place?: number }) {
  const { run, playhead, label, place } = props;
  const shown = at(run.curves, playhead);
  const last = run.curves.length - 1;
  return (
    <HeatStrip
      label={`${label}: share from z by training step`}
      caption={
        <>
          {place !== undefined && <RunSwatch index={place} />}
          {label}: share from z
        </>
      }
      curves={run.curves}
      value="m0"
      selected={shown ? run.curves.indexOf(shown) : last}
      onSelect={(index) => lab.seek(index === last ? undefined : run.curves[index]?.step)}
    />
  );
}

function Footnote({ drawn }: { drawn: readonly DrawnRun[] }) {
  const doubtful = drawn.filter(({ curve }) => (curve?.residual ?? 0) > trusted);
  const beyond = drawn.some(({ curve }) => curve?.points.some(({ m0 }) => m0 > 1.05 || m0 < -0.05));
  return (
    <>
      <p className="fine figures">
        {drawn.map(({ id, label, curve }) => (
          <span key={id} data-testid="residual">
            {drawn.length > 1 ? `${label}: residual` : 'Residual'} |Σ<sub>j</sub> m<sub>t,j</sub> − 1| ≤{' '}
            {figure(curve?.residual)}
          </span>
        ))}
        <span>
          {drawn[0]?.curve?.series} held-out series, {drawn[0]?.curve?.quadrature} quadrature nodes; bands:
          middle half of the series
        </span>
      </p>
      {beyond && (
        <p className="fine">
          Above 100&nbsp;% or below 0 is no mistake: inputs may pull against each other, and only together
          they add up to 100&nbsp;%.
        </p>
      )}
      {doubtful.map(({ id, label, curve }) => (
        <p key={id} className="notice warn">
          {label}: a residual above {trusted} after {curve?.quadrature} nodes means that this curve cannot be
          trusted: the decoder’s gates switch too sharply on the path.
        </p>
      ))}
      <details>
        <summary>Numbers</summary>
        <Numbers drawn={drawn} />
      </details>
    </>
  );
}

const columns = [
  'run',
  't',
  'm_{t,0}',
  'm_{t,0}, 25 %',
  'm_{t,0}, 75 %',
  'm_{t,t-1}',
  'm_{t,t-1}, 25 %',
  'm_{t,t-1}, 75 %',
];

function tableOf(drawn: readonly DrawnRun[]): { columns: string[]; rows: (string | number)[][] } {
  const rows = drawn.flatMap(({ label, curve }) =>
    (curve?.points ?? []).map((p) => [
      label,
      p.position,
      p.m0,
      p.m0q25,
      p.m0q75,
      p.mLocal,
      p.mLocalQ25,
      p.mLocalQ75,
    ]),
  );
  return { columns, rows };
}

function Numbers({ drawn }: { drawn: readonly DrawnRun[] }) {
  const { columns, rows } = tableOf(drawn);
  return (
    <ScrollTable
      label="Numbers of the curves"
      testId="dependence-table"
      columns={columns}
      rows={rows.map(([label, position, ...numbers]) => [
        String(label),
        String(position),
        ...numbers.map((value) => (value as number).toFixed(4)),
      ])}
    />
  );
}
