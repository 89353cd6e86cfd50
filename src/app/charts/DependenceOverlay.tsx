import { memo, type RefObject, useCallback, useEffect, useMemo, useRef } from 'react';
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Label,
  Line,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  usePlotArea,
  useXAxisInverseDataSnapScale,
  XAxis,
  YAxis,
} from 'recharts';
import { percent } from '../format.ts';
import styles from './DependenceOverlay.module.css';
import { type End, EndLabels } from './EndLabels.tsx';
import {
  lastPosition,
  type OverlayRow,
  type OverlayRun,
  overlayRows,
  type Show,
  shareTicks,
} from './overlayRows.ts';
import { runColour, runDash } from './runStyle.ts';
import { rem, useTextScale } from './textScale.ts';
import { positionTicks } from './ticks.ts';

const still = { isAnimationActive: false, dot: false, activeDot: { r: 3 } } as const;
const axisStyle = (fontSize: number) =>
  ({ stroke: 'var(--rule-strong)', tick: { fill: 'var(--ink-soft)', fontSize } }) as const;

/**
 * m_{t,0} and m_{t,t-1} over positions, run over run, with bands of quartiles over series and faint trails of earlier
 * evaluations. One run: solid from z, dashed from the value before. Several: a run has its colour and its dash, thick
 * from z, thin with rings from the value before. It fills the height of its place.
 * @param seqLen length of the axis while there is no curve
 * @param marked a position, drawn as a line
 * @param onMark a click on a position, or Enter on the one that the arrow keys have come to
 */
export function DependenceOverlay(props: {
  runs: readonly OverlayRun[];
  show: Show;
  seqLen: number;
  marked?: number;
  onMark?: (position: number) => void;
}) {
  const { runs, show, seqLen, marked, onMark } = props;
  const active = useRef<number>(undefined);
  const latest = useRef(onMark);
  useEffect(() => {
    latest.current = onMark;
  });
  const mark = useCallback((position: number | undefined) => {
    if (position !== undefined && Number.isFinite(position)) latest.current?.(position);
  }, []);
  return (
    <fieldset
      className={styles.overlay}
      aria-label={describe(runs, show)}
      onKeyDownCapture={(event) => {
        if (event.key !== 'Enter' || active.current === undefined) return;
        // Recharts would hide its readout on Enter.
        event.stopPropagation();
        mark(active.current);
      }}
    >
      <Key runs={runs} show={show} />
      <div className={onMark ? `${styles.plot} ${styles.choosing}` : styles.plot}>
        <Plot runs={runs} show={show} seqLen={seqLen} marked={marked} mark={mark} active={active} />
      </div>
    </fieldset>
  );
}

function describe(runs: readonly OverlayRun[], show: Show): string {
  const what = { global: 'm_{t,0}', local: 'm_{t,t-1}', both: 'm_{t,0} and m_{t,t-1}' }[show];
  return `${what} over positions${runs.length > 0 ? `: ${runs.map(({ label }) => label).join(', ')}` : ''}`;
}

/** Redrawn only when what it shows has changed: with four runs it is the costliest picture of the page. */
const Plot = memo(function Plot(props: {
  runs: readonly OverlayRun[];
  show: Show;
  seqLen: number;
  marked?: number;
  mark: (position: number | undefined) => void;
  active: RefObject<number | undefined>;
}) {
  const { runs, show, seqLen, marked, mark, active } = props;
  const rows = useMemo(() => overlayRows(runs, show, seqLen), [runs, show, seqLen]);
  const last = lastPosition(runs, seqLen);
  const measured = runs.some(({ curve }) => curve);
  const scale = useTextScale();
  const fontSize = 12 * scale;
  const axis = axisStyle(fontSize);
  const positionAt = useRef<PositionAt>(undefined);
  return (
    <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 600, height: 300 }}>
      <ComposedChart
        data={rows as OverlayRow[]}
        margin={{ top: 8, right: 52 * scale, bottom: 22 * scale, left: 4 }}
        accessibilityLayer={measured}
        onClick={(_, { clientX, currentTarget }) =>
          measured && mark(positionAt.current?.(clientX - currentTarget.getBoundingClientRect().left))
        }
      >
        <CartesianGrid stroke="var(--rule)" vertical={false} syncWithTicks />
        <XAxis dataKey="position" type="number" domain={[1, last]} ticks={positionTicks(last)} {...axis}>
          <Label
            value="position t in the series"
            position="bottom"
            offset={2}
            fill="var(--ink-soft)"
            fontSize={fontSize}
          />
        </XAxis>
        <YAxis
          type="number"
          domain={[(low: number) => Math.min(0, low), (high: number) => Math.max(1, high)]}
          ticks={shareTicks(rows)}
          tickFormatter={percent}
          width={58 * scale}
          {...axis}
        >
          <Label
            value="share of the state"
            angle={-90}
            position="insideLeft"
            offset={2}
            style={{ textAnchor: 'middle' }}
            fill="var(--ink-soft)"
            fontSize={fontSize}
          />
        </YAxis>
        <Tooltip
          isAnimationActive={false}
          content={({ active: on, label }) => (
            <Readout position={on ? Number(label) : undefined} runs={runs} show={show} active={active} />
          )}
        />
        <PlotPlaces positionAt={positionAt} />
        {!measured && <Line dataKey="scaffold" {...still} activeDot={false} stroke="none" />}
        {lines(runs, show, last)}
        <EndLabels ends={endsOf(runs, show, last)} fontSize={fontSize} />
        {marked !== undefined && marked <= last && (
          <ReferenceLine
            x={marked}
            stroke="var(--ink)"
            strokeWidth={1}
            label={{ value: `t = ${marked}`, position: 'insideTopRight', fill: 'var(--ink)', fontSize }}
          />
        )}
      </ComposedChart>
    </ResponsiveContainer>
  );
});

