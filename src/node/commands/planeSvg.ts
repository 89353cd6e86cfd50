import { planeCaption } from '../../engine/export/planeCaption.ts';
import { wrapLines } from '../../engine/export/wrapLines.ts';
import type { PlaneAxis, PlaneData } from '../../engine/train/experiment/plane.ts';
import { textInHtml } from './reportPage.ts';

/** Of one plane. */
const [width, height] = [720, 340];
const margin = { left: 64, right: 16, top: 24, bottom: 56 };
const keyLine = 20;
const captionLine = 16;
/** Mean width of a letter at 12 px. */
const letter = 6.6;
/** A mark of the key and the room between its columns. */
const keyRoom = 36;
/** Okabe and Ito (2008), dark enough for white paper. */
const colours = ['#0067a8', '#c04f00', '#00785a', '#1b2026'];
/** A circle, a square, a triangle, a diamond; with four colours, sixteen methods can be told apart. */
const marks = [
  'M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z',
  'M-4.5 -4.5h9v9h-9z',
  'M0 -6L6 4.5h-12z',
  'M0 -6.5L6.5 0L0 6.5L-6.5 0z',
];

interface Point {
  label: string;
  /** Place in the key. */
  group: number;
  set: string;
  x: number;
  y: number;
  /** What it says across cannot be trusted. */
  hollow: boolean;
}

/** The runs that have a place on the plane, and the labels of those that have not. */
export function placedRuns(
  { points }: PlaneData,
  xAxis: PlaneAxis,
  yAxis: PlaneAxis,
): { drawn: Point[]; missing: { label: string; set: string }[] } {
  const groups = groupsOf(points);
  const all = points.map(({ label, group, data: set, values, untrusted }): Point => {
    const [x, y] = [values[xAxis.name] ?? Number.NaN, values[yAxis.name] ?? Number.NaN];
    return { label, group: groups.indexOf(group), set, x, y, hollow: untrusted.includes(xAxis.name) };
  });
  const isPlaced = ({ x, y }: Point) => Number.isFinite(x + y);
  return { drawn: all.filter(isPlaced), missing: all.filter((point) => !isPlaced(point)) };
}

const groupsOf = (points: PlaneData['points']) => [...new Set(points.map(({ group }) => group))];

/**
 * Quality against control as a picture of its own, every run a point, its method the mark: a plane for each set of data, with what
 * has to be known of it below.
 */
export function planeSvg(plane: PlaneData, xAxis: PlaneAxis, yAxis: PlaneAxis): string {
  const { points, data, comparison } = plane;
  const { drawn, missing } = placedRuns(plane, xAxis, yAxis);
  const room = width - margin.right - margin.left;
  const floorOf = (set: string) => yAxis.floors?.[set] ?? Number.NaN;
  const key = [
    ...groupsOf(points).map((group, k) => ({ text: group, sign: mark(k) })),
    ...(data.some((set) => Number.isFinite(floorOf(set)))
      ? [{ text: 'real against real', sign: '<line class="floor" x1="-8" x2="8" y1="0" y2="0"/>' }]
      : []),
  ];
  const widest = keyRoom + letter * Math.max(...key.map(({ text }) => text.length));
  const perLine = Math.max(1, Math.floor(room / widest));
  const captions = data.map((set) => {
    const here = <T extends { set: string }>(all: readonly T[]) => all.filter((point) => point.set === set);
    const text = planeCaption({
      ...{ better: xAxis.better, floor: floorOf(set), comparison: comparison[set] ?? undefined },
      hollow: here(drawn).some(({ hollow }) => hollow),
      missing: here(missing).map(({ label }) => label),
    });
    return wrapLines(text, Math.floor(room / letter));
  });
  const heights = captions.map((lines) => height + captionLine * lines.length);
  const tops = heights.map((_, k) => heights.slice(0, k).reduce((sum, one) => sum + one, 0));
  const keyTop = heights.reduce((sum, one) => sum + one, 0) + 12;
  const total = keyTop + keyLine * Math.ceil(key.length / perLine);
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${total}" width="${width}" height="${total}" role="img">`,
    `<title>${textInHtml(`${yAxis.label} against ${xAxis.label}, ${drawn.length} runs`)}</title>`,
    '<style>text{font:12px system-ui,sans-serif;fill:#353c44}.name{font-weight:600}.grid{stroke:#dfe2e0}.floor{stroke:#1b2026;stroke-dasharray:6 4}</style>',
    `<rect width="${width}" height="${total}" fill="#fff"/>`,
    ...data.flatMap((set, k) => [
      `<g transform="translate(0 ${tops[k]})">`,
      ...(data.length > 1 ? [`<text class="name" x="${margin.left}" y="14">${textInHtml(set)}</text>`] : []),
      ...onePlane(
        drawn.filter((point) => point.set === set),
        xAxis,
        yAxis,
        floorOf(set),
      ),
      ...(captions[k] ?? []).map(
        (line, n) => `<text x="${margin.left}" y="${height + captionLine * n}">${textInHtml(line)}</text>`,
      ),
      '</g>',
    ]),
    ...key.map(({ text, sign }, k) => {
      const column = margin.left + 8 + (k % perLine) * (room / perLine);
      const line = keyTop + keyLine * Math.floor(k / perLine);
      return `<g transform="translate(${fixed(column)} ${line})">${sign}<text x="12" y="4">${textInHtml(text)}</text></g>`;
    }),
    '</svg>',
    '',
  ];
  return lines.join('\n');
}

