import { useState } from 'react';
import { describedMethod } from '../../engine/methods/descriptions.ts';
import { FigureMenu } from '../figures/FigureMenu.tsx';
import { percent } from '../format.ts';
import { useGpuNeed } from '../gpuNeed.ts';
import { KeptRuns } from '../keep/KeptRuns.tsx';
import { keptOf } from '../keep/keptRun.ts';
import { lab } from '../lab.ts';
import { telling } from '../project/projectState.ts';
import { differingKeys, settingCell, settingText } from '../runs/labels.ts';
import { lastFile } from '../runs/lastFile.ts';
import { longestName } from '../runs/names.ts';
import type { RunView } from '../runs/runView.ts';
import { type ConfigKey, describe } from '../settings/index.ts';
import { useRuns } from '../shown.ts';
import { goOnRefusal, useLab } from '../store.ts';
import { fixed } from '../view.ts';
import { RunSwatch } from './RunKey.tsx';
import { Scroll } from './ScrollTable.tsx';

/** Settings that have a column anyway: steps stand beside the step that was reached. */
const columnsOfTheirOwn = { 'method.name': true, 'data.source': true, 'train.steps': true };

/** Every run of this page; of the settings only those in which the runs differ, recorded ones counting while they are drawn. */
export function RunsTable() {
  const runs = useRuns((state) => state.runs, 'shown');
  const drawn = runs.filter(({ shown }) => shown);
  const keys = differingKeys(runs.filter(({ origin, shown }) => origin !== 'recorded' || shown)).filter(
    (key) => !(key in columnsOfTheirOwn),
  );
  if (runs.length === 0) {
    return (
      <div className="stack">
        <p className="soft">Every run of this page is kept here by name.</p>
        <KeptRuns />
      </div>
    );
  }
  return (
    <div className="stack">
      <Scroll label="Table of runs">
        <table className="runs">
          <thead>
            <tr>
              <th scope="col">Drawn</th>
              <th scope="col">Name</th>
              <th scope="col">Method</th>
              <th scope="col">Data</th>
              {keys.map((key) => (
                <th key={key} scope="col" title={describe[key as ConfigKey]?.help}>
                  {labelOfKey(key)}
                </th>
              ))}
              <th scope="col">Steps</th>
              <th scope="col" title="m_{t,0}, the share of the decoder’s state that comes from z">
                From z, last position
              </th>
              <th scope="col">Status</th>
              <th scope="col">
                <span className="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <Row key={run.id} id={run.id} place={drawn.indexOf(run)} keys={keys} />
            ))}
          </tbody>
        </table>
      </Scroll>
      <FigureMenu name="runs" caption="Runs" tables table={() => tableOf(keys)} />
      <KeptRuns />
    </div>
  );
}

const labelOfKey = (key: string) => describe[key as ConfigKey]?.label ?? key;

/** A run that is not loaded any more has finished, or was stopped on the way. */
function statusOf({ origin, status, config, progress }: RunView): string {
  if (origin === 'recorded') return origin;
  if (status !== 'ended') return status;
  return (progress?.step ?? 0) >= config.train.steps ? 'finished' : 'stopped';
}

/** How far it is: `1,500`, or `40 of 1,500` before the end. */
function stepsOf({ config, progress }: RunView): string {
  const [step, steps] = [progress?.step ?? 0, config.train.steps];
  return step === steps
    ? steps.toLocaleString('en')
    : `${step.toLocaleString('en')} of ${steps.toLocaleString('en')}`;
}

