import { usePlotArea, useYAxisScale } from 'recharts';

/** The end of a line: its last value, how it reads, and the line's colour. */
export interface End {
  id: string;
  value: number;
  text: string;
  colour: string;
  opacity?: number;
}

/** What the lines of a chart come to, written behind their ends; the legend need not be looked up for it. */
export function EndLabels({ ends, fontSize }: { ends: readonly End[]; fontSize: number }) {
  const area = usePlotArea();
  const scale = useYAxisScale();
  if (!area || !scale) return null;
  const top = area.y + fontSize / 2;
  const heights = spread(
    ends.map(({ value }) => Number(scale(value))),
    1.15 * fontSize,
    top,
    Math.max(top, area.y + area.height),
  );
  return (
    <g>
      {ends.map(({ id, text, colour, opacity }, index) => (
        <text
          key={id}
          x={area.x + area.width + fontSize / 2}
          y={heights[index]}
          dy="0.35em"
          fill={colour}
          fillOpacity={opacity}
          fontSize={fontSize}
          fontWeight={650}
        >
          {text}
        </text>
      ))}
    </g>
  );
}

/** Heights moved apart until they are `gap` from each other, in their order, and inside [low, high] while there is room. */
export function spread(heights: readonly number[], gap: number, low: number, high: number): number[] {
  const order = heights
    .map((_, index) => index)
    .sort((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0) || a - b);
  const moved = [...heights];
  let floor = low;
  for (const index of order) {
    moved[index] = Math.max(floor, moved[index] ?? 0);
    floor = (moved[index] ?? 0) + gap;
  }
  let ceiling = high;
  for (const index of order.toReversed()) {
    moved[index] = Math.min(ceiling, moved[index] ?? 0);
    ceiling = (moved[index] ?? 0) - gap;
  }
  return moved;
}
