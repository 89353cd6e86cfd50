import { type ReactNode, useCallback, useMemo, useState } from 'react';
import type { DependenceCurve, DependencePoint } from '../../engine/train/protocol.ts';
import { percent } from '../format.ts';
import { ColourBar } from './ColourBar.tsx';
import { css, markOutside, outOfRange, shareColour } from './colourMap.ts';
import { columnAt, columnEdges, labelledSteps } from './columnEdges.ts';
import styles from './HeatMap.module.css';
import { sliderKey } from './sliderKey.ts';
import { type Surface, useCanvas } from './useCanvas.ts';
import { useWidth } from './useWidth.ts';

/**
 * Training step x position as a heat map, a column an evaluation, at its true step: the history of a collapse in one
 * picture. It is a scrubber too.
 * @param label names the scrubber; `caption` is what stands above it, where the axes say the rest
 * @param value m_{t,0} or m_{t,t-1}
 * @param selected index in `curves`; the last one where it is left out
 */
export function HeatStrip(props: {
  label: string;
  caption?: ReactNode;
  curves: readonly DependenceCurve[];
  value: 'm0' | 'mLocal';
  selected?: number;
  onSelect: (index: number) => void;
}) {
  const { label, caption = label, curves, value, onSelect } = props;
  const last = curves.length - 1;
  const selected = Math.min(last, Math.max(0, props.selected ?? last));
  const steps = useMemo(() => curves.map(({ step }) => step), [curves]);
  const edges = useMemo(() => columnEdges(steps), [steps]);
  const seqLen = Math.max(1, ...curves.map(({ points }) => points.length));
  const [pointed, setPointed] = useState<{ index: number; position: number }>();
  const [place, width] = useWidth<HTMLDivElement>(600);

  const paint = useCallback(
    (surface: Surface) => paintStrip(surface, { curves, edges, seqLen, value, selected }),
    [curves, edges, seqLen, value, selected],
  );
  const canvas = useCanvas(paint);
  const under = ({ clientX, clientY, currentTarget }: React.PointerEvent) => {
    const box = currentTarget.getBoundingClientRect();
    const position = 1 + Math.floor((seqLen * (box.bottom - clientY)) / box.height);
    return {
      index: columnAt(edges, (clientX - box.left) / box.width),
      position: Math.min(seqLen, Math.max(1, position)),
    };
  };
  if (last < 0) return null;
  return (
    <figure className={styles.map}>
      <figcaption>
        <span>{caption}</span>
        <span className={styles.readout}>{readoutOf(curves, value, selected, pointed)}</span>
      </figcaption>
      <div className={styles.vertical} aria-hidden="true">
        <span>{seqLen}</span>
        <span className={styles.unit}>position t</span>
        <span>1</span>
      </div>
      <div
        ref={place}
        className={`${styles.strip} ${styles.slider}`}
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={selected}
        aria-valuetext={`step ${curves[selected]?.step}`}
        onKeyDown={(event) => {
          const next = sliderKey(event.key, selected, [0, last]);
          if (next === undefined) return;
          event.preventDefault();
          onSelect(next);
        }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          onSelect(under(event).index);
        }}
        onPointerMove={(event) => {
          const at = under(event);
          setPointed(at);
          if (event.buttons === 1 && at.index !== selected) onSelect(at.index);
        }}
        onPointerLeave={() => setPointed(undefined)}
      >
        <canvas ref={canvas} />
      </div>
      <div className={styles.horizontal} aria-hidden="true">
        {labelledSteps(steps, Math.max(2, Math.floor(width / 64))).map(({ step, share }) => (
          <span key={step} style={placeOf(share)}>
            {step.toLocaleString('en')}
          </span>
        ))}
      </div>
      <p className={styles.foot}>
        <span className={styles.unit}>training step</span>
        <span className={styles.scale}>
          0 %
          <ColourBar colour={(share) => css(shareColour(share))} low={0} high={1} />
          100 %{anyOut(curves, value) && ', dots: outside'}
        </span>
      </p>
    </figure>
  );
}

/** A label under its step; the outermost ones stay inside the picture. */
function placeOf(share: number): React.CSSProperties {
  if (share < 0.04) return { left: 0 };
  if (share > 0.94) return { right: 0 };
  return { left: `${100 * share}%`, transform: 'translateX(-50%)' };
}

function readoutOf(
  curves: readonly DependenceCurve[],
  value: 'm0' | 'mLocal',
  selected: number,
  pointed?: { index: number; position: number },
): string {
  const curve = curves[pointed?.index ?? selected];
  const point = pointed && curve?.points[pointed.position - 1];
  const step = `step ${curve?.step.toLocaleString('en')}`;
  return point ? `${step}, t = ${point.position}: ${percent(point[value])}` : step;
}

const anyOut = (curves: readonly DependenceCurve[], value: 'm0' | 'mLocal') =>
  curves.some(({ points }) => points.some((point) => outOfRange(point[value]) !== 0));

interface Strip {
  curves: readonly DependenceCurve[];
  edges: readonly number[];
  seqLen: number;
  value: 'm0' | 'mLocal';
  selected: number;
}

/** Position 1 at the bottom, as on a vertical axis. */
function paintStrip({ context, width, height, colour }: Surface, strip: Strip): void {
  const { curves, edges, seqLen, value, selected } = strip;
  const x = (index: number) => Math.round((edges[index] ?? 1) * width);
  const y = (position: number) => Math.round((height * (seqLen - position)) / seqLen);
  curves.forEach(({ points }, index) => {
    for (const point of points) paintCell(point, index);
  });
  const [left, right] = [x(selected), x(selected + 1)];
  context.lineWidth = 4;
  context.strokeStyle = colour('--paper');
  context.strokeRect(left, 1, Math.max(2, right - left), height - 2);
  context.lineWidth = 2;
  context.strokeStyle = colour('--ink');
  context.strokeRect(left, 1, Math.max(2, right - left), height - 2);

  function paintCell(point: DependencePoint, index: number): void {
    const fill = shareColour(point[value]);
    if (!fill) return;
    const [left, top] = [x(index), y(point.position)];
    const [wide, high] = [x(index + 1) - left, y(point.position - 1) - top];
    context.fillStyle = css(fill);
    context.fillRect(left, top, wide, high);
    if (outOfRange(point[value]) === 0) return;
    markOutside(context, [left, top, wide, high], point[value] < 0 ? 'white' : 'black');
  }
}