/** @param place of the run among those that are drawn, which gives it its colour; negative where it is not drawn */
function Row({ id, place, keys }: { id: string; place: number; keys: readonly string[] }) {
  const run = useLab(({ runs }) => runs.find((one) => one.id === id));
  const live = useLab((state) => state.live.includes(id));
  const kept = useLab((state) => keptOf(state.kept, id));
  if (!run) return null;
  const left = lastFile(run, kept);
  const last = run.curves.at(-1)?.points.at(-1);
  return (
    <tr>
      <td>
        <span className="drawn">
          <input
            type="checkbox"
            aria-label={`Draw ${run.name}`}
            checked={run.shown}
            onChange={({ target }) => lab.runs.setShown(run.id, target.checked)}
          />
          {place >= 0 && <RunSwatch index={place} />}
        </span>
      </td>
      <th scope="row" className="row-actions">
        <NameField run={run} />
        {left && (!live || run.status === 'failed') && <Continue run={run} step={left.step} />}
      </th>
      <td data-label="Method">{describedMethod(run.config.method.name).label}</td>
      <td data-label="Data">{run.dataset}</td>
      {keys.map((key) => (
        <td key={key} data-label={labelOfKey(key)}>
          {settingText(run, key)}
        </td>
      ))}
      <td data-label="Steps">{stepsOf(run)}</td>
      <td data-label="From z, last position">{last ? percent(last.m0) : '–'}</td>
      <td data-label="Status">
        <span title={kept?.file && `Kept on this machine, as of step ${kept.step.toLocaleString('en')}`}>
          {statusOf(run)}
          {kept?.file && ', kept'}
        </span>
      </td>
      <td className="row-actions">
        <button
          type="button"
          className="quiet"
          aria-pressed={run.pinned}
          aria-label={`Pin ${run.name}`}
          title="Stays drawn when a new run begins"
          onClick={() => lab.runs.setPinned(run.id, !run.pinned)}
        >
          Pin
        </button>
        <button
          type="button"
          className="quiet"
          aria-label={`Delete ${run.name}`}
          disabled={live}
          title={live ? 'The run that is loaded cannot be deleted' : 'Can be undone'}
          onClick={({ currentTarget }) => {
            focusBeside(currentTarget.closest('tr'));
            lab.runs.delete(run.id);
          }}
        >
          Delete
        </button>
      </td>
    </tr>
  );
}

/** Puts the focus on the last button of the row below, or else of the one above, before the row goes. */
function focusBeside(row: Element | null): void {
  const beside = row?.nextElementSibling ?? row?.previousElementSibling;
  Array.from(beside?.querySelectorAll<HTMLElement>('button:enabled') ?? [])
    .at(-1)
    ?.focus({ preventScroll: true });
}

/** Trains a run of a project, or a kept one, on; of a finished one the weights come back, to be asked and exported. */
function Continue({ run, step }: { run: RunView; step: number }) {
  const need = useGpuNeed();
  const locked = useLab(({ view }) => view.locked);
  const ready =
    useLab((state) => state.gpu.status === 'ready' && !state.crash && !goOnRefusal(state)) && !locked;
  const done = step >= run.config.train.steps;
  const what = done ? 'Load' : 'Continue';
  return (
    <button
      type="button"
      className="quiet"
      aria-label={`${what} ${run.name}`}
      disabled={!ready}
      {...need(
        locked
          ? fixed.settings
          : done
            ? 'Its weights, to be asked and exported'
            : `Trains on from step ${step.toLocaleString('en')}, on its data with its settings`,
      )}
      onClick={() =>
        telling(`Loading ${run.name}…`, async () => {
          await lab.continueRun(run.id);
          return undefined;
        })
      }
    >
      {what}
    </button>
  );
}

function NameField({ run }: { run: RunView }) {
  const [draft, setDraft] = useState<string>();
  const commit = () => {
    if (draft !== undefined) lab.runs.rename(run.id, draft);
    setDraft(undefined);
  };
  return (
    <input
      className="name"
      size={Math.min(32, Math.max(16, run.name.length))}
      maxLength={longestName}
      aria-label={`Name of ${run.name}`}
      value={draft ?? run.name}
      onChange={({ target }) => setDraft(target.value)}
      onBlur={commit}
      onKeyDown={({ key }) => {
        if (key === 'Enter') commit();
        if (key === 'Escape') setDraft(undefined);
      }}
    />
  );
}

/** The table as it is saved, of all runs as they are now. */
function tableOf(keys: readonly string[]) {
  return {
    columns: ['name', 'method', 'data', ...keys, 'step', 'steps', 'm_{t,0}, last position', 'status'],
    rows: useLab
      .getState()
      .runs.map((run) => [
        run.name,
        run.config.method.name,
        run.dataset,
        ...keys.map((key) => settingCell(run, key)),
        run.progress?.step ?? 0,
        run.config.train.steps,
        run.curves.at(-1)?.points.at(-1)?.m0 ?? Number.NaN,
        statusOf(run),
      ]),
  };
}
