import { useMemo } from 'react';
import { createSchedule } from '../../engine/diffusion/schedule.ts';
import { methodDescriptions } from '../../engine/methods/descriptions.ts';
import { Formula } from '../figures/Formula.tsx';
import { bytes, duration } from '../format.ts';
import { lab } from '../lab.ts';
import { useQuiet } from '../quiet.ts';
import { advancedGroups } from '../settings/index.ts';
import { Later, later } from '../shell/Later.tsx';
import { expectedSeconds, isBusy, plannedConfigs, useLab } from '../store.ts';
import type { View } from '../view.ts';
import { goToTab } from './Drawer.tsx';
import { Field } from './Field.tsx';
import styles from './ModelPanel.module.css';

const ScheduleHandles = later(() => import('../charts/ScheduleHandles.tsx'), 'ScheduleHandles');

/** The method and the one beside it, the sizes that matter most, all other settings, and the memory and time a run would take. */
export function ModelPanel() {
  const busy = useLab(isBusy);
  const locked = useLab(({ view }) => view.locked);
  const method = useLab(({ config }) => config.method.name);
  return (
    <section aria-label="Model" className="panel">
      <h2>Model</h2>
      {locked && <p className="soft">The link fixes the settings. Training can be run and watched.</p>}
      <fieldset disabled={busy || locked} className="bare stack">
        <legend className="visually-hidden">Choose the model</legend>
        <div className="cards" role="radiogroup" aria-label="Method">
          {methodDescriptions.map(({ name, label, summary, formula }) => (
            <label key={name} className="card">
              <input
                type="radio"
                name="method"
                value={name}
                checked={name === method}
                onChange={() => lab.set({ 'method.name': name })}
              />
              <span>
                <strong>{label}</strong>
                <span className="fine">{summary}</span>
                {name === method && (
                  <span className="card-formula">
                    <Formula tex={formula} />
                  </span>
                )}
              </span>
            </label>
          ))}
        </div>
        <Beside />
        <Zones />
        <ChooseForMe />
        <div className="pair">
          <Field name="model.hiddenSize" />
          <Field name="model.latentSize" />
          <Field name="train.batchSize" />
          <Field name="train.steps" />
        </div>
        <SmallerPreset />
        <details>
          <summary>Advanced</summary>
          <div className="stack">
            <p className="fine">
              Every other setting. A change takes effect on Enter or on leaving the field, and the address
              keeps it.
            </p>
            {advancedGroups(method).map(({ title, keys }) => (
              <fieldset key={title} className="bare">
                <legend>{title}</legend>
                <div className="pair">
                  {keys.map((key) => (
                    <Field key={key} name={key} />
                  ))}
                </div>
              </fieldset>
            ))}
          </div>
        </details>
      </fieldset>
      <Needs />
    </section>
  );
}

/** A second method on the same data, with the same seed and budget. */
function Beside() {
  const beside = useLab(({ view }) => view.beside);
  const method = useLab(({ config }) => config.method.name);
  return (
    <label className="field">
      <span className="field-label">Trained beside it</span>
      <select
        name="beside"
        value={beside === method ? '' : (beside ?? '')}
        onChange={({ target }) => lab.show({ beside: (target.value || null) as View['beside'] })}
      >
        <option value="">nothing</option>
        {methodDescriptions
          .filter(({ name }) => name !== method)
          .map(({ name, label }) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
      </select>
      <span className="fine">A second method on the same data, with the same seed and budget.</span>
    </label>
  );
}

/** N, M, gamma and eta as handles on the drawn alphaBar, where the method reads them. */
function Zones() {
  const diffusion = useLab(({ config }) => config.diffusion);
  const { name, inferenceEnd, collapseStart, gamma, eta } = useLab(({ config }) => config.method);
  const quiet = useQuiet();
  const { alphaBar } = useMemo(() => createSchedule(diffusion), [diffusion]);
  if (name !== 'posterior-stable') return null;
  const keys = { N: 'inferenceEnd', M: 'collapseStart', gamma: 'gamma', eta: 'eta' } as const;
  const place = <div className={styles.handlesPlace} />;
  if (!quiet) return place;
  return (
    <Later fallback={place}>
      <ScheduleHandles
        alphaBar={alphaBar}
        N={inferenceEnd}
        M={collapseStart}
        gamma={gamma}
        eta={eta}
        onChange={(change) => {
          const changed = Object.entries(change).filter(([, value]) => value !== undefined);
          lab.set(
            Object.fromEntries(
              changed.map(([symbol, value]) => [`method.${keys[symbol as keyof typeof keys]}`, value]),
            ),
          );
        }}
      />
    </Later>
  );
}

/** Leads to the tab where N, M and lambda_CS are chosen by short trainings. */
function ChooseForMe() {
  const offered = useLab(
    ({ config, view }) => config.method.name === 'posterior-stable' && !view.hide.includes('drawer'),
  );
  if (!offered) return null;
  return (
    <button
      type="button"
      title="N, M and λ_CS by short trainings, in the tab Sweep"
      onClick={() => goToTab('sweep')}
    >
      Choose N, M and λ for me…
    </button>
  );
}

const smaller = {
  'model.hiddenSize': 16,
  'train.batchSize': 16,
  'train.steps': 600,
  'evaluate.dependenceSeries': 16,
};

/** One press to sizes that train in a minute on a slow machine. */
function SmallerPreset() {
  const small = useLab(({ config }) => config.model.hiddenSize <= 16 && config.train.batchSize <= 16);
  return (
    <button
      type="button"
      disabled={small}
      title="Hidden size 16, batch 16, 600 steps, 16 series in the curve"
      onClick={() => lab.set(smaller)}
    >
      Smaller and faster
    </button>
  );
}

/** Memory and time before Run: the bytes are exact, the time goes by the last run, or by a step that was tried. */
function Needs() {
  const needs = useLab(({ data }) => data.prepared?.needs);
  const two = useLab((state) => plannedConfigs(state).length > 1);
  const seconds = useLab(expectedSeconds);
  if (!needs) return null;
  return (
    <p className="fine">
      Needs <strong data-testid="memory">{bytes(needs.bytes)}</strong> of GPU memory
      {two && ', and about as much again for the method beside it'}; the parts are in the GPU tab.{' '}
      {seconds === undefined ? (
        'How long it takes stands here once a step has shown how fast this machine is.'
      ) : (
        <>
          Takes about <strong data-testid="time">{duration(seconds)}</strong> on this machine, evaluations not
          counted.
        </>
      )}
    </p>
  );
}
