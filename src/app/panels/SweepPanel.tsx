import { useRef, useState } from 'react';
import { SweepSurface } from '../charts/SweepSurface.tsx';
import { FigureMenu } from '../figures/FigureMenu.tsx';
import { duration } from '../format.ts';
import { lab } from '../lab.ts';
import { canTrain, isBusy, type LabState, useLab } from '../store.ts';
import type { SweepView } from '../sweep/sweepState.ts';

const sizes = [2, 3, 4, 5];
const lengths = [100, 300, 1000, 3000];
const values = {
  m0: { label: 'share from z, m_{t,0} over the last third' },
  control: { label: 'control: correlation of series and free runs' },
} as const;

/** Short trainings over a grid of N and M on the present data, and what each decoder takes from z. */
export function SweepPanel() {
  const sweep = useLab((state) => state.sweep);
  const ready = useLab((state) => canTrain(state) && !isBusy(state));
  const rate = useLab(stepsPerSecond);
  const [size, setSize] = useState(3);
  const [steps, setSteps] = useState(300);
  const [value, setValue] = useState<keyof typeof values>('m0');
  const figure = useRef<HTMLDivElement>(null);
  const running = sweep?.state === 'running';
  return (
    <div className="stack">
      <p className="soft">
        Where little noise must keep the series decodable (up to N) and much noise must not (from M): a short
        training of the posterior-stable method for each pair, with the settings and the data as they are.
      </p>
      <div className="row">
        <div className="tools">
          <Choice
            label="Grid"
            value={size}
            all={sizes}
            text={(n) => `${n} x ${n}`}
            choose={setSize}
            disabled={running}
          />
          <Choice
            label="Steps each"
            value={steps}
            all={lengths}
            text={String}
            choose={setSteps}
            disabled={running}
          />
          {running ? (
            <button type="button" onClick={() => lab.stopSweep()}>
              Stop the sweep
            </button>
          ) : (
            <button type="button" disabled={!ready} onClick={() => lab.sweep(size, steps)}>
              Sweep N and M
            </button>
          )}
        </div>
        <p className="fine" role="status" data-testid="sweep-status">
          {sweep && sweep.state !== 'ended' ? statusOf(sweep) : estimate(size * size * steps, rate)}
        </p>
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
            <FigureMenu target={figure} name="sweep" caption="Sweep over N and M" {...tableOf(sweep)} />
          </div>
          <div ref={figure}>
            <SweepSurface
              label={values[value].label}
              rows={sweep.ends}
              columns={sweep.starts}
              values={sweep.results.map((result) => result?.[value])}
            />
          </div>
          <p className="fine">
            {sweep.steps} steps each, one seed: differences between neighbours may be no more than chance.
            {[...new Set(sweep.results.flatMap((result) => result?.failure ?? []))].map((text) => ` ${text}`)}
          </p>
        </>
      )}
    </div>
  );
}

function Choice(props: {
  label: string;
  value: number;
  all: readonly number[];
  text: (value: number) => string;
  choose: (value: number) => void;
  disabled: boolean;
}) {
  const { label, value, all, text, choose, disabled } = props;
  return (
    <label className="inline-choice">
      <span className="fine">{label}</span>
      <select value={value} disabled={disabled} onChange={({ target }) => choose(Number(target.value))}>
        {all.map((one) => (
          <option key={one} value={one}>
            {text(one)}
          </option>
        ))}
      </select>
    </label>
  );
}

function statusOf({ state, done, seconds, failure, results }: SweepView): string {
  const ended = results.filter(Boolean).length;
  if (state === 'failed') return failure ?? 'The sweep failed.';
  const part = `${ended} of ${results.length} runs`;
  if (state === 'stopped') return `Stopped: ${part} were trained.`;
  // The first steps compile the kernels: what they took says nothing of the rest.
  return done < 0.02 ? `${part}…` : `${part}, ${duration((seconds * (1 - done)) / done)} left`;
}

/** The speed of the last run that trained on this page, while it did. */
function stepsPerSecond({ runs }: LabState): number {
  const run = runs.findLast(
    ({ origin, progress }) => origin === 'live' && (progress?.stepsPerSecond ?? 0) > 0,
  );
  return run?.progress?.stepsPerSecond ?? 0;
}

function estimate(steps: number, rate: number): string {
  return rate > 0
    ? `${steps.toLocaleString('en')} steps, about ${duration(steps / rate)} at the speed of the last run.`
    : `${steps.toLocaleString('en')} steps; how long they take is known once the first have been made.`;
}

function tableOf({ ends, starts, results }: SweepView) {
  const columns = ['N', 'M', 'm_{t,0}, last third', 'control'];
  const rows = ends.flatMap((end, row) =>
    starts.map((start, column) => {
      const result = results[row * starts.length + column];
      return [end, start, result?.m0 ?? Number.NaN, result?.control ?? Number.NaN];
    }),
  );
  return { columns, rows };
}
