import { useDeferredValue, useEffect, useMemo, useRef } from 'react';
import { DependenceOverlay } from '../charts/DependenceOverlay.tsx';
import { HeatStrip } from '../charts/HeatStrip.tsx';
import type { OverlayRun } from '../charts/overlayRows.ts';
import { curvesTable } from '../figures/curvesTable.ts';
import { FigureMenu } from '../figures/FigureMenu.tsx';
import { headline } from '../headline.ts';
import { lab } from '../lab.ts';
import { labelOf, sideOf } from '../runs/labels.ts';
import { at, type RunView } from '../runs/runView.ts';
import { Later, later } from '../shell/Later.tsx';
import { useShown } from '../shown.ts';
import { isBusy, useLab } from '../store.ts';
import { curvesCaption } from './curvesCaption.ts';
import { DependenceFootnote } from './DependenceFootnote.tsx';
import { RunSwatch } from './RunKey.tsx';

const MatrixView = later(() => import('./MatrixView.tsx'), 'MatrixView');

/** Earlier evaluations drawn behind a curve. */
const ghostCount = 6;

/** The hero: how much of each decoder's state comes from z, and how much from the value before. */
export function DependencePanel() {
  const runs = useShown('curves');
  const playhead = useLab((state) => state.playhead);
  const { curves: show, position } = useLab(({ view }) => view);
  const marked = position ?? undefined;
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
  const sentence = headline(drawn, marked);
  const when = curvesCaption(runs, drawn, playhead);
  const evaluated = runs.filter(({ curves }) => curves.length > 0);
  return (
    <section ref={region} aria-label="Dependence" className="panel hero">
      <header className="hero-head">
        <p className="soft">{when}</p>
        <h2 className="headline" data-testid="headline" aria-live="off">
          {sentence}
        </h2>
        <div className="tools">
          <CurveChoice />
          <FigureMenu
            target={chart}
            name="dependence"
            caption={`${sentence} ${when}.`}
            table={() => curvesTable(drawn)}
          />
        </div>
      </header>
      <div ref={chart} className="chart hero-chart">
        <DependenceOverlay
          runs={plotted}
          show={show}
          seqLen={planned}
          marked={marked}
          onMark={(next) => lab.show({ position: next === position ? null : next })}
        />
        {measured.length === 0 && <EmptyNote />}
      </div>
      {evaluated.length > 0 && (
        <div className="strips">
          {evaluated.map((run) => (
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
      {measured.length > 0 && <DependenceFootnote drawn={measured} />}
      {position !== null && (
        <Later>
          <MatrixView position={position} />
        </Later>
      )}
    </section>
  );
}

function drawnRun(run: RunView, index: number, runs: readonly RunView[], playhead?: number): OverlayRun {
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
