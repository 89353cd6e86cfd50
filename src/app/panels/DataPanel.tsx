import { type ReactNode, useState } from 'react';
import { sourceByName } from '../../engine/data/sources.ts';
import styles from '../data/data.module.css';
import { openFiles } from '../data/openFiles.ts';
import { Refusal } from '../data/Refusal.tsx';
import { SourceCard } from '../data/SourceCard.tsx';
import { SplitSlider } from '../data/SplitSlider.tsx';
import { lab } from '../lab.ts';
import { Later, later } from '../shell/Later.tsx';
import { isBusy, useLab } from '../store.ts';
import type { Dataset } from '../workerProtocol.ts';
import { Field } from './Field.tsx';
import { FileButton } from './FileButton.tsx';
import { Preview } from './Preview.tsx';

const ColumnMapping = later(() => import('./ColumnMapping.tsx'), 'ColumnMapping');
const Gallery = later(() => import('../data/Gallery.tsx'), 'Gallery');
const PasteDialog = later(() => import('../data/PasteDialog.tsx'), 'PasteDialog');
const Reading = later(() => import('../data/Reading.tsx'), 'Reading');
const UsgsDialog = later(() => import('../data/UsgsDialog.tsx'), 'UsgsDialog');

const count = (value: number) => value.toLocaleString('en');

/** Where the data come from, what its columns were taken for, and three windows of it. */
export function DataPanel() {
  const { dataset, opening, reading, prepareFailure, prepared } = useLab(({ data }) => data);
  const busy = useLab(isBusy);
  const locked = useLab(({ view }) => view.locked);
  const windowed = useLab(({ config }) => config.data.layout === 'windows');
  return (
    <section aria-label="Data" className="panel">
      <h2>Data</h2>
      {locked && <p className="soft">The link fixes the data.</p>}
      <fieldset disabled={busy || locked} className="bare stack">
        <legend className="visually-hidden">Choose data</legend>
        <Ways />
        <OpenFailure />
        {opening && !reading && (
          <p className="soft" role="status">
            Reading…
          </p>
        )}
        {opening && reading && (
          <Later>
            <Reading {...reading} />
          </Later>
        )}
        {dataset && (
          <div data-testid="dataset">
            <Opened dataset={dataset} />
          </div>
        )}
        {dataset && dataset.columns.length > 0 && (
          <Later>
            <ColumnMapping dataset={dataset} facts={dataset.facts} />
          </Later>
        )}
        <Field name="data.layout" />
        <div className="pair">
          <Field name="data.window" />
          {windowed && <Field name="data.stride" />}
        </div>
        <SplitSlider />
        <Field name="data.shuffle" />
        {dataset && prepareFailure && <PrepareFailure dataset={dataset} />}
      </fieldset>
      {prepared && !prepareFailure && <Preview prepared={prepared} />}
    </section>
  );
}

/** The four ways to data. */
function Ways() {
  const [open, setOpen] = useState<'gallery' | 'paste' | 'usgs'>();
  const locked = useLab(({ view }) => view.locked);
  const close = () => setOpen(undefined);
  return (
    <div className="stack">
      <div className={styles.sources}>
        <button type="button" onClick={() => setOpen('gallery')}>
          Built-in data…
        </button>
        <FileButton
          label="CSV file"
          accept=".csv,.tsv,.txt,.gz,.parquet,text/csv,text/plain,application/gzip"
          onFiles={openFiles}
          id="open-data"
        >
          Open a CSV…
        </FileButton>
        <button type="button" onClick={() => setOpen('paste')}>
          Paste a table…
        </button>
        <button type="button" onClick={() => setOpen('usgs')}>
          USGS catalogue…
        </button>
      </div>
      {!locked && (
        <p className="fine">
          A CSV, plain or in gzip, or a Parquet file can also be dropped anywhere on this page. It stays on
          this machine.
        </p>
      )}
      <Later>
        {open === 'gallery' && <Gallery onClose={close} />}
        {open === 'paste' && <PasteDialog onClose={close} />}
        {open === 'usgs' && <UsgsDialog onClose={close} />}
      </Later>
    </div>
  );
}

/** What is open: a built-in set as its card, a file by its name. */
function Opened({ dataset }: { dataset: Dataset }) {
  const source = dataset.kind === 'file' ? undefined : sourceByName(dataset.name);
  if (source) return <SourceCard source={source} />;
  return (
    <p className="soft">
      <strong>{dataset.name}</strong>: {count(dataset.rows)} rows in {dataset.columns.length}{' '}
      {dataset.columns.length === 1 ? 'column' : 'columns'}.
    </p>
  );
}

function OpenFailure(): ReactNode {
  const { dataset, openFailure } = useLab(({ data }) => data);
  if (!openFailure) return null;
  return (
    <Refusal
      what={
        <>
          <strong>{openFailure.name}</strong> was not opened.
        </>
      }
      failure={openFailure.failure}
      kept={dataset ? `${dataset.name}, ${count(dataset.rows)} rows, as it was.` : 'nothing was open before.'}
      next="mend the file and open it again, or choose built-in data."
      asked
      onDismiss={() => lab.data.dismissFailure()}
    />
  );
}

/** The table was read, but no windows can be cut from it with these settings. */
function PrepareFailure({ dataset }: { dataset: Dataset }): ReactNode {
  const failure = useLab(({ data }) => data.prepareFailure);
  const { features, stride } = useLab(({ config }) => config.data);
  if (!failure) return null;
  const { column, window } = failure;
  const leftOut = features.filter((name) => name !== column);
  const title = sourceByName(dataset.name)?.title ?? dataset.name;
  return (
    <Refusal
      what={null}
      asked={dataset.kind === 'file'}
      failure={failure}
      kept={`${title}, ${count(dataset.rows)} rows, as read, and every run so far.`}
      next={
        column !== undefined && features.includes(column) && leftOut.length > 0 ? (
          <>
            correct the file and open it again, or{' '}
            <button type="button" onClick={() => lab.set({ 'data.features': leftOut })}>
              Leave out {column}
            </button>
          </>
        ) : window !== undefined ? (
          <>
            <button
              type="button"
              onClick={() => lab.set({ 'data.window': window, 'data.stride': Math.min(stride, window) })}
            >
              Windows of {count(window)}
            </button>
            , or correct the data here; nothing has to be opened again.
          </>
        ) : dataset.columns.length > 0 ? (
          'correct the columns, the window or the split here; nothing has to be opened again.'
        ) : (
          'correct the window or the split here.'
        )
      }
    />
  );
}
