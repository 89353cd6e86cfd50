import { useRef, useState } from 'react';
import type { ReportRun } from '../../engine/train/reportData.ts';
import { DependenceMatrix } from '../charts/DependenceMatrix.tsx';
import { FigureMenu } from '../figures/FigureMenu.tsx';
import { matrixCaption, matrixTable } from '../figures/matrixTable.ts';
import { figure } from '../format.ts';
import { floats } from './restore.ts';

/** The whole dependence matrix of every run that has one, with one row open in all of them. */
export function MatrixSection({ runs }: { runs: readonly ReportRun[] }) {
  const longest = Math.max(...runs.map(({ matrix }) => matrix?.seqLen ?? 1));
  const [row, setRow] = useState(longest);
  const picture = useRef<HTMLDivElement>(null);
  return (
    <section aria-label="Whole matrix" className="panel">
      <header className="row">
        <h2>
          Row t = {row} of the whole matrix m<sub>t,j</sub>
        </h2>
        <FigureMenu
          target={picture}
          name="matrix"
          caption={matrixCaption(row)}
          table={() =>
            matrixTable(
              runs.flatMap(({ label, matrix }) =>
                matrix ? { label, matrix: floats(matrix.values), seqLen: matrix.seqLen } : [],
              ),
            )
          }
        />
      </header>
      <div ref={picture} className="side-by-side">
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
