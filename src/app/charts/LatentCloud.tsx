import { useEffect, useState } from 'react';
import styles from './LatentCloud.module.css';
import { rem } from './textScale.ts';
import { thin } from './thin.ts';
import { roundTicks, tickTexts } from './ticks.ts';
import { useStill } from './useStill.ts';
import { useWidth } from './useWidth.ts';

/** One moment of the reverse diffusion on the same plane. */
export interface Frame {
  /** Of the diffusion: it falls from L to 0. */
  timestep: number;
  /** [n, 2] */
  points: Float32Array;
}

type Point = readonly [x: number, y: number];

const most = 512;
const frameMilliseconds = 90;
const margin = { left: 48, right: 8, top: 8, bottom: 34 };

/**
 * Latents on a plane: those of held-out series filled, sampled ones hollow, and N(0, I) as circles of one and two
 * standard deviations around `origin`.
 * @param encoded [n, 2] @param sampled [n, 2]
 * @param sampledFrom what the sampled ones are drawn from @param explained share of the encoded latents' variance along each axis
 * @param trajectory frames of the reverse diffusion, from timestep L to 0, played in place of `sampled` as soon as they are
 *   there; a reader who wants no motion steps through them
 */
export function LatentCloud(props: {
  label: string;
  encoded: Float32Array;
  sampled: Float32Array;
  origin: readonly [number, number];
  explained: readonly [number, number];
  sampledFrom: 'diffusion' | 'prior';
  trajectory?: readonly Frame[];
}) {
  const { label, encoded, origin, explained, sampledFrom, trajectory = [] } = props;
  const [place, measured] = useWidth<HTMLElement>(320);
  const [chosen, setFrame] = useState<number>();
  const frame = Math.min(chosen ?? 0, trajectory.length - 1);
  const shown = trajectory[frame];
  const sampled = shown?.points ?? props.sampled;
  const width = Math.min(measured, 420);
  const side = width - margin.left - margin.right;
  // The frame of the picture does not depend on the moment that is played, so that points move and not the axes.
  const { centre, half } = frameOf(
    [encoded, props.sampled, ...trajectory.map(({ points }) => points)],
    origin,
  );
  const scale = side / (2 * half);
  const x = (value: number) => margin.left + side / 2 + (value - centre[0]) * scale;
  const y = (value: number) => margin.top + side / 2 - (value - centre[1]) * scale;
  const inside = ([px, py]: Point) => Math.abs(px - centre[0]) <= half && Math.abs(py - centre[1]) <= half;
  const ticks = [0, 1].map((axis) =>
    roundTicks((centre[axis] ?? 0) - half, (centre[axis] ?? 0) + half, 4),
  ) as [number[], number[]];
  // Where there is little room the whole name would be cut off.
  const axisName = (index: 0 | 1) =>
    `${side < 190 ? '' : 'principal '}component ${index + 1} (${Math.round(100 * explained[index])} %${side < 190 ? '' : ' of variance'})`;
  return (
    <figure ref={place} className={styles.cloud}>
      <svg
        viewBox={`0 0 ${width} ${side + margin.top + margin.bottom}`}
        width={rem(width)}
        role="img"
        aria-label={`${label}: ${countText(encoded)} encoded, ${countText(sampled)} sampled, against N(0, I)`}
      >
        <g className={styles.axis}>
          <rect x={margin.left} y={margin.top} width={side} height={side} />
          {ticks[0].map((tick, k) => (
            <text key={tick} x={x(tick)} y={margin.top + side + 13} textAnchor="middle">
              {tickTexts(ticks[0])[k]}
            </text>
          ))}
          {ticks[1].map((tick, k) => (
            <text key={tick} x={margin.left - 5} y={y(tick) + 4} textAnchor="end">
              {tickTexts(ticks[1])[k]}
            </text>
          ))}
          <text x={margin.left + side / 2} y={margin.top + side + 28} textAnchor="middle">
            {axisName(0)}
          </text>
          <text transform={`translate(10 ${margin.top + side / 2}) rotate(-90)`} textAnchor="middle">
            {axisName(1)}
          </text>
        </g>
        {points(encoded).map((point, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a point has no name but its place in the set
          <circle key={index} className={styles.encoded} cx={x(point[0])} cy={y(point[1])} r="2.5" />
        ))}
        {points(sampled)
          .filter(inside)
          .map((point, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a point has no name but its place in the set
            <circle key={index} className={styles.sampled} cx={x(point[0])} cy={y(point[1])} r="3" />
          ))}
        {[1, 2].map((deviations) => (
          <circle
            key={deviations}
            className={styles.normal}
            cx={x(origin[0])}
            cy={y(origin[1])}
            r={deviations * scale}
          />
        ))}
      </svg>
      <figcaption>
        <ul className={styles.key}>
          <li>
            <Mark name="encoded" /> encoded series{fewer(encoded)}
          </li>
          <li>
            <Mark name="sampled" />{' '}
            {sampledFrom === 'diffusion' ? 'sampled by the diffusion' : 'drawn from the prior, N(0, I)'}
            {fewer(sampled)}
            {shown && `, timestep ${shown.timestep}`}
          </li>
          <li>
            <Mark name="normal" /> N(0, I), 1 and 2 standard deviations
          </li>
        </ul>
      </figcaption>
      {trajectory.length > 1 && <Player frames={trajectory} frame={frame} setFrame={setFrame} />}
    </figure>
  );
}

