import { useId } from 'react';
import type { ColumnFacts } from '../../engine/data/columnFacts.ts';
import { columnText } from '../data/columnText.ts';
import styles from '../data/data.module.css';
import { lab } from '../lab.ts';
import { describe } from '../settings/index.ts';
import { useLab } from '../store.ts';
import type { Dataset } from '../workerProtocol.ts';
import { Field, Labelled } from './Field.tsx';

/** The guessed columns of a table with what is in them, for the user to correct. */
export function ColumnMapping({ dataset, facts }: { dataset: Dataset; facts: readonly ColumnFacts[] }) {
  const { features, id, time } = useLab(({ config }) => config.data);
  const free = dataset.columns.filter((column) => column !== id && column !== time);
  const { mapping } = dataset;
  const guessed =
    id === mapping.id && time === mapping.time && features.join('\n') === mapping.features.join('\n');
  const choose = (name: string, on: boolean) =>
    lab.set(
      'data.features',
      dataset.columns.filter((column) => (column === name ? on : features.includes(column))),
    );
  return (
    <div className="stack" data-testid="columns">
      <div className="row">
        <p className="fine">
          Guessed: {dataset.reasons.join(' ') || 'every column of numbers is a feature.'}
        </p>
        {!guessed && (
          <button type="button" onClick={() => setMapping({ ...mapping })}>
            Back to the guess
          </button>
        )}
      </div>
      <div className="pair">
        <ColumnChoice name="data.id" dataset={dataset} />
        <ColumnChoice name="data.time" dataset={dataset} />
      </div>
      <fieldset className="bare">
        <legend>
          {describe['data.features'].label} <span className="unit">{features.length} chosen</span>
        </legend>
        <ul className={styles.columns}>
          {free.map((column) => (
            <Feature
              key={column}
              name={column}
              on={features.includes(column)}
              facts={facts.find(({ name }) => name === column)}
              choose={choose}
            />
          ))}
        </ul>
        <p className="fine">{describe['data.features'].help}</p>
      </fieldset>
      {time !== null && <Field name="data.gap" />}
    </div>
  );
}

function Feature(props: {
  name: string;
  on: boolean;
  facts: ColumnFacts | undefined;
  choose: (name: string, on: boolean) => void;
}) {
  const { name, on, facts, choose } = props;
  const id = useId();
  return (
    <li className={styles.column}>
      <label className="tick">
        <input
          type="checkbox"
          checked={on}
          aria-describedby={facts && id}
          onChange={({ target }) => choose(name, target.checked)}
        />
        {name}
      </label>
      {facts && (
        <span id={id} className="fine">
          {columnText(facts)}
        </span>
      )}
    </li>
  );
}

function ColumnChoice({ name, dataset }: { name: 'data.id' | 'data.time'; dataset: Dataset }) {
  const { id, time, features } = useLab(({ config }) => config.data);
  const key = name === 'data.id' ? 'id' : 'time';
  const { columns, numeric } = dataset;
  // A column has one part: it leaves the features and the other choice, and a column of numbers comes back to them.
  const choose = (column: string | null) => {
    const before = key === 'id' ? id : time;
    const other = key === 'id' ? time : id;
    setMapping({
      id: other === column ? null : id,
      time: other === column ? null : time,
      [key]: column,
      features: columns.filter(
        (one) => one !== column && (features.includes(one) || (one === before && numeric.includes(one))),
      ),
    });
  };
  return (
    <Labelled {...describe[name]}>
      {(ids) => (
        <select
          {...ids}
          name={name}
          // A column's name may be anything, so the choice of none has an index and no name.
          value={columns.indexOf((key === 'id' ? id : time) ?? '')}
          onChange={({ target }) => choose(columns[Number(target.value)] ?? null)}
        >
          <option value={-1}>none</option>
          {columns.map((column, index) => (
            <option key={column} value={index}>
              {column}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

/** The three parts of a mapping at once, so that no column is in two of them in between. */
function setMapping(mapping: Dataset['mapping']): void {
  // Without a time there is no gap.
  const { data } = useLab.getState().config;
  lab.set('data', { ...data, ...mapping, gap: mapping.time === null ? 'none' : data.gap });
}
