import type { DataSource } from '../../engine/data/sources.ts';
import { Formula } from '../figures/Formula.tsx';
import styles from './data.module.css';
import { Sparkline } from './Sparkline.tsx';

const count = (value: number) => value.toLocaleString('en');

/** A built-in set as a card; pressed anywhere it is chosen. Without `choose` it only tells what is open. */
export function SourceCard(props: { source: DataSource; current?: boolean; choose?: () => void }) {
  const { source, current = false, choose } = props;
  return (
    <article
      className={choose ? `${styles.source} ${styles.choice}` : styles.source}
      data-current={current || undefined}
    >
      <div className={styles.title}>
        <h3>
          {choose ? (
            <button type="button" aria-pressed={current} onClick={choose}>
              {source.title}
            </button>
          ) : (
            source.title
          )}
        </h3>
        {choose && current && <span className={styles.open}>open now</span>}
      </div>
      <Sparkline source={source} />
      <p className="soft">{source.summary}</p>
      {source.tex && (
        <p className={styles.formula}>
          <Formula tex={source.tex} />
        </p>
      )}
      <p className="fine">
        {sizeOf(source)} {source.features.length === 1 ? 'Feature' : 'Features'}: {source.features.join(', ')}
        .
      </p>
      <p className="fine">
        Source: <Named name={source.source} address={source.sourceAddress} />. Licence:{' '}
        <Named name={source.licence} address={source.licenceAddress} />.
      </p>
    </article>
  );
}

function sizeOf({ series, rows, rowsAre }: DataSource): string {
  return series === 1
    ? `One series of ${count(rows)} ${rowsAre}.`
    : `${count(series)} series of ${count(rows / series)} ${rowsAre}.`;
}

function Named({ name, address }: { name: string; address?: string }) {
  return address ? (
    <a href={address} target="_blank" rel="noreferrer">
      {name}
    </a>
  ) : (
    name
  );
}
