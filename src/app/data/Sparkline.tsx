import { generate } from '../../engine/data/generators.ts';
import type { DataSource } from '../../engine/data/sources.ts';
import styles from './data.module.css';

/** Series drawn of a generator. */
const draws = 2;
/** Of which the two draws of `reveal` go opposite ways. */
const seed = 4;

/** A first look at a built-in set: two draws of a generator, or the real values that its entry lists. */
export function Sparkline({ source }: { source: DataSource }) {
  const lines = linesOf(source);
  const values = lines.flat();
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return (
    <figure className={styles.spark}>
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
        {lines.map((line, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a source never change their order
          <path key={n} d={path(line, low, high)} className={n === 0 ? undefined : styles.second} />
        ))}
      </svg>
      <figcaption className="fine">{captionOf(source)}</figcaption>
    </figure>
  );
}

/** One feature of some series, as lists of values. */
export function linesOf({ name, glimpse, features, window }: DataSource): readonly (readonly number[])[] {
  if (glimpse) return [glimpse.values];
  const { series } = generate(name, { count: draws, seed, seqLen: window });
  return series.map(({ values }) => [...values].filter((_, i) => i % features.length === 0));
}

function path(values: readonly number[], low: number, high: number): string {
  const x = (i: number) => ((100 * i) / (values.length - 1)).toFixed(1);
  const y = (value: number) => ((100 * (high - value)) / (high - low)).toFixed(1);
  return values.map((value, i) => `${i === 0 ? 'M' : 'L'}${x(i)} ${y(value)}`).join('');
}

function captionOf({ glimpse, features, rowsAre }: DataSource): string {
  if (!glimpse) return `${features[0]} of two draws`;
  const { feature, every, values } = glimpse;
  return every === 1
    ? `${feature}, the first ${values.length} ${rowsAre}`
    : `${feature}, one in ${every} of the first ${((values.length - 1) * every + 1).toLocaleString('en')} ${rowsAre}`;
}
