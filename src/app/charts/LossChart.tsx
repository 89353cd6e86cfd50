import './languageTag.ts';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { type LossTrace, smoothOver } from '../runs/lossHistory.ts';
import { onPaletteChange } from './paletteChange.ts';
import { runDashes, runProperty } from './runStyle.ts';
import { textScale } from './textScale.ts';
import { roundTicks, tickText } from './ticks.ts';

/** One run's line: the mean, smoothed, in a band of the extremes that it stands for. */
export interface LossLine {
  label: string;
  steps: readonly number[];
  trace: LossTrace;
}

/**
 * One term of the loss over steps, on a canvas that keeps pace with the run.
 * @param version grows when a line does, since the lines are no React state
 * @param span steps that the smoothing looks back over; 1 for none
 */
export function LossChart(props: {
  lines: readonly LossLine[];
  version: number;
  unit: string;
  label: string;
  logarithmic: boolean;
  span: number;
}) {
  const { lines, version, unit, label, logarithmic, span } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const latest = useRef({ lines, span });
  const count = lines.length;

  useEffect(() => {
    latest.current = { lines, span };
  });
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const build = () => {
      plot.current?.destroy();
      const { lines, span } = latest.current;
      plot.current = new uPlot(
        options(element, { unit, count, logarithmic }),
        aligned(lines, span, logarithmic),
        element,
      );
    };
    let scale = textScale();
    const resize = new ResizeObserver(() => {
      if (scale === textScale()) {
        plot.current?.setSize({ width: element.clientWidth, height: element.clientHeight });
        return;
      }
      scale = textScale();
      build();
    });
    build();
    const unwatch = onPaletteChange(build);
    resize.observe(element);
    return () => {
      unwatch();
      resize.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [unit, count, logarithmic]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the lines are no state; their version says that they grew
  useEffect(() => {
    plot.current?.setData(aligned(lines, span, logarithmic));
  }, [lines, version, span, unit, count, logarithmic]);

  const names = lines.map((line) => line.label).join(', ');
  return (
    <div
      ref={place}
      className="chart loss-chart"
      role="img"
      aria-label={`${label} over steps, in ${unit}: ${names}`}
    />
  );
}

/** Every line's mean, low and high on the union of all steps. */
function aligned(lines: readonly LossLine[], span: number, logarithmic: boolean): uPlot.AlignedData {
  // What has no place on the scale would be drawn at its lower end.
  const placed = (values: readonly number[]) =>
    values.map((value) => (Number.isFinite(value) && (value > 0 || !logarithmic) ? value : null));
  const tables = lines.map(
    ({ steps, trace }): uPlot.AlignedData => [
      [...steps],
      placed(smoothOver(steps, trace.mean, span)),
      placed(trace.low),
      placed(trace.high),
    ],
  );
  if (tables.length === 0) return [[]];
  return tables.length === 1 ? (tables[0] as uPlot.AlignedData) : uPlot.join(tables);
}

/** Colours are read from the page's own properties, since a canvas does not know them. */
function options(
  element: HTMLElement,
  { unit, count, logarithmic }: { unit: string; count: number; logarithmic: boolean },
): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const scale = textScale();
  const font = `${11 * scale}px ${style.fontFamily}`;
  const axis: uPlot.Axis = {
    stroke: colour('--ink-soft'),
    font,
    labelFont: font,
    grid: { stroke: colour('--rule'), width: 1 },
    ticks: { show: false },
    labelSize: 14 * scale,
    labelGap: 0,
  };
  const hidden: uPlot.Series = { stroke: 'transparent', width: 0, spanGaps: true, points: { show: false } };
  const lines = Array.from({ length: count }, (_, k): uPlot.Series[] => [
    {
      stroke: colour(runProperty(k)),
      dash: [...runDashes(k)],
      width: 1.5,
      spanGaps: true,
      points: { show: false },
    },
    hidden,
    hidden,
  ]);
  return {
    width: element.clientWidth,
    height: element.clientHeight,
    cursor: { show: false },
    legend: { show: false },
    padding: [8, 18 * scale, 0, 0],
    scales: {
      x: { time: false, range: (_, low, high) => [low ?? 0, high ?? 1] },
      y: logarithmic
        ? { distr: 3 }
        : { range: (_, low, high) => (low === null ? [0, 1] : uPlot.rangeNum(low, high, 0.1, true)) },
    },
    axes: [
      {
        ...axis,
        size: 24 * scale,
        label: 'step',
        grid: { show: false },
        values: written,
        splits: ({ width }, _, low, high) =>
          roundTicks(low, high, Math.max(2, Math.floor(width / (70 * scale)))).filter(Number.isInteger),
      },
      {
        ...axis,
        size: 46 * scale,
        label: unit,
        values: written,
        ...(!logarithmic && {
          splits: (_: uPlot, __: number, low: number, high: number) => roundTicks(low, high),
        }),
      },
    ],
    bands: lines.map((_, k) => ({
      series: [3 * k + 3, 3 * k + 2],
      fill: `${colour(runProperty(k))}22`,
    })),
    series: [{}, ...lines.flat()],
  };
}

/** Tick labels; none while there is nothing that they would measure. */
const written = (plot: uPlot, ticks: number[]) =>
  ticks.map((tick) => (plot.data[0].length > 0 && tick !== null ? tickText(tick) : ''));