function onePlane(points: readonly Point[], xAxis: PlaneAxis, yAxis: PlaneAxis, floor: number): string[] {
  const [left, right] = extent([0, 1, ...points.map(({ x }) => x)], 0.04);
  const [low, high] = extent([...(Number.isFinite(floor) ? [floor] : []), ...points.map(({ y }) => y)], 0.08);
  const x = (value: number) =>
    fixed(margin.left + ((width - margin.left - margin.right) * (value - left)) / (right - left));
  const y = (value: number) =>
    fixed(margin.top + ((height - margin.top - margin.bottom) * (high - value)) / (high - low));
  const end = width - margin.right;
  const bottom = height - margin.bottom;
  const middle = (margin.left + end) / 2;
  return [
    ...ticks(low, high).flatMap((tick) => [
      `<line class="grid" x1="${margin.left}" x2="${end}" y1="${y(tick)}" y2="${y(tick)}"/>`,
      `<text x="${margin.left - 8}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`,
    ]),
    ...ticks(left, right).map(
      (tick) => `<text x="${x(tick)}" y="${bottom + 18}" text-anchor="middle">${tick}</text>`,
    ),
    `<text x="${middle}" y="${bottom + 38}" text-anchor="middle">${textInHtml(xAxis.label)}</text>`,
    `<text transform="translate(16 ${(margin.top + bottom) / 2}) rotate(-90)" text-anchor="middle">${textInHtml(yAxis.label)}</text>`,
    ...(Number.isFinite(floor)
      ? [`<line class="floor" x1="${margin.left}" x2="${end}" y1="${y(floor)}" y2="${y(floor)}"/>`]
      : []),
    ...points.map((point) => {
      const title = `${point.label}: ${xAxis.name} ${point.x.toPrecision(3)}, ${yAxis.name} ${point.y.toPrecision(3)}`;
      return `<g transform="translate(${x(point.x)} ${y(point.y)})"><title>${textInHtml(title)}</title>${mark(point.group, point.hollow)}</g>`;
    }),
  ];
}

function mark(index: number, hollow = false): string {
  const shape = marks[(index + Math.floor(index / colours.length)) % marks.length];
  const colour = colours[index % colours.length];
  return hollow
    ? `<path d="${shape}" fill="#fff" stroke="${colour}" stroke-width="1.75"/>`
    : `<path d="${shape}" fill="${colour}" fill-opacity="0.85" stroke="#fff"/>`;
}

function extent(values: readonly number[], air: number): readonly [number, number] {
  if (values.length === 0) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const span = high - low || Math.abs(high) || 1;
  return [low - air * span, high + air * span];
}

/** About six round numbers inside [low, high]: steps of 1, 2 or 5 times a power of ten. */
function ticks(low: number, high: number): number[] {
  const rough = (high - low) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const unit = power * ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10);
  const first = Math.ceil(low / unit);
  return Array.from({ length: Math.floor(high / unit) - first + 1 }, (_, k) =>
    Number(((first + k) * unit).toPrecision(12)),
  );
}

function fixed(value: number): number {
  return Number(value.toFixed(1));
}
