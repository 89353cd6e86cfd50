import { useRef, useState } from 'react';
import { sources } from '../../engine/data/sources.ts';
import { lab } from '../lab.ts';
import { isBusy, useLab } from '../store.ts';
import { ColumnMapping } from './ColumnMapping.tsx';
import { Field } from './Field.tsx';
import { Preview } from './Preview.tsx';

const count = (value: number) => value.toLocaleString('en');

/** Where the data come from, what its columns were taken for, and three windows of it. */
export function DataPanel() {
  const { dataset, opening, openFailure, prepareFailure, prepared } = useLab(({ data }) => data);
  const busy = useLab(isBusy);
  const [over, setOver] = useState(false);
  return (
    <section
      aria-label="Data"
      className={over ? 'panel drop-target' : 'panel'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(!busy);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const [file] = event.dataTransfer.files;
        if (file && !busy) void lab.openFile(file);
      }}
    >
      <h2>Data</h2>
      <fieldset disabled={busy} className="bare stack">
        <legend className="visually-hidden">Choose data</legend>
        <FilePicker />
        <SourceList kind="sample" title="Samples" />
        <SourceList kind="generator" title="By formula" />
        {openFailure && (
          <div role="alert" className="notice bad">
            <p>
              <strong>{openFailure.name}</strong> was not opened. {openFailure.failure.message}
            </p>
            <p>
              {dataset
                ? `Kept: ${dataset.name}, ${count(dataset.rows)} rows, as it was.`
                : 'No data are loaded.'}{' '}
              Mend the file and drop it again, or choose a sample above.
            </p>
          </div>
        )}
        {opening && <p className="soft">Reading…</p>}
        {dataset && (
          <p className="soft" data-testid="dataset">
            <strong>{titleOf(dataset.name)}</strong>: {count(dataset.rows)} rows
            {dataset.columns.length > 0 && ` in ${dataset.columns.length} columns`}.{' '}
            {sources.find(({ name }) => name === dataset.name)?.summary}
          </p>
        )}
        {dataset && dataset.columns.length > 0 && <ColumnMapping dataset={dataset} />}
        <div className="pair">
          <Field name="data.window" />
          <Field name="data.stride" />
        </div>
        {prepareFailure && (
          <div role="alert" className="notice bad">
            <p>{prepareFailure.message}</p>
            <p>The file is kept; correct the columns or the window here.</p>
          </div>
        )}
      </fieldset>
      {prepared && !prepareFailure && <Preview prepared={prepared} />}
    </section>
  );
}

function titleOf(name: string): string {
  return sources.find((source) => source.name === name)?.title ?? name;
}

function FilePicker() {
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className="drop">
      <input
        ref={input}
        type="file"
        className="visually-hidden"
        accept=".csv,.tsv,.txt,text/csv,text/plain"
        aria-label="CSV file"
        tabIndex={-1}
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file) void lab.openFile(file);
          target.value = '';
        }}
      />
      <button type="button" onClick={() => input.current?.click()}>
        Open a CSV
      </button>
      <p className="fine">or drop it here. A header, then rows of numbers. It stays on this machine.</p>
    </div>
  );
}

function SourceList({ kind, title }: { kind: 'sample' | 'generator'; title: string }) {
  const current = useLab(({ data }) => data.dataset?.name);
  return (
    <div className="sources">
      <h3>{title}</h3>
      <ul className="chips">
        {sources
          .filter((source) => source.kind === kind)
          .map(({ name, title: label, summary, source, licence }) => (
            <li key={name}>
              <button
                type="button"
                className="chip"
                aria-pressed={name === current}
                title={`${summary} Source: ${source}. Licence: ${licence}.`}
                onClick={() => lab.openSource(name)}
              >
                {label}
              </button>
            </li>
          ))}
      </ul>
    </div>
  );
}