/** The position nearest to a place across the chart, in pixels; none beside the plot. */
type PositionAt = (x: number) => number | undefined;

/**
 * Says where positions are, inside a chart. What the chart itself takes for the place of the pointer lags behind it: a tap, which
 * moves and clicks at once, would mark the position of the tap before.
 */
function PlotPlaces({ positionAt }: { positionAt: RefObject<PositionAt | undefined> }) {
  const area = usePlotArea();
  const nearest = useXAxisInverseDataSnapScale();
  useEffect(() => {
    positionAt.current = (x) => {
      if (!area || !nearest || x < area.x || x > area.x + area.width) return undefined;
      return Number(nearest(x));
    };
  }, [positionAt, area, nearest]);
  return null;
}

/** Bands first, then trails, then lines, so that no line of a run is hidden by a band of another. */
function lines(runs: readonly OverlayRun[], show: Show, last: number) {
  const alone = runs.length === 1;
  const emphasised = runs.some(({ emphasis }) => emphasis);
  const strength = (run: OverlayRun) => (emphasised && !run.emphasis ? 0.25 : 1);
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

const strokeOf = ({ colour }: OverlayRun, local: boolean, alone: boolean) =>
  alone ? (local ? 'var(--local)' : 'var(--global)') : runColour(colour);

function lineStyle(run: OverlayRun, local: boolean, alone: boolean) {
  const stroke = strokeOf(run, local, alone);
  if (alone) return { stroke, strokeWidth: local ? 2 : 2.5, strokeDasharray: local ? '6 4' : undefined };
  return { stroke, strokeWidth: local ? 1.25 : 2.75, strokeDasharray: runDash(run.colour) };
}

/** What every run takes from z at the last position, or from the value before where that alone is drawn; of one run both. */
function endsOf(runs: readonly OverlayRun[], show: Show, last: number): End[] {
  const alone = runs.length === 1;
  const emphasised = runs.some(({ emphasis }) => emphasis);
  return runs.flatMap((run) => {
    const point = run.curve?.points[last - 1];
    if (!point) return [];
    const ends = [
      { key: 'g', value: point.m0, on: show !== 'local' },
      { key: 'l', value: point.mLocal, on: show === 'local' || (alone && show === 'both') },
    ].filter(({ on }) => on);
    return ends.map(({ key, value }) => ({
      id: `${key} ${run.id}`,
      value,
      text: percent(value),
      colour: strokeOf(run, key === 'l', alone),
      opacity: emphasised && !run.emphasis ? 0.5 : undefined,
    }));
  });
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

/** Which line is what. */
function Key({ runs, show }: { runs: readonly OverlayRun[]; show: Show }) {
  const [first] = runs;
  if (!first) return null;
  const alone = runs.length === 1;
  const kinds = [
    { local: false, text: 'from z, m', sub: 't,0', on: show !== 'local' },
    { local: true, text: 'from the value before, m', sub: 't,t−1', on: show !== 'global' },
  ].filter(({ on }) => on);
  return (
    <ul className={styles.key}>
      {!alone &&
        runs.map((run) => (
          <li key={run.id} className={run.emphasis ? styles.emphasis : undefined}>
            <Swatch style={lineStyle(run, show === 'local', false)} />
            {run.label}
          </li>
        ))}
      {(alone || show !== 'global') &&
        kinds.map(({ local, text, sub }) => (
          <li key={sub} className={alone ? undefined : styles.kind}>
            <Swatch
              style={
                alone
                  ? lineStyle(first, local, true)
                  : { stroke: 'var(--ink-soft)', strokeWidth: local ? 1.25 : 2.75 }
              }
              ring={local && !alone}
            />
            <span>
              {text}
              <sub>{sub}</sub>
            </span>
          </li>
        ))}
    </ul>
  );
}

function Swatch({ style, ring = false }: { style: React.SVGAttributes<SVGLineElement>; ring?: boolean }) {
  return (
    <svg width={rem(28)} height={rem(10)} viewBox="0 0 28 10" aria-hidden="true">
      <line x1="0" x2="28" y1="5" y2="5" {...style} />
      {ring && <circle cx="14" cy="5" r="3" fill="var(--paper)" stroke={style.stroke} strokeWidth="1.25" />}
    </svg>
  );
}

/** Every run at the position under the pointer, or where the arrow keys have come to. */
function Readout(props: {
  position?: number;
  runs: readonly OverlayRun[];
  show: Show;
  active: RefObject<number | undefined>;
}) {
  const { position, runs, show, active } = props;
  const known = position !== undefined && runs.some(({ curve }) => curve?.points[position - 1]);
  useEffect(() => {
    active.current = known ? position : undefined;
  }, [active, known, position]);
  if (!known) return null;
  return (
    <table className={styles.readout}>
      <thead>
        <tr>
          <th scope="col">Position {position}</th>
          {show !== 'local' && <th scope="col">from z</th>}
          {show !== 'global' && <th scope="col">from before</th>}
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => {
          const point = run.curve?.points[position - 1];
          if (!point) return null;
          return (
            <tr key={run.id}>
              <th scope="row">
                {runs.length > 1 && <Swatch style={lineStyle(run, false, false)} />} {run.label}
              </th>
              {show !== 'local' && <Share value={point.m0} band={[point.m0q25, point.m0q75]} />}
              {show !== 'global' && <Share value={point.mLocal} band={[point.mLocalQ25, point.mLocalQ75]} />}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Share({ value, band }: { value: number; band: readonly [number, number] }) {
  return (
    <td>
      {percent(value)} <span className={styles.band}>({band.map(percent).join(' to ')})</span>
    </td>
  );
}
