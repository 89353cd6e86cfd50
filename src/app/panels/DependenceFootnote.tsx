import { isTrusted, trustedResidual } from '../../engine/metrics/trust.ts';
import type { OverlayRun } from '../charts/overlayRows.ts';
import { curvesTable } from '../figures/curvesTable.ts';
import { figure } from '../format.ts';
import { ScrollTable } from './ScrollTable.tsx';

/** How far the curves can be trusted, what they were measured on, and their numbers. */
export function DependenceFootnote({ drawn }: { drawn: readonly OverlayRun[] }) {
  const doubtful = drawn.filter(({ curve }) => curve && !isTrusted(curve));
  const beyond = drawn.some(({ curve }) =>
    curve?.points.some(({ m0, mLocal }) => Math.max(m0, mLocal) > 1.05 || Math.min(m0, mLocal) < -0.05),
  );
  const [size = '', ...otherSizes] = new Set(drawn.map(sizeOf));
  const alike = otherSizes.length === 0;
  return (
    <>
      <p className="fine figures">
        {drawn.map((run) => (
          <span key={run.id} data-testid="residual">
            {drawn.length > 1 ? `${run.label}: residual` : 'Residual'} |Σ<sub>j</sub> m<sub>t,j</sub> − 1| ≤{' '}
            {figure(run.curve?.residual)}
            {!alike && ` (${sizeOf(run)})`}
          </span>
        ))}
        <span>
          {alike ? `${size}; bands: middle half of the series` : 'Bands: middle half of the series'}
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
          {label}: a residual above {trustedResidual} after {curve?.quadrature} nodes means that this curve
          cannot be trusted: the decoder’s gates switch too sharply on the path.
        </p>
      ))}
      <details>
        <summary>Numbers</summary>
        <Numbers drawn={drawn} />
      </details>
    </>
  );
}

/** What a curve was measured on. */
const sizeOf = ({ curve }: OverlayRun) =>
  `${curve?.series} held-out series, ${curve?.quadrature} quadrature nodes`;

function Numbers({ drawn }: { drawn: readonly OverlayRun[] }) {
  const { columns, rows } = curvesTable(drawn);
  return (
    <ScrollTable
      label="Numbers of the curves"
      testId="dependence-table"
      columns={columns}
      rows={rows.map(([label, step, position, ...numbers]) => [
        String(label),
        String(step),
        String(position),
        ...numbers.map((value) => (value as number).toFixed(4)),
      ])}
    />
  );
}
