import type { Drawable } from './SeriesPlot.tsx';

/** Positions drawn of one series at most. */
const most = 400;

/**
 * One feature of one series as SVG path data. Gaps in the observations are gaps in the line; a lone observation is a dot.
 * @param x of a 0-based position @param y of a value
 */
export function seriesPath(
  { values, seqLen, featureSize }: Drawable,
  series: number,
  feature: number,
  x: (t: number) => number,
  y: (value: number) => number,
): string {
  const every = Math.ceil(seqLen / most);
  let text = '';
  let open = false;
  for (let t = 0; t < seqLen; t += every) {
    const value = values[(series * seqLen + t) * featureSize + feature] ?? Number.NaN;
    if (Number.isFinite(value)) {
      const at = `${x(t).toFixed(1)} ${y(value).toFixed(1)}`;
      text += open ? `L${at}` : `M${at}h.01L${at}`;
    }
    open = Number.isFinite(value);
  }
  return text;
}

/**
 * How much series differ from one another at the same position: the standard deviation over series, mean over positions.
 * NaN where no position was observed in two series.
 */
export function spreadBetween({ values, count, seqLen, featureSize }: Drawable, feature: number): number {
  const spreads: number[] = [];
  for (let t = 0; t < seqLen; t++) {
    const here = Array.from(
      { length: count },
      (_, n) => values[(n * seqLen + t) * featureSize + feature] ?? Number.NaN,
    ).filter(Number.isFinite);
    if (here.length < 2) continue;
    const mean = here.reduce((sum, value) => sum + value, 0) / here.length;
    spreads.push(Math.sqrt(here.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (here.length - 1)));
  }
  return spreads.length > 0 ? spreads.reduce((sum, value) => sum + value, 0) / spreads.length : Number.NaN;
}
