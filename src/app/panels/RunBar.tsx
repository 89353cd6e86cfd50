import { duration, rate } from '../format.ts';
import { useGpuNeed } from '../gpuNeed.ts';
import { lab } from '../lab.ts';
import { CloseButton } from '../shell/CloseButton.tsx';
import {
  canTrain,
  isBusy,
  isStale,
  type LabState,
  liveRuns,
  liveStatus,
  plannedConfigs,
  useLab,
} from '../store.ts';
import type { View } from '../view.ts';

/** Run, Pause, Step and Reset, and how far the live runs are. */
export function RunBar() {
  const need = useGpuNeed();
  const able = useLab(canTrain);
  const busy = useLab(isBusy);
  const stale = useLab(isStale);
  const status = useLab(liveStatus);
  const begun = useLab(({ live }) => live.length > 0);
  const over = status === 'finished' || status === 'failed';
  const mayGoOn = able && !busy && (!over || stale);
  return (
    <div className="run-bar">
      <fieldset className="buttons" onPointerEnter={compile} onFocus={compile}>
        <legend className="visually-hidden">Training</legend>
        <button
          type="button"
          className="primary"
          disabled={!mayGoOn}
          {...need(
            over && !stale
              ? 'The run is over: Reset begins it anew, and leaves this one in the table'
              : 'Train from here to the end',
          )}
          onClick={() => lab.run()}
        >
          Run
        </button>
        <button
          type="button"
          disabled={!busy || status === 'pausing'}
          {...need('Stop and keep everything')}
          onClick={() => lab.pause()}
        >
          Pause
        </button>
        <button
          type="button"
          disabled={!mayGoOn}
          {...need('One optimiser step and a fresh curve')}
          onClick={() => lab.step()}
        >
          Step
        </button>
        <button
          type="button"
          disabled={!begun || status === 'loading'}
          {...need('Back to step 0 with the same seed; what has been measured stays in the table of runs')}
          onClick={() => lab.reset()}
        >
          Reset
        </button>
      </fieldset>
      <Speed />
      <Start />
      <RunStatus />
    </div>
  );
}

/** See app/compileAhead: whoever comes to the buttons is about to press one. */
const compile = () => lab.compileAhead(plannedConfigs(useLab.getState()));

const speeds = [
  { value: '', label: 'full speed' },
  { value: '20', label: '20 steps/s' },
  { value: '5', label: '5 steps/s' },
  { value: '1', label: '1 step/s' },
] as const;

/** Slow motion, for a class to watch. */
function Speed() {
  const speed = useLab(({ view }) => view.speed);
  return (
    <select
      aria-label="Speed"
      title="Slow motion: steps a second at the most"
      value={speed ?? ''}
      onChange={({ target }) => lab.limitSpeed((Number(target.value) || null) as View['speed'])}
    >
      {speeds.map(({ value, label }) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}

/** Which weights the next run begins with, where they are not random. */
function Start() {
  const start = useLab((state) => state.start);
  const busy = useLab(isBusy);
  if (!start) return null;
  return (
    <p className="fine start" data-testid="start">
      <span title={`The next run begins with the weights of ${start.name}`}>
        begins with the weights of <strong>{start.name}</strong>
      </span>
      <CloseButton
        label={`Do not begin with the weights of ${start.name}`}
        title="Begin with random weights again"
        disabled={busy}
        onClose={() => lab.beginWith()}
      />
    </p>
  );
}

function RunStatus() {
  const status = useLab(liveStatus);
  const step = useLab((state) => Math.min(...progressOf(state).map((one) => one.step)));
  const left = useLab((state) => Math.max(...progressOf(state).map((one) => one.secondsLeft)));
  const speed = useLab((state) => Math.min(...progressOf(state).map((one) => one.stepsPerSecond)));
  const steps = useLab(
    ({ config, ...state }) => liveRuns({ config, ...state })[0]?.config.train.steps ?? config.train.steps,
  );
  const said = useLab(sentence);
  const done = Number.isFinite(step) ? step : 0;
  return (
    <div className="run-status" data-status={status} data-step={done}>
      <div className="said">
        <p role="status">{said}</p>
        {/* In the order in which they are let go where there is no room: the last first. */}
        <p className="fine figures">
          <span data-testid="step">
            Step {done.toLocaleString('en')} of {steps.toLocaleString('en')}
          </span>
          {speed > 0 && Number.isFinite(speed) && (
            <>
              {status !== 'finished' && <span>{duration(left)} left</span>}
              <span>{rate(speed)}</span>
            </>
          )}
        </p>
      </div>
      <progress value={done} max={steps} aria-label="Steps done" />
    </div>
  );
}

/** Progress of the live runs that have reported any. */
function progressOf(state: LabState) {
  return liveRuns(state).flatMap(({ progress }) => progress ?? []);
}

/** What is going on, in words; it changes only when that changes, since screen readers speak it. */
function sentence(state: LabState): string {
  const { gpu, data, crash } = state;
  if (crash) return 'Stopped by a failure.';
  if (gpu.status === 'probing') return 'Looking for a GPU.';
  if (gpu.status === 'missing') return 'No WebGPU: training is off.';
  if (data.prepareFailure) return 'The data need a correction first.';
  if (data.next && !isBusy(state)) return 'Preparing the data.';
  if (!isBusy(state) && isStale(state)) return 'Settings changed: Run begins anew.';
  switch (liveStatus(state)) {
    case 'loading':
      return 'Allocating memory and compiling kernels.';
    case 'running':
      return progressOf(state).every(({ phase }) => phase === 'denoiser')
        ? 'Training the denoiser alone.'
        : 'Training the whole model.';
    case 'pausing':
      return 'Pausing after this step.';
    case 'paused':
      return 'Paused.';
    case 'finished':
      return 'Finished.';
    case 'failed':
      return 'Stopped by a failure.';
    default:
      return data.prepared ? 'Ready.' : 'Preparing the data.';
  }
}
