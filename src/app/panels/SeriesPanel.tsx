import { useRef, useState } from 'react';
import { type GenerationMode, generationModes } from '../../engine/train/config.ts';
import type { SampleSet } from '../../engine/train/protocol.ts';
import { SeriesMultiples } from '../charts/SeriesMultiples.tsx';
import { FigureMenu } from '../figures/FigureMenu.tsx';
import { lab } from '../lab.ts';
import { labelOf, sideOf, stepsText } from '../runs/labels.ts';
import type { RunView } from '../runs/runView.ts';
import { useShown } from '../shown.ts';
import { useLab } from '../store.ts';
import { drawnSeries, sharedRange } from './drawnSeries.ts';
import { FeatureChoice } from './FeatureChoice.tsx';
import { modes } from './modes.ts';
import { RunSwatch } from './RunKey.tsx';
import { Tick } from './Tick.tsx';

/** Generated series beside real ones that the model has not seen, on one scale, run beside run. */
export function SeriesPanel() {
  const runs = useShown('samples').slice(0, 4);
  const playhead = useLab((state) => state.playhead);
  const mode = useLab(({ view }) => view.mode);
  const data = useLab(({ config }) => config.data);
  const prepared = useLab((state) => state.data.prepared?.features);
  const [chosen, setChosen] = useState(0);
  const [together, setTogether] = useState(true);
  const figure = useRef<HTMLDivElement>(null);
  const drawn = drawnSeries(runs, chosen, playhead, { data, features: prepared });
  const features = drawn.reduce<readonly string[]>(
    (most, { names }) => (names.length > most.length ? names : most),
    [],
  );
  return (
    <section aria-label="Series" className="panel">
      <header className="row">
        <h2>Real and generated series</h2>
        <div className="tools">
          {features.length > 1 && (
            <FeatureChoice
              features={features}
              chosen={Math.min(chosen, features.length - 1)}
              choose={setChosen}
            />
          )}
          <Tick checked={together} onChange={setTogether}>
            on one plot
          </Tick>
          <FigureMenu
            target={figure}
            name="series"
            caption={`Real and generated series, ${modes[mode].label.toLowerCase()}, ${stepsText(drawn.map(({ samples }) => samples))}`}
            table={async () => (await import('./drawnTable.ts')).drawnTable(drawn, mode)}
          />
        </div>
      </header>
      <ModeSwitch mode={mode} />
      {drawn.length === 0 ? (
        <p className="soft">
          Generated series appear here beside real ones with each evaluation, on the same scale and in the
          data’s own units.
        </p>
      ) : (
        <div ref={figure} className="side-by-side">
          {drawn.map(({ run, samples, feature, unit }) => (
            <RunSeries
              key={run.id}
              title={titleOf(run, runs.indexOf(run), runs)}
              place={runs.length > 1 ? runs.indexOf(run) : undefined}
              samples={samples}
              mode={mode}
              feature={feature}
              unit={unit}
              range={sharedRange(drawn, unit, mode)}
              together={together}
            />
          ))}
        </div>
      )}
      {drawn.length > 0 && (
        <p className="fine">
          {modes[mode].label}: {modes[mode].help}
        </p>
      )}
    </section>
  );
}

function ModeSwitch({ mode }: { mode: GenerationMode }) {
  return (
    <fieldset className="bare segmented">
      <legend className="visually-hidden">Generation mode</legend>
      {generationModes.map((name) => (
        <label key={name} title={modes[name].help}>
          <input
            type="radio"
            name="mode"
            value={name}
            checked={mode === name}
            onChange={() => lab.show({ mode: name })}
          />
          <span>{modes[name].label}</span>
        </label>
      ))}
    </fieldset>
  );
}

function RunSeries(props: {
  title: string;
  /** Of the run among those that are drawn; left out where there is one alone. */
  place?: number;
  samples: SampleSet;
  mode: GenerationMode;
  feature: number;
  unit: string;
  range: readonly [number, number];
  together: boolean;
}) {
  const { title, place, samples, mode, feature, unit, range, together } = props;
  const shape = { count: samples.count, seqLen: samples.seqLen, featureSize: samples.featureSize };
  return (
    <div data-testid="run-series">
      <h3>
        {place !== undefined && <RunSwatch index={place} />}
        {title}
      </h3>
      <SeriesMultiples
        real={{ values: samples.real, ...shape }}
        generated={{ values: samples.generated[mode], ...shape }}
        feature={feature}
        unit={unit}
        range={range}
        view={together ? 'overlay' : 'multiples'}
      />
    </div>
  );
}

function titleOf(run: RunView, index: number, runs: readonly RunView[]): string {
  const side = sideOf(index, runs.length);
  const label = labelOf(run, runs);
  return side ? `${side === 'left' ? 'Left' : 'Right'}: ${label}` : label;
}
