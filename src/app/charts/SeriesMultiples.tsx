import { percent } from '../format.ts';
import styles from './SeriesMultiples.module.css';
import { type Drawable, type Range, rangeOf, SeriesPlot } from './SeriesPlot.tsx';
import { seriesPath, spreadBetween } from './seriesPath.ts';
import { rem } from './textScale.ts';
import { axisName, positionTicks, roundTicks, tickTexts } from './ticks.ts';
import { useWidth } from './useWidth.ts';

/** Series drawn on one plot at most. */
const mostTogether = 64;

/**
 * Real and generated series on one scale. `multiples`: pairs side by side. `overlay`: all generated over all real, where a
 * collapsed model shows a single line.
 * @param feature index of the feature drawn @param unit its name or unit
 * @param range scale to share with other plots; else it holds what is drawn here
 * @param names what the overlay's key calls the two sets where they are not real and generated series
 * @param count pairs side by side, 3 to 12
 */
export function SeriesMultiples(props: {
  real: Drawable;
  generated: Drawable;
  feature: number;
  unit?: string;
  range?: Range;
  view?: 'multiples' | 'overlay';
  count?: number;
  names?: { real: string; generated: string };
}) {
  const { real, generated, feature, unit = '', view = 'multiples', names } = props;
  const range = props.range ?? rangeOf([real, generated], feature);
  return view === 'overlay' ? (
    <Overlay real={real} generated={generated} feature={feature} unit={unit} range={range} names={names} />
  ) : (
    <Pairs
      real={real}
      generated={generated}
      feature={feature}
      unit={unit}
      range={range}
      count={Math.min(12, Math.max(3, Math.round(props.count ?? 3)))}
    />
  );
}

interface Drawn {
  real: Drawable;
  generated: Drawable;
  feature: number;
  unit: string;
  range: Range;
}

function Pairs({ real, generated, feature, unit, range, count }: Drawn & { count: number }) {
  const kinds = [
    { kind: 'real', set: real },
    { kind: 'generated', set: generated },
  ] as const;
  return (
    <div className={styles.pairs}>
      {kinds.map(({ kind, set }) => (
        <figure key={kind} className={styles.kind}>
          <figcaption>
            {kind}
            {unit && <span className={styles.unit}>, {unit}</span>}
          </figcaption>
          <div className={styles.multiples}>
            {Array.from({ length: Math.min(count, set.count) }, (_, series) => (
              <SeriesPlot
                // biome-ignore lint/suspicious/noArrayIndexKey: a series has no name but its place in the set
                key={series}
                set={set}
                series={series}
                feature={feature}
                kind={kind}
                label={`${kind} series ${series + 1}${unit && `, ${unit}`}`}
                range={range}
                ticks
              />
            ))}
          </div>
        </figure>
      ))}
    </div>
  );
}

const frame = { right: 6, top: 6, bottom: 32 };
const height = 190;
/** Of a figure or letter of an axis, which has a size of 11. */
const letter = 6.6;

function Overlay(props: Drawn & { names?: { real: string; generated: string } }) {
  const { real, generated, feature, unit, names } = props;
  const [low, high] = props.range;
  const [place, width] = useWidth<HTMLElement>(420);
  const ticks = roundTicks(low, high, 4);
  const numbers = tickTexts(ticks);
  const widest = Math.max(...numbers.map(({ length }) => length));
  const margin = { ...frame, left: Math.max(44, (unit ? 24 : 5) + letter * widest) };
  const seqLen = Math.max(real.seqLen, generated.seqLen);
  const x = (t: number) => margin.left + ((width - margin.left - margin.right) * t) / Math.max(1, seqLen - 1);
  const y = (value: number) => margin.top + ((height - margin.top) * (high - value)) / (high - low);
  const sets = [
    { kind: 'real', set: real },
    { kind: 'generated', set: generated },
  ] as const;
  const share = spreadBetween(generated, feature) / spreadBetween(real, feature);
  return (
    <figure ref={place} className={styles.overlay}>
      <svg
        viewBox={`0 0 ${width} ${height + margin.bottom}`}
        width={rem(width)}
        role="img"
        aria-label={
          names
            ? `${generated.count} series ${names.generated} over ${real.count} ${names.real}`
            : `${generated.count} generated series over ${real.count} real ones${unit && `, ${unit}`}${Number.isFinite(share) ? `; spread between them ${spreadText(share)} of the real ones` : ''}`
        }
      >
        <g className={styles.axis}>
          {ticks.map((tick, k) => (
            <g key={tick}>
              <line x1={margin.left} x2={width - margin.right} y1={y(tick)} y2={y(tick)} />
              <text x={margin.left - 5} y={y(tick) + 4} textAnchor="end">
                {numbers[k]}
              </text>
            </g>
          ))}
          {positionTicks(seqLen, width < 300 ? 4 : 8).map((t) => (
            <text key={t} x={x(t - 1)} y={height + 14} textAnchor={t === seqLen ? 'end' : 'middle'}>
              {t}
            </text>
          ))}
          <text x={(margin.left + width) / 2} y={height + 28} textAnchor="middle">
            position t
          </text>
          {unit && (
            <text transform={`translate(10 ${height / 2}) rotate(-90)`} textAnchor="middle">
              {axisName(unit, Math.floor(height / letter))}
            </text>
          )}
        </g>
        {sets.map(({ kind, set }) => (
          <g key={kind} className={styles[kind]}>
            {Array.from({ length: Math.min(mostTogether, set.count) }, (_, series) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a series has no name but its place in the set
              <path key={series} d={seriesPath(set, series, feature, x, y)} />
            ))}
          </g>
        ))}
      </svg>
      <figcaption className={styles.key}>
        {sets.map(({ kind, set }) => (
          <span key={kind}>
            <svg
              width={rem(24)}
              height={rem(10)}
              viewBox="0 0 24 10"
              className={styles[kind]}
              aria-hidden="true"
            >
              <path d="M0 5H24" />
            </svg>
            {Math.min(mostTogether, set.count)} {names?.[kind] ?? kind}
          </span>
        ))}
        {!names && Number.isFinite(share) && (
          <span>spread between series: {spreadText(share)} of the real ones’</span>
        )}
      </figcaption>
    </figure>
  );
}

/** Below one percent the words say it: rounding to 0 % would claim more than is known. */
const spreadText = (share: number) => (share < 0.01 ? 'under 1\u00a0%' : percent(share));
