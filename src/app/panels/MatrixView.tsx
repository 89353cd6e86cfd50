import { useEffect, useRef } from 'react';
import { DependenceMatrix } from '../charts/DependenceMatrix.tsx';
import { FigureMenu } from '../figures/FigureMenu.tsx';
import { matrixCaption, matrixTable } from '../figures/matrixTable.ts';
import { figure } from '../format.ts';
import { lab } from '../lab.ts';
import { labelOf } from '../runs/labels.ts';
import type { RunView } from '../runs/runView.ts';
import { CloseButton } from '../shell/CloseButton.tsx';
import { useShown } from '../shown.ts';
import { useLab } from '../store.ts';
import { RunSwatch } from './RunKey.tsx';
import { WithSubscripts } from './WithSubscripts.tsx';

/** Row t of the whole matrix m_{t,j}, of every run whose weights are at hand. */
export function MatrixView({ position }: { position: number }) {
  const runs = useShown('curves', 'asked');
  const live = useLab((state) => state.live);
  const open = runs.filter(({ id, curves }) => live.includes(id) && curves.length > 0);
  const picture = useRef<HTMLDivElement>(null);
  const measured = open.flatMap((run) => {
    const { matrix } = run.asked;
    return matrix?.state === 'answered'
      ? { label: labelOf(run, runs), matrix: matrix.answer.values, seqLen: matrix.answer.seqLen }
      : [];
  });
  // A position marked on longer windows than these is drawn as the last of theirs.
  const row = Math.min(position, Math.max(...measured.map(({ seqLen }) => seqLen)));
  return (
    <section aria-label="Whole matrix" className="matrix">
      <header className="row">
        <h3>
          Row t = {measured.length > 0 ? row : position} of the whole matrix m<sub>t,j</sub>
        </h3>
        <div className="tools">
          {measured.length > 0 && (
            <FigureMenu
              target={picture}
              name="matrix"
              caption={matrixCaption(row)}
              table={() => matrixTable(measured)}
            />
          )}
          <CloseButton onClose={() => lab.show({ position: null })} />
        </div>
      </header>
      {open.length === 0 && (
        <p className="soft">The matrix is measured with a run’s weights: train one, and it opens here.</p>
      )}
      <div ref={picture} className="side-by-side">
        {open.map((run) => (
          <RunMatrix
            key={run.id}
            run={run}
            position={position}
            label={labelOf(run, runs)}
            place={runs.length > 1 ? runs.indexOf(run) : undefined}
          />
        ))}
      </div>
    </section>
  );
}

function RunMatrix(props: { run: RunView; position: number; label: string; place?: number }) {
  const { run, position, label, place } = props;
  const asked = run.asked.matrix;
  const { id } = run;
  useEffect(() => {
    if (!asked) lab.ask(id, 'matrix');
  }, [asked, id]);
  return (
    <div>
      <h4>
        {place !== undefined && <RunSwatch index={place} />}
        {label}
      </h4>
      {asked?.state === 'failed' && <p className="notice warn">{asked.message}</p>}
      {asked?.state === 'asking' && (
        <p className="soft">
          <WithSubscripts text="Measuring every m_{t,j}…" />
        </p>
      )}
      {asked?.state === 'answered' && (
        <>
          <DependenceMatrix
            matrix={asked.answer.values}
            seqLen={asked.answer.seqLen}
            row={Math.min(position, asked.answer.seqLen)}
            onRow={(next) => lab.show({ position: next })}
          />
          <p className="fine">
            Mean of {asked.answer.series} held-out series, residual {figure(asked.answer.residual)}.
          </p>
        </>
      )}
    </div>
  );
}
