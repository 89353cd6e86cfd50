import type {
  DependenceCurve,
  Failure,
  LatentCloud,
  LossRow,
  MemoryEstimate,
  Progress,
  SampleSet,
  TrainerEvent,
} from '../engine/train/protocol.ts';
import { LossHistory } from './lossHistory.ts';

/**
 * Where a run stands. `loading`: memory is being allocated and kernels are being compiled; `pausing`: the submit in
 * flight is being waited for.
 */
export type RunStatus = 'idle' | 'loading' | 'running' | 'pausing' | 'paused' | 'finished' | 'failed';

/** Everything the screen shows of one run. */
export interface RunView {
  status: RunStatus;
  /** The settings and data it was loaded with; undefined before. */
  key?: string;
  /** Name of its method; with the key it says what the curves belong to. */
  method?: string;
  progress?: Progress;
  /** Every evaluation so far, oldest first. */
  curves: readonly DependenceCurve[];
  samples?: SampleSet;
  cloud?: LatentCloud;
  losses: LossHistory;
  /** Grows with every addition to `losses`, which is no React state. */
  lossVersion: number;
  memory?: MemoryEstimate;
  failure?: Failure;
  log: readonly string[];
}

/** A run that has not begun. */
export function newRun({ key, method }: Pick<RunView, 'key' | 'method'> = {}): RunView {
  return { key, method, status: 'idle', curves: [], losses: new LossHistory(), lossVersion: 0, log: [] };
}

/** The view after an event of the trainer. */
export function afterEvent(run: RunView, event: TrainerEvent): RunView {
  switch (event.type) {
    case 'ready':
      return { ...run, memory: { bytes: event.bytes, parts: event.parts } };
    case 'losses':
      return withLosses(run, event.rows);
    case 'progress':
      return { ...run, progress: event.progress };
    case 'dependence':
      return { ...run, curves: withCurve(run.curves, event.curve) };
    case 'samples':
      return { ...run, samples: event.samples };
    case 'cloud':
      return { ...run, cloud: event.cloud };
    case 'log':
      return { ...run, log: [...run.log.slice(-199), event.message] };
    case 'failed':
      return { ...run, status: 'failed', failure: event.failure };
    case 'state':
      return event.state === 'stopped' ? newRun(run) : { ...run, status: event.state };
  }
}

function withLosses(run: RunView, rows: readonly LossRow[]): RunView {
  run.losses.add(rows);
  return { ...run, lossVersion: run.lossVersion + 1 };
}

/** An evaluation that was interrupted by a pause is done again: the later one of a step counts. */
function withCurve(curves: readonly DependenceCurve[], curve: DependenceCurve): DependenceCurve[] {
  return [...curves.filter(({ step }) => step !== curve.step), curve];
}
