import { useId, useState } from 'react';
import { lab } from '../lab.ts';
import { Field } from '../panels/Field.tsx';
import { FileButton } from '../panels/FileButton.tsx';
import { describe } from '../settings/index.ts';
import { useLab } from '../store.ts';
import type { Dataset } from '../workerProtocol.ts';
import styles from './data.module.css';

/** Items listed at once; the field above finds the others. */
const listed = 60;

/** Chooses which measurements of a table such as MIMIC's chartevents become features, and how wide a position is. */
export function EventItems({ dataset: { items } }: { dataset: Dataset }) {
  const chosen = useLab(({ config }) => config.data.items);
  const [sought, setSought] = useState('');
  const search = useId();
  const words = sought.trim().toLowerCase();
  const found = items.filter(({ item, label }) => `${item} ${label}`.toLowerCase().includes(words));
  // What is chosen stands first, so that it is seen whatever is looked for.
  const first = items.filter(({ item }) => chosen.includes(item));
  const rest = found.filter(({ item }) => !chosen.includes(item)).slice(0, listed);
  const choose = (item: string, on: boolean) =>
    lab.set({ 'data.items': on ? [...chosen, item] : chosen.filter((one) => one !== item) });
  return (
    <fieldset className="bare stack" data-testid="items">
      <legend>
        {describe['data.items'].label}{' '}
        <span className="unit">
          {chosen.length} of {items.length.toLocaleString('en')} chosen
        </span>
      </legend>
      <div className="field">
        <label htmlFor={search}>Find an item</label>
        <input id={search} type="search" value={sought} onChange={({ target }) => setSought(target.value)} />
      </div>
      <ul className={`${styles.columns} ${styles.items}`}>
        {[...first, ...rest].map(({ item, label, count, series }) => (
          <li key={item} className={styles.column}>
            <label className="tick">
              <input
                type="checkbox"
                checked={chosen.includes(item)}
                onChange={({ target }) => choose(item, target.checked)}
              />
              {label}
            </label>
            <span className="fine">
              {label.includes(item) ? '' : `${item}, `}
              {count.toLocaleString('en')} values in {series.toLocaleString('en')} series
            </span>
          </li>
        ))}
      </ul>
      <p className="fine">
        {describe['data.items'].help}{' '}
        {found.length > first.length + rest.length && `The ${listed} most frequent are listed.`}
      </p>
      <Field name="data.bin" />
      <Labels />
    </fieldset>
  );
}

/** A file that names the items; without one the most usual have their names, the others their numbers. */
function Labels() {
  const labels = useLab(({ config }) => config.data.labels);
  const { label, help } = describe['data.labels'];
  return (
    <div className="field">
      <FileButton
        label="File of labels"
        accept=".csv,.gz,.parquet"
        onFiles={([file]) => {
          if (file) lab.data.nameItems(file);
        }}
      >
        {label}: {labels ?? 'open a file…'}
      </FileButton>
      <p className="fine">{help}</p>
    </div>
  );
}
