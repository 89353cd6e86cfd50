import { useCallback, useMemo, useState } from 'react';
import { percent } from '../format.ts';
import { ColourBar } from './ColourBar.tsx';
import { css, markOutside, outOfRange, signedColour, signedCss } from './colourMap.ts';
import styles from './HeatMap.module.css';
import { sliderKey } from './sliderKey.ts';
import { rem } from './textScale.ts';
import { positionTicks, roundTicks } from './ticks.ts';
import { type Surface, useCanvas } from './useCanvas.ts';
import { useWidth } from './useWidth.ts';

/** A dependence matrix, [T, T]: row t - 1, column j; entries with j >= t are no part of it. */
export interface Matrix {
  matrix: ArrayLike<number>;
  seqLen: number;
}

/**
 * m_{t,j} as a heat map, rows positions t, columns inputs j < t (j = 0 is z), and one row of it as bars. Values may be
 * slightly negative: a path integral is no share.
 * @param row the position t, 1-based, whose row is open
 */
export function DependenceMatrix({
  matrix,
  seqLen,
  row,
  onRow,
}: Matrix & { row: number; onRow: (row: number) => void }) {
  const [pointed, setPointed] = useState<{ t: number; j: number }>();
  const [frame, width] = useWidth<HTMLDivElement>(600);
  const paint = useCallback(
    (surface: Surface) => paintMatrix(surface, { matrix, seqLen }, row),
    [matrix, seqLen, row],
  );
  const canvas = useCanvas(paint);
  const outside = useMemo(() => anyOutside({ matrix, seqLen }), [matrix, seqLen]);
  const under = ({ clientX, clientY, currentTarget }: React.PointerEvent) => {
    const box = currentTarget.getBoundingClientRect();
    const cell = (share: number) => Math.min(seqLen - 1, Math.max(0, Math.floor(seqLen * share)));
    return { t: 1 + cell((clientY - box.top) / box.height), j: cell((clientX - box.left) / box.width) };
  };
  const value = pointed && pointed.j < pointed.t ? matrix[(pointed.t - 1) * seqLen + pointed.j] : undefined;
  const ticks = positionTicks(seqLen, 6);
  const middle = (index: number) => `${(100 * (index - 0.5)) / seqLen}%`;
  return (
    <div
      ref={frame}
      className={styles.matrix}
      style={width < 460 ? { gridTemplateColumns: 'minmax(0, 1fr)' } : undefined}
    >
      <figure className={styles.map}>
        <figcaption>
          <span>
            m<sub>t,j</sub>, all rows
          </span>
          <span className={styles.readout}>
            {pointed && value !== undefined && `t = ${pointed.t}, ${inputName(pointed.j)}: ${fine(value)}`}
          </span>
        </figcaption>
        <div className={styles.vertical} aria-hidden="true">
          {ticks.map((t) => (
            <span
              key={t}
              style={{ position: 'absolute', right: 0, top: middle(t), transform: 'translateY(-50%)' }}
            >
              {t}
            </span>
          ))}
          <span className={styles.unit}>position t</span>
        </div>
        <div
          className={`${styles.square} ${styles.slider}`}
          role="slider"
          tabIndex={0}
          aria-label="Row of the dependence matrix"
          aria-orientation="vertical"
          aria-valuemin={1}
          aria-valuemax={seqLen}
          aria-valuenow={row}
          aria-valuetext={rowText({ matrix, seqLen }, row)}
          onKeyDown={(event) => {
            const next = sliderKey(event.key, row, [1, seqLen], 'more');
            if (next === undefined) return;
            event.preventDefault();
            onRow(next);
          }}
          onPointerDown={(event) => onRow(under(event).t)}
          onPointerMove={(event) => setPointed(under(event))}
          onPointerLeave={() => setPointed(undefined)}
        >
          <canvas ref={canvas} />
        </div>
        <div className={styles.horizontal} aria-hidden="true">
          <span style={{ left: middle(1), transform: 'translateX(-50%)' }}>z</span>
          {ticks
            .filter((j) => j > 1 && j < seqLen)
            .map((j) => (
              <span key={j} style={{ left: middle(j + 1), transform: 'translateX(-50%)' }}>
                {j}
              </span>
            ))}
        </div>
        <p className={styles.foot}>
          <span className={styles.unit}>input j (0 is z)</span>
          <span className={styles.scale}>
            −100 % <ColourBar colour={(root) => signedCss(root * Math.abs(root))} low={-1} high={1} />
            <span className={styles.unit}>100 %</span> of the state (square-root scale)
            {outside && ', dots: outside'}
          </span>
        </p>
      </figure>
      <RowBars matrix={matrix} seqLen={seqLen} row={row} />
    </div>
  );
}

/** Whether an entry of the matrix is beyond the colours, which end at -100 % and 100 %. */
function anyOutside({ matrix, seqLen }: Matrix): boolean {
  return Array.from({ length: seqLen }, (_, k) => rowOf({ matrix, seqLen }, k + 1).values).some((values) =>
    values.some((value) => outOfRange(value, -1) !== 0),
  );
}

const inputName = (j: number) => (j === 0 ? 'z' : `j = ${j}`);

