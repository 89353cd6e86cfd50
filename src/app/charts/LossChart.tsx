import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { LossHistory, LossTerm } from '../lossHistory.ts';

/** One term of the loss over steps, raw, on a canvas that keeps pace with the run. */
export function LossChart(props: {
  losses: LossHistory;
  version: number;
  term: LossTerm;
  unit: string;
  label: string;
}) {
  const { losses, version, term, unit, label } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const build = () => {
      plot.current?.destroy();
      plot.current = new uPlot(options(element, unit), [[], []], element);
    };
    const resize = new ResizeObserver(() => {
      plot.current?.setSize({ width: element.clientWidth, height: element.clientHeight });
    });
    build();
    scheme.addEventListener('change', build);
    resize.observe(element);
    return () => {
      scheme.removeEventListener('change', build);
      resize.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [unit]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the history is no state; its version says that it grew
  useEffect(() => {
    plot.current?.setData([losses.steps, losses.terms[term]]);
  }, [losses, term, version]);

  return (
    <div ref={place} className="chart loss-chart" role="img" aria-label={`${label} over steps, in ${unit}`} />
  );
}

/** Colours are read from the page's own properties, since a canvas does not know them. */
function options(element: HTMLElement, unit: string): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const font = `11px ${style.fontFamily}`;
  const axis: uPlot.Axis = {
    stroke: colour('--ink-soft'),
    font,
    labelFont: font,
    grid: { stroke: colour('--rule'), width: 1 },
    ticks: { show: false },
    labelSize: 14,
    labelGap: 0,
  };
  return {
    width: element.clientWidth,
    height: element.clientHeight,
    cursor: { show: false },
    legend: { show: false },
    padding: [8, 8, 0, 0],
    scales: {
      x: { time: false, range: (_, low, high) => [low ?? 0, high ?? 1] },
      y: { range: (_, low, high) => (low === null ? [0, 1] : uPlot.rangeNum(low, high, 0.1, true)) },
    },
    axes: [
      { ...axis, size: 24, label: 'step', grid: { show: false }, values: written },
      { ...axis, size: 44, label: unit, values: written },
    ],
    series: [{}, { stroke: colour('--accent'), width: 1.25, spanGaps: false, points: { show: false } }],
  };
}

/** Tick labels; none while there is nothing that they would measure. */
const written = (plot: uPlot, ticks: number[]) =>
  ticks.map((tick) => (plot.data[0].length > 0 ? short(tick) : ''));

const short = (value: number) =>
  Math.abs(value) >= 1e4 || (value !== 0 && Math.abs(value) < 1e-2)
    ? value.toExponential(0)
    : String(Number(value.toPrecision(3)));
