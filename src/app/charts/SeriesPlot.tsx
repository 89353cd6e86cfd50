import styles from './SeriesPlot.module.css';
import { seriesPath } from './seriesPath.ts';
import { tickTexts } from './ticks.ts';

/** Series to draw from, [count, seqLen, featureSize]; NaN where nothing was observed. */
export interface Drawable {
  values: Float32Array;
  count: number;
  seqLen: number;
  featureSize: number;
}

/**
 * One feature of one series as a small plot that fills its place; the labels are text of the page, so that they keep
 * their size. Plots of one `range` share their scale; `ticks` prints it beside the plot.
 */
export function SeriesPlot(props: {
  set: Drawable;
  series: number;
  feature: number;
  kind: 'real' | 'generated';
  label: string;
  range: Range;
  ticks: boolean;
}) {
  const { set, series, feature, kind, label, ticks } = props;
  const [low, high] = props.range;
  const [lowText, highText] = tickTexts(props.range);
  const x = (t: number) => (100 * t) / Math.max(1, set.seqLen - 1);
  const y = (value: number) => (100 * (high - value)) / (high - low);
  return (
    <figure className={`${styles.plot} ${styles[kind]}`}>
      {ticks && (
        <div className={styles.scale} aria-hidden="true">
          <span>{highText}</span>
          <span>{lowText}</span>
        </div>
      )}
      <svg
        viewBox="0 0 100 100"
        preserveAspectRatio="none"
        role="img"
        aria-label={`${label}, ${set.seqLen} positions, drawn from ${lowText} to ${highText}`}
      >
        <path d="M0 0H100M0 100H100" className={styles.rule} />
        <path d={seriesPath(set, series, feature, x, y)} className={styles.curve} />
      </svg>
      <figcaption aria-hidden="true">
        <span>1</span>
        <span>{set.seqLen}</span>
      </figcaption>
    </figure>
  );
}

export type Range = readonly [low: number, high: number];

/** A range that holds one feature of all sets, ends rounded outwards to two figures. */
export function rangeOf(sets: readonly Drawable[], feature: number): Range {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { values, featureSize } of sets) {
    for (let i = feature; i < values.length; i += featureSize) {
      const value = values[i] ?? Number.NaN;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (!(low <= high)) return [0, 1];
  if (low === high) return [low - Math.max(1, Math.abs(low) / 10), high + Math.max(1, Math.abs(low) / 10)];
  const unit = 10 ** Math.floor(Math.log10(high - low) - 0.5);
  const ends = [Math.floor(low / unit) * unit, Math.ceil(high / unit) * unit] as const;
  return ends[0] < ends[1] ? ends : [low - 1, high + 1];
}
