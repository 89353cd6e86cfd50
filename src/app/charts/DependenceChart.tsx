import {
  Area,
  CartesianGrid,
  ComposedChart,
  Label,
  Line,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import type { DependenceCurve, DependencePoint } from '../../engine/train/protocol.ts';
import { percent } from '../format.ts';
import { thin } from './thin.ts';

/** A position as drawn: ratios of sums over series, bands of quartiles, and the first evaluation's values. */
interface Drawn {
  position: number;
  global: number;
  globalBand: [number, number];
  local: number;
  localBand: [number, number];
  before?: number;
}

/** What the chart is given: positions as drawn, or the corners of the empty chart. */
type Row = Partial<Drawn> & { position: number; scaffold?: number };

const still = { isAnimationActive: false, dot: false, activeDot: { r: 3 } } as const;
const axis = { stroke: 'var(--rule-strong)', tick: { fill: 'var(--ink-soft)', fontSize: 12 } } as const;

/**
 * m_{t,0} and m_{t,t-1} over positions, with bands of quartiles over series.
 * @param first the run's first evaluation, drawn faintly; where there is one curve only it is left out
 * @param seqLen length of the axis while there is no curve
 */
export function DependenceChart(props: { curve?: DependenceCurve; first?: DependenceCurve; seqLen: number }) {
  const { curve, first, seqLen } = props;
  const last = curve?.points.length ?? seqLen;
  const rows: readonly Row[] = curve
    ? thin(curve.points).map((point) => drawn(point, first))
    : scaffold(last);
  return (
    <ResponsiveContainer width="100%" height="100%">
      <ComposedChart
        data={rows}
        margin={{ top: 8, right: 12, bottom: 22, left: 4 }}
        accessibilityLayer={curve !== undefined}
      >
        <CartesianGrid stroke="var(--rule)" vertical={false} syncWithTicks />
        <XAxis dataKey="position" type="number" domain={[1, last]} ticks={ticks(last)} {...axis}>
          <Label
            value="position t in the series"
            position="bottom"
            offset={2}
            fill="var(--ink-soft)"
            fontSize={12}
          />
        </XAxis>
        <YAxis
          type="number"
          domain={[(low: number) => Math.min(0, low), (high: number) => Math.max(1, high)]}
          ticks={[0, 0.25, 0.5, 0.75, 1]}
          tickFormatter={percent}
          width={58}
          {...axis}
        >
          <Label
            value="share of the state"
            angle={-90}
            position="insideLeft"
            offset={2}
            style={{ textAnchor: 'middle' }}
            fill="var(--ink-soft)"
            fontSize={12}
          />
        </YAxis>
        <Tooltip content={Readout} isAnimationActive={false} />
        <Area dataKey="globalBand" {...still} stroke="none" fill="var(--global)" fillOpacity={0.16} />
        <Area dataKey="localBand" {...still} stroke="none" fill="var(--local)" fillOpacity={0.16} />
        {!curve && <Line dataKey="scaffold" {...still} activeDot={false} stroke="none" />}
        <Line dataKey="before" {...still} stroke="var(--ghost)" strokeWidth={1.5} strokeDasharray="1 3" />
        <Line dataKey="local" {...still} stroke="var(--local)" strokeWidth={2} strokeDasharray="6 4" />
        <Line dataKey="global" {...still} stroke="var(--global)" strokeWidth={2.5} />
      </ComposedChart>
    </ResponsiveContainer>
  );
}

/** Axes are drawn only where there is something to measure: the corners of the empty chart. */
const scaffold = (last: number) => [
  { position: 1, scaffold: 0 },
  { position: last, scaffold: 1 },
];

function drawn(point: DependencePoint, first?: DependenceCurve): Drawn {
  return {
    position: point.position,
    global: point.m0,
    globalBand: [point.m0q25, point.m0q75],
    local: point.mLocal,
    localBand: [point.mLocalQ25, point.mLocalQ75],
    before: first?.points[point.position - 1]?.m0,
  };
}

/** Position 1, the last, and round positions between. */
function ticks(last: number): number[] {
  const unit =
    [1, 2, 4, 5, 8, 10, 16, 20, 25, 50, 100, 200, 250, 500, 1000].find((one) => last / one <= 8) ?? last;
  const round = Array.from({ length: Math.floor(last / unit) }, (_, k) => (k + 1) * unit);
  return [...new Set([1, ...round.filter((t) => t > 1 && last - t >= unit / 2), last])];
}

function Readout({ active, payload }: { active?: boolean; payload?: readonly { payload?: Drawn }[] }) {
  const at = payload?.[0]?.payload;
  if (!active || at?.global === undefined) return null;
  return (
    <div className="readout">
      <p>Position {at.position}</p>
      <p>
        from z: {percent(at.global)} <span className="fine">({at.globalBand.map(percent).join(' to ')})</span>
      </p>
      <p>
        from the value before: {percent(at.local)}{' '}
        <span className="fine">({at.localBand.map(percent).join(' to ')})</span>
      </p>
    </div>
  );
}