/** A share with one decimal: neighbouring entries of a row differ by less than a percent. */
const fine = (value: number) => `${(100 * value).toFixed(1).replace('-', '−')}\u00a0%`;

/** m_{t,0} .. m_{t,t-1} and their sum, which is 1 but for the error of the quadrature. */
export function rowOf({ matrix, seqLen }: Matrix, row: number): { values: number[]; sum: number } {
  const values = Array.from({ length: row }, (_, j) => matrix[(row - 1) * seqLen + j] ?? Number.NaN);
  return { values, sum: values.reduce((total, value) => total + value, 0) };
}

function rowText(matrix: Matrix, row: number): string {
  const { values, sum } = rowOf(matrix, row);
  return `row t = ${row}: ${percent(values[0] ?? Number.NaN)} from z, sum ${sum.toFixed(3)}`;
}

/** m_{t,j} over j for one t, on a scale of its own. */
function RowBars({ matrix, seqLen, row }: Matrix & { row: number }) {
  const { values, sum } = rowOf({ matrix, seqLen }, row);
  const [frame, width] = useWidth<HTMLElement>(320);
  const [left, height, foot] = [44, 190, 34];
  const low = Math.min(0, ...values);
  const high = Math.max(0.05, ...values);
  const ticks = roundTicks(low, high, 4);
  const wide = Math.max(1, width - left - 4) / row;
  const x = (j: number) => left + j * wide;
  const y = (value: number) => 6 + (height - 6) * ((high - value) / (high - low));
  return (
    <figure ref={frame} className={styles.row}>
      <figcaption>
        m<sub>{row},j</sub>: sum {sum.toFixed(3)}
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height + foot}`}
        height={rem(height + foot)}
        role="img"
        aria-label={`Row t = ${row} of the dependence matrix over its inputs`}
      >
        {ticks.map((tick) => (
          <g key={tick}>
            <line x1={left} x2={width - 4} y1={y(tick)} y2={y(tick)} stroke="var(--rule)" />
            <text x={left - 5} y={y(tick) + 4} textAnchor="end" fontSize="11" fill="var(--ink-soft)">
              {shortPercent(tick)}
            </text>
          </g>
        ))}
        {values.map((value, j) => (
          <rect
            key={inputName(j)}
            x={x(j) + Math.min(1, wide / 8)}
            width={Math.max(0.5, wide - Math.min(2, wide / 4))}
            y={y(Math.max(0, value))}
            height={Math.max(0.5, Math.abs(y(value) - y(0)))}
            fill={value < 0 ? 'var(--local)' : j === 0 ? 'var(--global)' : 'var(--real)'}
          >
            <title>{`${inputName(j)}: ${fine(value)}`}</title>
          </rect>
        ))}
        <line x1={left} x2={width - 4} y1={y(0)} y2={y(0)} stroke="var(--rule-strong)" />
        <g textAnchor="middle" fontSize="11" fill="var(--ink-soft)">
          <text x={x(0.5)} y={height + 14}>
            z
          </text>
          {positionTicks(row - 1, 5)
            .filter((j) => j > 0 && (j > 1 || row < 12) && j < row)
            .map((j) => (
              <text key={j} x={x(j + 0.5)} y={height + 14}>
                {j}
              </text>
            ))}
          <text x={(left + width) / 2} y={height + 30}>
            input j
          </text>
        </g>
      </svg>
    </figure>
  );
}

const shortPercent = (value: number) => `${Number((100 * value).toPrecision(2))} %`.replace('-', '−');

/** Row 1 at the top; what lies on and above the diagonal is left blank behind its staircase. */
function paintMatrix(
  { context, width, height, colour, scheme }: Surface,
  { matrix, seqLen }: Matrix,
  row: number,
) {
  const x = (j: number) => Math.round((j * width) / seqLen);
  const y = (t: number) => Math.round(((t - 1) * height) / seqLen);
  for (let t = 1; t <= seqLen; t++) {
    for (let j = 0; j < t; j++) {
      const value = matrix[(t - 1) * seqLen + j] ?? Number.NaN;
      const fill = signedColour(value, scheme);
      if (!fill) continue;
      const cell = [x(j), y(t), x(j + 1) - x(j), y(t + 1) - y(t)] as const;
      context.fillStyle = css(fill);
      context.fillRect(...cell);
      if (outOfRange(value, -1) !== 0) markOutside(context, cell, colour('--paper'));
    }
  }
  context.strokeStyle = colour('--rule-strong');
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(0.5, 0.5);
  for (let t = 1; t <= seqLen; t++) {
    context.lineTo(x(t) - 0.5, y(t) + 0.5);
    context.lineTo(x(t) - 0.5, Math.min(height - 0.5, y(t + 1) + 0.5));
  }
  context.lineTo(0.5, height - 0.5);
  context.closePath();
  context.stroke();
  const [top, high] = [y(row), Math.max(2, y(row + 1) - y(row))];
  for (const [lineWidth, token] of [
    [4, '--paper'],
    [2, '--ink'],
  ] as const) {
    context.lineWidth = lineWidth;
    context.strokeStyle = colour(token);
    context.strokeRect(1, top, Math.max(2, x(row) - 2), high);
  }
}
