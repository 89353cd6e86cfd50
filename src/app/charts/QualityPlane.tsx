import { useState } from 'react';
import { type PlaneFacts, planeCaption } from '../../engine/export/planeCaption.ts';
import { PlaneKey, PlaneMark } from './PlaneKey.tsx';
import { placeLabels } from './placeLabels.ts';
import styles from './QualityPlane.module.css';
import { rem } from './textScale.ts';
import { axisName, roundTicks, tickText } from './ticks.ts';
import { useWidth } from './useWidth.ts';

/** A run on the plane. NaN in either place leaves it out of the picture and names it below. */
export interface QualityPoint {
  id: string;
  label: string;
  /** How much z steers: control, or nats of the swap test. */
  x: number;
  /** A score over its score of real against real, or one that is a share as it is. */
  y: number;
  /** Whether x cannot be trusted: the mark is hollow. */
  untrusted?: boolean;
  /** Place on the screen; else its place in the list. */
  colour?: number;
  /** Of many runs: points of a group share a mark that a key explains, and a label is shown for the lit one alone. */
  group?: string;
}

const margin = { left: 48, right: 12, top: 10, bottom: 36 };
const height = 320;
/** Letters that fit along the vertical axis, whose name is centred on it and may reach to the top. */
const yLetters = Math.floor((margin.top + height - margin.bottom) / 6.1);

/**
 * Quality against control, every run a point: a collapsed model can score as well as any, and stands on the left.
 * @param groups those of the points, and of planes beside this one, in the order of their marks; their key is drawn elsewhere
 * @param floor the value of real against real, drawn as a line; none where it is not known
 * @param better where a good value across lies
 * @param comparison series on each side of a comparison
 * @param onHover the run under the pointer or with the focus; null when there is none
 */
export function QualityPlane(props: {
  points: readonly QualityPoint[];
  groups?: readonly string[];
  xLabel: string;
  yLabel: string;
  floor?: number;
  better?: PlaneFacts['better'];
  comparison?: number;
  onHover?: (id: string | null) => void;
}) {
  const { points, groups = [], xLabel, yLabel, floor = 1, better, comparison, onHover } = props;
  const [lit, setLit] = useState<string | null>(null);
  const [place, measured] = useWidth<HTMLElement>(480);
  const width = Math.min(measured, 720);
  const drawn = points.flatMap((point, index) => {
    const colour = point.colour ?? (point.group === undefined ? index : groups.indexOf(point.group));
    return Number.isFinite(point.x + point.y) ? [{ ...point, colour }] : [];
  });
  const lone = drawn.find(({ id }) => id === lit);
  const caption = planeCaption({
    ...{ better, floor, comparison },
    hollow: drawn.some(({ untrusted }) => untrusted),
    missing: points.flatMap(({ label, x, y }) => (Number.isFinite(x + y) ? [] : [label])),
  });
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
            {axisName(yLabel, yLetters)}
          </text>
        </g>
        {Number.isFinite(floor) && (
          <line
            className={styles.floor}
            x1={margin.left}
            x2={width - margin.right}
            y1={y(floor)}
            y2={y(floor)}
          />
        )}
        {drawn.map((point, index) => {
          const [px, py, label] = [x(point.x), y(point.y), placed[index]];
          const shown = label ?? (lit === point.id ? above(px, py, width) : undefined);
          return (
            <g key={point.id} className={lit !== null && lit !== point.id ? styles.faint : undefined}>
              {label?.leader && (
                <line className={styles.leader} x1={px} y1={py} x2={label.x} y2={label.y - 4} />
              )}
              <PlaneMark index={point.colour} hollow={point.untrusted} transform={`translate(${px} ${py})`} />
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
      {groups.length === 0 && <PlaneKey groups={[]} floor={Number.isFinite(floor)} />}
      <figcaption>{lone ? textOf(lone, xLabel, yLabel) : caption}</figcaption>
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

const textOf = ({ label, x, y, untrusted }: QualityPoint, xLabel: string, yLabel: string) =>
  `${label}: ${xLabel} ${tickText(x)}${untrusted ? ', which cannot be trusted' : ''}, ${yLabel} ${tickText(y)}`;
