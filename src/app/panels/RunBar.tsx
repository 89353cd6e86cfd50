import { bytes, duration, rate } from '../format.ts';
import { lab } from '../lab.ts';
import { canTrain, isBusy, isStale, type LabState, useLab } from '../store.ts';

/** Run, Pause, Step and Reset, and how far the run is. */
export function RunBar() {
  const able = useLab(canTrain);
  const busy = useLab(isBusy);
  const stale = useLab(isStale);
  const status = useLab(({ run }) => run.status);
  const begun = useLab(({ run }) => run.status !== 'idle' || run.progress !== undefined);
  const over = status === 'finished' || status === 'failed';
  const mayGoOn = able && !busy && (!over || stale);
  return (
    <div className="run-bar">
      <fieldset className="buttons">
        <legend className="visually-hidden">Training</legend>
        <button
          type="button"
          className="primary"
          disabled={!mayGoOn}
          title="Train from here to the end"
          onClick={() => lab.run()}
        >
          Run
        </button>
        <button
          type="button"
          disabled={!busy || status === 'pausing'}
          title="Stop and keep everything"
          onClick={() => lab.pause()}
        >
          Pause
        </button>
        <button
          type="button"
          disabled={!mayGoOn}
          title="One optimiser step and a fresh curve"
          onClick={() => lab.step()}
        >
          Step
        </button>
        <button
          type="button"
          disabled={!begun || status === 'loading'}
          title="Back to step 0 with the same seed"
          onClick={() => lab.reset()}
        >
          Reset
        </button>
      </fieldset>
      <RunStatus />
    </div>
  );
}

function RunStatus() {
  const status = useLab(({ run }) => run.status);
  const progress = useLab(({ run }) => run.progress);
  const planned = useLab(({ config }) => config.train.steps);
  const memory = useLab(({ data }) => data.prepared?.memory.bytes);
  const said = useLab(sentence);
  const steps = progress?.steps ?? planned;
  const step = progress?.step ?? 0;
  return (
    <div className="run-status" data-status={status} data-step={step}>
      <p role="status">{said}</p>
      <progress value={step} max={steps} aria-label="Steps done" />
      <p className="fine figures">
        <span data-testid="step">
          Step {step.toLocaleString('en')} of {steps.toLocaleString('en')}
        </span>
        {memory !== undefined && <span>{bytes(memory)} of GPU memory</span>}
        {progress && progress.stepsPerSecond > 0 && (
          <>
            <span>{rate(progress.stepsPerSecond)}</span>
            {status !== 'finished' && <span>{duration(progress.secondsLeft)} left</span>}
          </>
        )}
      </p>
    </div>
  );
}

/** What is going on, in words; it changes only when that changes, since screen readers speak it. */
function sentence(state: LabState): string {
  const { gpu, run, data } = state;
  if (gpu.status === 'probing') return 'Looking for a GPU.';
  if (gpu.status === 'missing') return 'No WebGPU: training is off.';
  if (data.prepareFailure) return 'The data need a correction first.';
  if (!isBusy(state) && isStale(state)) return 'Settings changed: Run begins anew.';
  switch (run.status) {
    case 'idle':
      return data.prepared ? 'Ready.' : 'Preparing the data.';
    case 'loading':
      return 'Allocating memory and compiling kernels.';
    case 'running':
      return run.progress?.phase === 'denoiser'
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
  }
}