/** Play, one step, and a slider over the moments. A reader who wants no motion steps through them. */
function Player(props: { frames: readonly Frame[]; frame: number; setFrame: (frame: number) => void }) {
  const { frames, frame, setFrame } = props;
  const still = useStill();
  const last = frames.length - 1;
  const [playing, setPlaying] = useState(!still);
  useEffect(() => {
    if (!playing) return;
    if (frame >= last || still) {
      setPlaying(false);
      return;
    }
    const timer = setTimeout(() => setFrame(frame + 1), frameMilliseconds);
    return () => clearTimeout(timer);
  }, [playing, frame, last, still, setFrame]);
  return (
    <div className={styles.player} data-figure="skip">
      {!still && (
        <button
          type="button"
          onClick={() => {
            if (!playing && frame >= last) setFrame(0);
            setPlaying(!playing);
          }}
        >
          {playing ? 'Stop' : 'Play'}
        </button>
      )}
      <button
        type="button"
        onClick={() => {
          setPlaying(false);
          setFrame(frame >= last ? 0 : frame + 1);
        }}
      >
        Next step
      </button>
      <input
        type="range"
        min={0}
        max={last}
        value={frame}
        aria-label="Reverse diffusion"
        aria-valuetext={`timestep ${frames[frame]?.timestep}`}
        onChange={({ target }) => {
          setPlaying(false);
          setFrame(Number(target.value));
        }}
      />
    </div>
  );
}

function Mark({ name }: { name: 'encoded' | 'sampled' | 'normal' }) {
  return (
    <svg width={rem(12)} height={rem(12)} viewBox="0 0 12 12" aria-hidden="true">
      <circle cx="6" cy="6" r={name === 'normal' ? 5 : 3} className={styles[name]} />
    </svg>
  );
}

const pairs = (values: Float32Array): Point[] =>
  Array.from({ length: values.length / 2 }, (_, i) => [values[2 * i] ?? 0, values[2 * i + 1] ?? 0]);

/** Those that are drawn. */
const points = (values: Float32Array): readonly Point[] => thin(pairs(values), most);

/** How many points are drawn, and of how many where there are more: `500 of 2,000`. */
function countText(values: Float32Array): string {
  const [drawn, all] = [points(values).length, values.length / 2];
  return drawn === all ? String(all) : `${drawn} of ${all.toLocaleString('en')}`;
}

/** Says in the key that not all are drawn. */
const fewer = (values: Float32Array) => values.length / 2 > most && `, ${countText(values)}`;

/** The square that holds all points and the circle of two standard deviations, with some air. */
export function frameOf(
  sets: readonly Float32Array[],
  [originX, originY]: Point,
): { centre: Point; half: number } {
  const box = [originX - 2, originX + 2, originY - 2, originY + 2] as [number, number, number, number];
  for (const set of sets) {
    for (const [x, y] of pairs(set)) {
      if (!Number.isFinite(x + y)) continue;
      box[0] = Math.min(box[0], x);
      box[1] = Math.max(box[1], x);
      box[2] = Math.min(box[2], y);
      box[3] = Math.max(box[3], y);
    }
  }
  return {
    centre: [(box[0] + box[1]) / 2, (box[2] + box[3]) / 2],
    half: (1.06 * Math.max(box[1] - box[0], box[3] - box[2])) / 2,
  };
}
