import { useState } from 'react';
import { rangeOf, SeriesPlot } from '../charts/SeriesPlot.tsx';
import { describe } from '../settings/index.ts';
import { isBusy, useLab } from '../store.ts';
import { FeatureChoice } from './FeatureChoice.tsx';
import { Field } from './Field.tsx';

const modes: Record<string, string> = {
  ...describe['evaluate.generation'].choices,
};
const places = [0, 1, 2];

/** Generated series beside real ones that the model has not seen, on one scale, with the generation mode named. */
export function SeriesPanel() {
  const samples = useLab(({ run }) => run.samples);
  const features = useLab(({ data }) => data.prepared?.features);
  const mode = useLab(({ config }) => config.evaluate.generation);
  const busy = useLab(isBusy);
  const [chosen, setChosen] = useState(0);
  const shape = samples && { count: samples.count, seqLen: samples.seqLen, featureSize: samples.featureSize };
  const real = samples && shape && { values: samples.real, ...shape };
  const generated = samples && shape && { values: samples.generated[mode], ...shape };
  const feature = Math.min(chosen, (shape?.featureSize ?? 1) - 1);
  return (
    <section aria-label="Series" className="panel">
      <h2>Real and generated series</h2>
      {features && <FeatureChoice features={features} chosen={feature} choose={setChosen} />}
      {real && generated ? (
        <div className="compare">
          <h3>Real, not trained on</h3>
          <h3>
            Generated, <span data-testid="mode">{modes[mode]}</span>
          </h3>
          {places.slice(0, real.count).flatMap((n) => {
            const range = rangeOf([real, generated], feature);
            const shared = { series: n, feature, range };
            return [
              <SeriesPlot
                key={`real ${n}`}
                set={real}
                {...shared}
                kind="real"
                ticks
                label={`Real series ${n + 1}`}
              />,
              <SeriesPlot
                key={`generated ${n}`}
                set={generated}
                {...shared}
                kind="generated"
                ticks={false}
                label={`Generated series ${n + 1}`}
              />,
            ];
          })}
        </div>
      ) : (
        <p className="soft">
          Three generated series appear here beside three real ones with each evaluation, on the same scale
          and in the data’s own units.
        </p>
      )}
      {samples && (
        <p className="fine">
          At step {samples.step.toLocaleString('en')}; across: position 1 to {samples.seqLen}, up: the data’s
          own units.
        </p>
      )}
      <fieldset disabled={busy} className="bare">
        <legend className="visually-hidden">Generation</legend>
        <Field name="evaluate.generation" />
      </fieldset>
    </section>
  );
}
