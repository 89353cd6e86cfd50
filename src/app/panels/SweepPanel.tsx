import { useRef, useState } from 'react';
import { SweepSurface } from '../charts/SweepSurface.tsx';
import { tickText } from '../charts/ticks.ts';
import { FigureMenu } from '../figures/FigureMenu.tsx';
import { percent } from '../format.ts';
import { useGpuNeed } from '../gpuNeed.ts';
import { lab } from '../lab.ts';
import { canTrain, isBusy, isPiloting, useLab } from '../store.ts';
import type { SweepView } from '../sweep/pilotView.ts';
import { ChoiceSection } from './ChoiceSection.tsx';
import { failuresOf, InlineChoice, PilotStatus } from './PilotControls.tsx';

const sizes = [2, 3, 4, 5];
const lengths = [100, 300, 1000, 3000];
const values = {
  m0: { label: 'share from z, mean of the last third of positions', text: percent },
  control: {
    label: 'control: correlation of series and free runs',
    text: (value: number) => tickText(Number(value.toFixed(2))),
  },
} as const;

/** What short trainings say of N, M and lambda_CS: a choice among a few candidates, and a surface over N and M. */
export function SweepPanel() {
  return (
    <div className="stack">
      <ChoiceSection />
      <SurfaceSection />
    </div>
  );
}

/** Short trainings over a grid of N and M on the present data, and what each decoder takes from z. */
function SurfaceSection() {
  const sweep = useLab((state) => state.sweep);
  const ready = useLab((state) => canTrain(state) && !isBusy(state) && !isPiloting(state));
  const need = useGpuNeed();
  const [size, setSize] = useState(3);
  const [steps, setSteps] = useState(300);
  const [value, setValue] = useState<keyof typeof values>('m0');
  const figure = useRef<HTMLDivElement>(null);
  const running = sweep?.state === 'running';
  return (
    <section className="stack" aria-label="Surface over N and M">
      <h3>Surface over N and M</h3>
      <p className="soft">
        Where little noise must keep the series decodable (up to N) and much noise must not (from M): a short
        training of the posterior-stable method for each pair, with the settings and the data as they are.
      </p>
      <div className="tools">
        <div className="tools">
          <InlineChoice
            label="Grid"
            value={size}
            all={sizes}
            text={(n) => `${n} × ${n}`}
            choose={setSize}
            disabled={running}
          />
          <InlineChoice label="Steps each" value={steps} all={lengths} choose={setSteps} disabled={running} />
          {running ? (
            <button type="button" onClick={() => lab.pilots.stop()}>
              Stop the sweep
            </button>
          ) : (
            <button
              type="button"
              {...need('A short training for each pair, on this machine')}
              disabled={!ready}
              onClick={() => lab.pilots.sweep(size, steps)}
            >
              Sweep N and M
            </button>
          )}
        </div>
        <PilotStatus view={sweep} name="sweep" steps={size * size * steps} testId="sweep-status" />
      </div>
      {sweep && (
        <>
          <div className="row">
            <label className="inline-choice">
              <span className="fine">Surface</span>
              <select value={value} onChange={({ target }) => setValue(target.value as typeof value)}>
                {Object.entries(values).map(([name, { label }]) => (
                  <option key={name} value={name}>
                    {label}
                  </option>
                ))}
              </select>
            </label>
            <FigureMenu
              target={figure}
              name="sweep"
              caption="Sweep over N and M"
              table={() => tableOf(sweep)}
            />
          </div>
          <div ref={figure}>
            <SweepSurface
              {...values[value]}
              rows={sweep.ends}
              columns={sweep.starts}
              values={sweep.results.map((result) => result && (result.measures?.[value] ?? Number.NaN))}
            />
          </div>
          <p className="fine">
            {sweep.steps.toLocaleString('en')} steps each, one seed: differences between neighbours may be no
            more than chance.
            {failuresOf(sweep).map((text) => ` ${text}`)}
          </p>
        </>
      )}
    </section>
  );
}

function tableOf({ ends, starts, results }: SweepView) {
  const columns = [
    ...['N', 'M', 'm_{t,0}, last third', 'control'],
    ...['log-likelihood (nats / step)', 'swap, last third (nats / step)'],
  ];
  const rows = ends.flatMap((end, row) =>
    starts.map((start, column) => {
      const { m0, control, logLikelihood, swap } = results[row * starts.length + column]?.measures ?? {};
      const numbers = [m0, control, logLikelihood?.value, swap?.value].map((value) => value ?? Number.NaN);
      return [end, start, ...numbers];
    }),
  );
  return { columns, rows };
}
