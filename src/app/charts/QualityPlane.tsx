import { useState } from 'react';
import { placeLabels } from './placeLabels.ts';
import styles from './QualityPlane.module.css';
import { runColour } from './runStyle.ts';
import { rem } from './textScale.ts';
import { roundTicks, tickText } from './ticks.ts';
import { useWidth } from './useWidth.ts';

/** A run on the plane. NaN in either place leaves it out of the picture and names it below. */
export interface QualityPoint {
  id: string;
  label: string;
  /** How much z steers: control, or nats of the swap test. */
  x: number;
  /** A score over its score of real against real: 1 cannot be told from real data. */
  y: number;
  /** Place on the screen; else its place in the list. */
  colour?: number;
  /** Of many runs: points of a group share a mark that a key explains, and a label is shown for the lit one alone. */
  group?: string;
}

const margin = { left: 48, right: 12, top: 10, bottom: 36 };
const height = 280;

/**
 * Quality against control, every run a point: a collapsed model can score as well as any, and stands on the left.
 * @param groups those of the points, and of planes beside this one, in the order of their marks
 * @param floor the value of real against real, drawn as a line; none where it is not known
 * @param onHover the run under the pointer or with the focus; null when there is none
 */
export function QualityPlane(props: {
  points: readonly QualityPoint[];
  groups?: readonly string[];
  xLabel: string;
  yLabel: string;
  floor?: number;
  onHover?: (id: string | null) => void;
}) {
  const { points, groups = [], xLabel, yLabel, floor = 1, onHover } = props;
  const [lit, setLit] = useState<string | null>(null);
  const [place, measured] = useWidth<HTMLElement>(480);
  const width = Math.min(measured, 720);
  const drawn = points.flatMap((point, index) => {
    const colour = point.colour ?? (point.group === undefined ? index : groups.indexOf(point.group));
    return Number.isFinite(point.x + point.y) ? [{ ...point, colour }] : [];
  });
  const missing = points.filter(({ x, y }) => !Number.isFinite(x + y));
  const [left, right] = extent([0, 1, ...drawn.map(({ x }) => x)], 0.04);
  const [low, high] = extent(
    [...(Number.isFinite(floor) ? [floor, 1.5 * floor] : []), ...drawn.map(({ y }) => y)],
    0.08,
  );
  const x = (value: number) =>
    margin.left + ((width - margin.left - margin.right) * (value - left)) / (right - left);
  const y = (value: number) =>
    margin.top + ((height - margin.top - margin.bottom) * (high - value)) / (high - low);
  const placed =
    groups.length > 0
      ? []
      : placeLabels(
          drawn.map((point) => ({ x: x(point.x), y: y(point.y), label: point.label })),
          width,
          height - margin.bottom,
        );
  const light = (id: string | null) => {
    setLit(id);
    onHover?.(id);
  };
  return (
    <figure ref={place} className={styles.plane}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        width={rem(width)}
        role="img"
        aria-label={`${yLabel} against ${xLabel}, ${drawn.length} runs`}
      >
        <g className={styles.axis}>
          {roundTicks(low, high, 4).map((tick) => (
            <g key={tick}>
              <line x1={margin.left} x2={width - margin.right} y1={y(tick)} y2={y(tick)} />
              <text x={margin.left - 6} y={y(tick) + 4} textAnchor="end">
                {tickText(tick)}
              </text>
            </g>
          ))}
          {roundTicks(left, right, width < 400 ? 4 : 6).map((tick) => (
            <text key={tick} x={x(tick)} y={height - margin.bottom + 15} textAnchor="middle">
              {tickText(tick)}
            </text>
          ))}
          <text x={(margin.left + width - margin.right) / 2} y={height - 4} textAnchor="middle">
            {xLabel}
          </text>
          <text
            transform={`translate(11 ${margin.top + (height - margin.top - margin.bottom) / 2}) rotate(-90)`}
            textAnchor="middle"
          >
            {yLabel}
          </text>
        </g>
        {Number.isFinite(floor) && (
          <g className={styles.floor}>
            <line x1={margin.left} x2={width - margin.right} y1={y(floor)} y2={y(floor)} />
            <text x={width - margin.right} y={y(floor) + 13} textAnchor="end">
              floor: real against real
            </text>
          </g>
        )}
        {drawn.map((point, index) => {
          const [px, py, label] = [x(point.x), y(point.y), placed[index]];
          const shown = label ?? (lit === point.id ? above(px, py, width) : undefined);
          return (
            <g key={point.id} className={lit !== null && lit !== point.id ? styles.faint : undefined}>
              {label?.leader && (
                <line className={styles.leader} x1={px} y1={py} x2={label.x} y2={label.y - 4} />
              )}
              <path
                d={markPath(point.colour)}
                transform={`translate(${px} ${py})`}
                fill={runColour(point.colour)}
                stroke="var(--paper)"
              />
              {shown && (
                <text className={styles.name} x={shown.x} y={shown.y} textAnchor={shown.anchor}>
                  {point.label}
                </text>
              )}
            </g>
          );
        })}
      </svg>
      {drawn.map((point) => (
        <button
          key={point.id}
          type="button"
          className={styles.target}
          style={{ left: rem(x(point.x)), top: rem(y(point.y)) }}
          aria-label={textOf(point, xLabel, yLabel)}
          onPointerEnter={() => light(point.id)}
          onPointerLeave={() => light(null)}
          onFocus={() => light(point.id)}
          onBlur={() => light(null)}
        />
      ))}
      {groups.length > 0 && (
        <ul className={styles.key}>
          {groups.map((group, index) => (
            <li key={group}>
              <svg width={rem(14)} height={rem(14)} viewBox="-7 -7 14 14" aria-hidden="true">
                <path d={markPath(index)} fill={runColour(index)} />
              </svg>
              {group}
            </li>
          ))}
        </ul>
      )}
      <figcaption>{captionOf(drawn, lit, missing, { xLabel, yLabel })}</figcaption>
    </figure>
  );
}

