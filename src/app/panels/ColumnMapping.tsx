import { useId, useState } from 'react';
import type { ColumnFacts } from '../../engine/data/columnFacts.ts';
import { columnText } from '../data/columnText.ts';
import styles from '../data/data.module.css';
import { type Mapping, mappingOf, sameMapping } from '../data/mapping.ts';
import { lab } from '../lab.ts';
import { describe } from '../settings/index.ts';
import { Later, later } from '../shell/Later.tsx';
import { useLab } from '../store.ts';
import type { Dataset } from '../workerProtocol.ts';
import { Field, Labelled } from './Field.tsx';

const EventItems = later(() => import('../data/EventItems.tsx'), 'EventItems');

/** The guessed columns of a table with what is in them, for the user to correct. */
export function ColumnMapping({ dataset, facts }: { dataset: Dataset; facts: readonly ColumnFacts[] }) {
  const data = useLab(({ config }) => config.data);
  const { id, time } = data;
  const { mapping } = dataset;
  const guessed = sameMapping(mappingOf(data), mapping);
  return (
    <div className="stack" data-testid="columns">
      <div className="row">
        <p className="fine">
          Guessed from the file. {dataset.reasons.join(' ') || 'Every column of numbers is a feature.'}
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
      <div className="pair">
        {id !== null && <ColumnChoice name="data.group" dataset={dataset} />}
        {dataset.form !== 'events' && <ColumnChoice name="data.part" dataset={dataset} />}
      </div>
      {dataset.knownAs !== 'table' && <ReadAs />}
      {dataset.form === 'events' ? (
        <Later>
          <EventItems dataset={dataset} />
        </Later>
      ) : (
        <Features key={dataset.name} dataset={dataset} facts={facts} />
      )}
      {time !== null && dataset.form !== 'events' && <Field name="data.gap" />}
    </div>
  );
}

/** Whether a layout that is known by its columns is read as such. */
function ReadAs() {
  const form = useLab(({ config }) => config.data.form);
  const about = describe['data.form'];
  return (
    <Labelled {...about}>
      {(ids) => (
        <select
          {...ids}
          name="data.form"
          value={form}
          onChange={({ target }) => lab.data.readAs(target.value === 'table' ? 'table' : 'auto')}
        >
          {Object.entries(about.choices ?? {}).map(([choice, label]) => (
            <option key={choice} value={choice}>
              {label}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

/** Columns that are seen at a glance; of more, a field finds some. */
const atAGlance = 12;

/** Which of the columns that are nothing else the model learns. */
function Features({ dataset, facts }: { dataset: Dataset; facts: readonly ColumnFacts[] }) {
  const { features, id, time, group, part } = useLab(({ config }) => config.data);
  const [sought, setSought] = useState('');
  const search = useId();
  const free = dataset.columns.filter((column) => ![id, time, group, part].includes(column));
  const many = free.length > atAGlance;
  const words = many ? sought.trim().toLowerCase() : '';
  const found = free.filter((column) => column.toLowerCase().includes(words));
  const choose = (names: readonly string[], on: boolean) =>
    lab.set({
      'data.features': dataset.columns.filter((column) =>
        names.includes(column) ? on : features.includes(column),
      ),
    });
  return (
    <fieldset className="bare stack">
      <legend>
        {describe['data.features'].label} <span className="unit">{features.length} chosen</span>
      </legend>
      {many && (
        <div className="field">
          <label htmlFor={search}>Find a column</label>
          <input
            id={search}
            type="search"
            value={sought}
            onChange={({ target }) => setSought(target.value)}
          />
        </div>
      )}
      {free.length > 1 && (
        <div className={styles.actions}>
          <button
            type="button"
            title="Every column of numbers that is listed"
            onClick={() =>
              choose(
                found.filter((column) => dataset.numeric.includes(column)),
                true,
              )
            }
          >
            All
          </button>
          <button
            type="button"
            title="None of the columns that are listed"
            onClick={() => choose(found, false)}
          >
            None
          </button>
        </div>
      )}
      <ul className={styles.columns}>
        {found.map((column) => (
          <Feature
            key={column}
            name={column}
            on={features.includes(column)}
            facts={facts.find(({ name }) => name === column)}
            choose={(on) => choose([column], on)}
          />
        ))}
      </ul>
      <p className="fine">
        {found.length === 0 ? 'No column has this in its name.' : describe['data.features'].help}
      </p>
    </fieldset>
  );
}

function Feature(props: {
  name: string;
  on: boolean;
  facts: ColumnFacts | undefined;
  choose: (on: boolean) => void;
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
          onChange={({ target }) => choose(target.checked)}
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

/** What one column alone may be. */
type Role = 'id' | 'time' | 'group' | 'part';

function ColumnChoice({ name, dataset }: { name: `data.${Role}`; dataset: Dataset }) {
  const { id, time, group, part, features } = useLab(({ config }) => config.data);
  const roles: Record<Role, string | null> = { id, time, group, part };
  const key = name.slice('data.'.length) as Role;
  const { columns, numeric } = dataset;
  // A column has one role: it leaves the features and the other choices, and a column of numbers comes back to them.
  const choose = (column: string | null) => {
    const before = roles[key];
    const others = Object.entries(roles).map(([role, other]) => [role, other === column ? null : other]);
    setMapping({
      ...(Object.fromEntries(others) as typeof roles),
      [key]: column,
      features: columns.filter(
        (one) =>
          dataset.form !== 'events' &&
          one !== column &&
          (features.includes(one) || (one === before && numeric.includes(one))),
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
          value={columns.indexOf(roles[key] ?? '')}
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

/** The roles of a mapping at once, so that no column has two of them in between. */
function setMapping(mapping: Partial<Mapping>): void {
  // Without a time there is no gap.
  const { data } = useLab.getState().config;
  lab.set({ data: { ...data, ...mapping, gap: mapping.time === null ? 'none' : data.gap } });
}
