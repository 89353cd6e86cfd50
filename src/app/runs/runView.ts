import type { Config } from '../../engine/train/config.ts';
import type {
  Answers,
  DependenceCurve,
  Failure,
  LatentCloud,
  LossRow,
  Progress,
  Question,
  RunNeeds,
  SampleSet,
  TrainerEvent,
} from '../../engine/train/protocol.ts';
import { LossHistory } from './lossHistory.ts';

/**
 * Where a run stands. `loading`: memory is being allocated and kernels are being compiled; `pausing`: the submit in
 * flight is being waited for; `ended`: given up for a newer run, what was measured stays and its weights are not loaded.
 */
export type RunStatus =
  | 'idle'
  | 'loading'
  | 'running'
  | 'pausing'
  | 'paused'
  | 'finished'
  | 'failed'
  | 'ended';

/** An answer to a question on a run, or what became of it. */
export type Asked<T> =
  | { state: 'asking' }
  | { state: 'answered'; answer: T }
  | { state: 'failed'; message: string };

/** What a run is: fixed when it is made. */
export interface RunIdentity {
  id: string;
  /** Memorable and unique on this page; the user may change it. */
  name: string;
  config: Config;
  /** Title of its data set. */
  dataset: string;
  /** `recorded`: replayed from a file that the project's own command made. */
  origin: 'live' | 'recorded';
  /** The settings and data it was loaded with, to see whether they have changed since. */
  key: string;
}

/** The user's own files that runs are trained on; nothing where the data are built in. */
export interface OwnFiles {
  table?: File;
  /** Names for the items of the table. */
  labels?: File;
}

/** What a run that came out of a file can go on from. */
export interface SavedRun {
  /** Optimiser steps done. */
  step: number;
  /** A checkpoint file. */
  file: Blob;
  /** Its data, where they came with it. */
  files: OwnFiles;
}

/** Everything the screen shows of one run. */
export interface RunView extends RunIdentity {
  status: RunStatus;
  /** Drawn in the charts. */
  shown: boolean;
  /** Stays drawn when a new run begins. */
  pinned: boolean;
  saved?: SavedRun;
  progress?: Progress;
  /** Every evaluation so far, oldest first. */
  curves: readonly DependenceCurve[];
  /** The series of every evaluation, oldest first. */
  samples: readonly SampleSet[];
  clouds: readonly LatentCloud[];
  losses: LossHistory;
  /** Grows with every addition to `losses`, which is no React state. */
  lossVersion: number;
  needs?: RunNeeds;
  /** Milliseconds a step of the joint phase, as last reported. */
  stepTime?: number;
  failure?: Failure;
  log: readonly string[];
  /** Questions asked of it, by kind. */
  asked: { readonly [Q in Question]?: Asked<Answers[Q]> };
}

/** Series of earlier evaluations that are kept for the scrubber. */
const keptSamples = 64;

/** A run that has not begun. */
export function newRun(identity: RunIdentity): RunView {
  return {
    ...identity,
    status: 'idle',
    shown: true,
    pinned: false,
    curves: [],
    samples: [],
    clouds: [],
    losses: new LossHistory(),
    lossVersion: 0,
    log: [],
    asked: {},
  };
}

function withProgress(run: RunView, progress: Progress): RunView {
  const { phase, stepTime = 0 } = progress;
  return { ...run, progress, ...(phase === 'joint' && stepTime > 0 && { stepTime }) };
}

/** The view after an event of the trainer. */
export function afterEvent(run: RunView, event: TrainerEvent): RunView {
  switch (event.type) {
    case 'ready':
      return { ...run, needs: { bytes: event.bytes, parts: event.parts, work: event.work } };
    case 'losses':
      return withLosses(run, event.rows);
    case 'progress':
      return withProgress(run, event.progress);
    case 'dependence':
      return { ...run, curves: replacing(run.curves, event.curve), asked: pending(run.asked) };
    case 'samples':
      return { ...run, samples: replacing(run.samples, event.samples).slice(-keptSamples) };
    case 'cloud':
      return { ...run, clouds: replacing(run.clouds, event.cloud).slice(-keptSamples) };
    case 'log':
      return { ...run, log: [...run.log.slice(-199), event.message] };
    case 'checkpoint':
      return run; // kept by the worker
    case 'rewound':
      return rewound(run, event.step);
    case 'failed':
      return { ...run, status: 'failed', failure: event.failure };
    case 'state':
      return event.state === 'stopped' ? restarted(run) : { ...run, status: event.state };
  }
}

/** What is still being asked. An answer is of the model as it was, and goes with a newer curve. */
function pending(asked: RunView['asked']): RunView['asked'] {
  return Object.fromEntries(Object.entries(asked).filter(([, one]) => one.state === 'asking'));
}

/** Back to step 0: what it is, stays; what it measured, goes. */
export function restarted(run: RunView): RunView {
  const { id, name, config, dataset, origin, key, shown, pinned } = run;
  return { ...newRun({ id, name, config, dataset, origin, key }), shown, pinned };
}

/** Back at an earlier step: what was measured later is measured again. */
function rewound(run: RunView, step: number): RunView {
  run.losses.rewind(step);
  const before = <T extends { step: number }>(list: readonly T[]) => list.filter((one) => one.step <= step);
  return {
    ...run,
    curves: before(run.curves),
    samples: before(run.samples),
    clouds: before(run.clouds),
    lossVersion: run.lossVersion + 1,
    failure: undefined,
  };
}

function withLosses(run: RunView, rows: readonly LossRow[]): RunView {
  run.losses.add(rows);
  return { ...run, lossVersion: run.lossVersion + 1 };
}

/** An evaluation that was interrupted by a pause is done again: the later one of a step counts. */
function replacing<T extends { step: number }>(list: readonly T[], item: T): T[] {
  return [...list.filter(({ step }) => step !== item.step), item];
}

/** The last item made at `step` or before; the last of all where `step` is undefined. */
export function at<T extends { step: number }>(list: readonly T[], step: number | undefined): T | undefined {
  return step === undefined ? list.at(-1) : (list.findLast((item) => item.step <= step) ?? list[0]);
}
