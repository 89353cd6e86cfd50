import { memo, type RefObject, useCallback, useEffect, useMemo, useRef } from 'react';
import {
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
import { OverlayKey } from './OverlayKey.tsx';
import { OverlayReadout } from './OverlayReadout.tsx';
import { overlayLines, still } from './overlayLines.tsx';
import {
  lastPosition,
  type OverlayRow,
  type OverlayRun,
  overlayRows,
  type Show,
  shareTicks,
} from './overlayRows.ts';
import { stepsBack, strokeOf } from './overlayStyle.ts';
import { useTextScale } from './textScale.ts';
import { positionTicks } from './ticks.ts';

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
      <OverlayKey runs={runs} show={show} />
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
            <OverlayReadout
              position={on ? Number(label) : undefined}
              runs={runs}
              show={show}
              active={active}
            />
          )}
        />
        <PlotPlaces positionAt={positionAt} />
        {!measured && <Line dataKey="scaffold" {...still} activeDot={false} stroke="none" />}
        {overlayLines(runs, show, last)}
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

/** What every run takes from z at the last position, or from the value before where that alone is drawn; of one run both. */
function endsOf(runs: readonly OverlayRun[], show: Show, last: number): End[] {
  const alone = runs.length === 1;
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
      opacity: stepsBack(run, runs) ? 0.5 : undefined,
    }));
  });
}
