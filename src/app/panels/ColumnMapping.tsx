import { lab } from '../lab.ts';
import { describe } from '../settings/index.ts';
import { useLab } from '../store.ts';
import type { Dataset } from '../workerProtocol.ts';
import { Field, Labelled } from './Field.tsx';

/** The guessed columns of a table, for the user to correct. */
export function ColumnMapping({ dataset }: { dataset: Dataset }) {
  const { features, id, time } = useLab(({ config }) => config.data);
  const free = dataset.columns.filter((column) => column !== id && column !== time);
  const choose = (name: string, on: boolean) =>
    lab.set(
      'data.features',
      dataset.columns.filter((column) => (column === name ? on : features.includes(column))),
    );
  return (
    <div className="stack" data-testid="columns">
      <p className="fine">Guessed: {dataset.reasons.join(' ') || 'every column of numbers is a feature.'}</p>
      <div className="pair">
        <ColumnChoice name="data.id" columns={dataset.columns} />
        <ColumnChoice name="data.time" columns={dataset.columns} />
      </div>
      <fieldset className="bare">
        <legend>
          {describe['data.features'].label} <span className="unit">{features.length} chosen</span>
        </legend>
        <ul className="ticks">
          {free.map((column) => (
            <li key={column}>
              <label className="tick">
                <input
                  type="checkbox"
                  checked={features.includes(column)}
                  onChange={({ target }) => choose(column, target.checked)}
                />
                {column}
                {!dataset.numeric.includes(column) && <span className="unit">text</span>}
              </label>
            </li>
          ))}
        </ul>
        <p className="fine">{describe['data.features'].help}</p>
      </fieldset>
      {time !== null && <Field name="data.gap" />}
    </div>
  );
}

function ColumnChoice({ name, columns }: { name: 'data.id' | 'data.time'; columns: readonly string[] }) {
  const value = useLab(({ config }) => (name === 'data.id' ? config.data.id : config.data.time));
  const features = useLab(({ config }) => config.data.features);
  const choose = (column: string | null) => {
    if (column !== null && features.includes(column)) {
      lab.set(
        'data.features',
        features.filter((feature) => feature !== column),
      );
    }
    lab.set(name, column);
  };
  return (
    <Labelled {...describe[name]}>
      {(ids) => (
        <select
          {...ids}
          name={name}
          // A column's name may be anything, so the choice of none has an index and no name.
          value={columns.indexOf(value ?? '')}
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
