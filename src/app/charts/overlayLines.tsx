import { Area, Line } from 'recharts';
import type { OverlayRow, OverlayRun, Show } from './overlayRows.ts';
import { lineStyle, stepsBack, strokeOf } from './overlayStyle.ts';
import { runColour } from './runStyle.ts';

/** Of every line: nothing moves by itself. */
export const still = { isAnimationActive: false, dot: false, activeDot: { r: 3 } } as const;

/** Bands first, then trails, then lines, so that no line of a run is hidden by a band of another. */
export function overlayLines(runs: readonly OverlayRun[], show: Show, last: number) {
  const alone = runs.length === 1;
  const strength = (run: OverlayRun) => (stepsBack(run, runs) ? 0.25 : 1);
  const bands = runs.flatMap((run, k) =>
    (['gb', 'lb'] as const).map((key) => (
      <Area
        key={`${key} ${run.id}`}
        dataKey={`${key}${k}`}
        {...still}
        activeDot={false}
        stroke="none"
        fill={strokeOf(run, key === 'lb', alone)}
        fillOpacity={(key === 'lb' && !alone ? 0.07 : alone ? 0.16 : 0.13) * strength(run)}
      />
    )),
  );
  const trails = runs.flatMap((run, k) =>
    (run.ghosts ?? []).map((ghost, i, { length }) => (
      <Line
        key={`${run.id} ${ghost.step}`}
        dataKey={`e${k}.${i}`}
        {...still}
        activeDot={false}
        stroke={strokeOf(run, show === 'local', alone)}
        strokeWidth={1}
        strokeOpacity={(0.12 + (0.33 * (i + 1)) / length) * strength(run)}
      />
    )),
  );
  const curves = runs.flatMap((run, k) =>
    (['l', 'g'] as const).map((key) => (
      <Line
        key={`${key} ${run.id}`}
        dataKey={`${key}${k}`}
        {...still}
        {...lineStyle(run, key === 'l', alone)}
        strokeOpacity={strength(run)}
        dot={key === 'l' && !alone ? rings(run, k, last) : false}
      />
    )),
  );
  return [...bands, ...trails, ...curves];
}

/** About eight rings along a line, at other positions for every run, so that lines that coincide show theirs in turn. */
function rings(run: OverlayRun, index: number, last: number) {
  const every = Math.max(2, Math.round(last / 8));
  return ({ cx, cy, payload }: { cx?: number; cy?: number; payload?: OverlayRow }) => {
    const position = payload?.position ?? 0;
    const here = (position + Math.round((index * every) / 4)) % every === 0;
    return here && cx !== undefined && cy !== undefined ? (
      <circle
        key={position}
        cx={cx}
        cy={cy}
        r={3}
        fill="var(--paper)"
        stroke={runColour(run.colour)}
        strokeWidth={1.25}
      />
    ) : (
      <g key={position} />
    );
  };
}
