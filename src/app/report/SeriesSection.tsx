import { useMemo, useRef, useState } from 'react';
import { type GenerationMode, generationModes } from '../../engine/train/config.ts';
import type { ReportRun } from '../../engine/train/reportData.ts';
import { SeriesMultiples } from '../charts/SeriesMultiples.tsx';
import { rangeOf } from '../charts/SeriesPlot.tsx';
import { FigureMenu } from '../figures/FigureMenu.tsx';
import { seriesTable } from '../figures/seriesTable.ts';
import { FeatureChoice } from '../panels/FeatureChoice.tsx';
import { Tick } from '../panels/Tick.tsx';
import { featureNames } from '../runs/featureNames.ts';
import { evaluateKeys } from '../settings/describe.ts';
import { drawable } from './restore.ts';

const modes = evaluateKeys['evaluate.generation'].choices;

/** Generated series over held-out ones, on one scale, run beside run. */
export function SeriesSection({ runs }: { runs: readonly ReportRun[] }) {
  const [mode, setMode] = useState<GenerationMode>('sample');
  const [feature, setFeature] = useState(0);
  const [together, setTogether] = useState(true);
  const picture = useRef<HTMLDivElement>(null);
  const drawn = useMemo(
    () =>
      runs.flatMap(({ label, config, steps, features, samples }) =>
        samples
          ? [
              {
                label,
                step: steps,
                features: features ?? featureNames(config, samples.featureSize),
                real: drawable(samples, samples.real),
                generated: drawable(samples, samples.generated[mode]),
              },
            ]
          : [],
      ),
    [runs, mode],
  );
  const features = drawn.reduce<readonly string[]>(
    (most, run) => (run.features.length > most.length ? run.features : most),
    [],
  );
  return (
    <section aria-label="Series" className="panel">
      <header className="row">
        <h2>Real and generated series</h2>
        <div className="tools">
          <label className="inline-choice">
            <span className="fine">Generation</span>
            <select value={mode} onChange={({ target }) => setMode(target.value as GenerationMode)}>
              {generationModes.map((name) => (
                <option key={name} value={name}>
                  {modes[name]}
                </option>
              ))}
            </select>
          </label>
          <FeatureChoice features={features} chosen={feature} choose={setFeature} />
          <Tick checked={together} onChange={setTogether}>
            on one plot
          </Tick>
          <FigureMenu
            target={picture}
            name="series"
            caption={`Real and generated series, ${modes[mode]}`}
            table={() =>
              seriesTable(
                drawn.map(({ label, step, features: own, real, generated }) => {
                  const shown = Math.min(feature, own.length - 1);
                  const [unit, values] = [
                    own[shown] ?? '',
                    { real: real.values, generated: generated.values },
                  ];
                  return { ...real, ...values, label, step, feature: shown, unit };
                }),
                mode,
              )
            }
          />
        </div>
      </header>
      <div ref={picture} className="side-by-side">
        {drawn.map(({ label, real, generated, features: own }) => {
          const shown = Math.min(feature, own.length - 1);
          return (
            <div key={label}>
              <h3>{label}</h3>
              <SeriesMultiples
                real={real}
                generated={generated}
                feature={shown}
                unit={own[shown]}
                range={rangeOf([real, generated], shown)}
                view={together ? 'overlay' : 'multiples'}
              />
            </div>
          );
        })}
      </div>
    </section>
  );
}