/** Where a label that found no place of its own stands while its run is lit: over what is there. */
const above = (px: number, py: number, width: number) =>
  ({
    x: px,
    y: py - 10,
    anchor: px > 0.75 * width ? 'end' : px < 0.25 * width ? 'start' : 'middle',
  }) as const;

/** Ends that hold all values, with a share of air on both sides; 0 to 1 where there are none. */
function extent(values: readonly number[], air: number): readonly [number, number] {
  if (values.length === 0) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const span = high - low || Math.abs(high) || 1;
  return [low - air * span, high + air * span];
}

/**
 * A circle, a square, a triangle, a diamond: runs are told apart without colour. From the fifth on marks and colours meet in
 * other pairs, so that sixteen can be told apart.
 */
function markPath(index: number): string {
  return [
    'M-5.5 0a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0 -11 0z',
    'M-5 -5h10v10h-10z',
    'M0 -6.5L6.5 5h-13z',
    'M0 -7L7 0L0 7L-7 0z',
  ][(index + Math.floor(index / 4)) % 4] as string;
}

function captionOf(
  drawn: readonly QualityPoint[],
  lit: string | null,
  missing: readonly QualityPoint[],
  { xLabel, yLabel }: { xLabel: string; yLabel: string },
): string {
  const point = drawn.find(({ id }) => id === lit);
  if (point) return textOf(point, xLabel, yLabel);
  if (missing.length > 0) return `Not measured: ${missing.map(({ label }) => label).join(', ')}`;
  return 'Lower is closer to real data; further right, z steers more of the series.';
}

const textOf = ({ label, x, y }: QualityPoint, xLabel: string, yLabel: string) =>
  `${label}: ${xLabel} ${tickText(x)}, ${yLabel} ${tickText(y)}`;
