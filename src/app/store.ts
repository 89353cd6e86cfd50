import { create } from 'zustand';
import type { ReadProgress } from '../engine/data/readSource.ts';
import { type Config, ConfigError, parseConfig } from '../engine/train/config.ts';
import type { Failure, PilotEvent, StepTrial, TrainerEvent } from '../engine/train/protocol.ts';
import type { KeepReport, KeptRun } from './keep/keptRun.ts';
import { pastRun } from './keep/pastRun.ts';
import { afterEvent, type RunStatus, type RunView } from './runs/runView.ts';
import { pageDefaults } from './settings/index.ts';
import { afterPilotEvent, type ChoiceView, isUnderWay, type SweepView } from './sweep/pilotView.ts';
import { fixed, type View, viewDefaults } from './view.ts';
import type { DataFailure, Dataset, PilotPurpose, PreparedSummary, WorkerEvent } from './workerProtocol.ts';

/** What is known of the machine's GPU. */
export type GpuState =
  | { status: 'probing' }
  | {
      status: 'ready';
      name: string;
      /** The browser's software GPU. */
      fallback: boolean;
      /** How many it has after what was compiled ahead last. */
      pipelines?: number;
      /** What a step took before there was a run. */
      trial?: StepTrial;
    }
  | { status: 'missing'; reason: 'no-api' | 'no-adapter'; message: string };

/** What is known of the data. */
export interface DataState {
  /** A data set is being read. */
  opening: boolean;
  /** How far, where it takes a while. */
  reading?: ReadProgress & { name: string };
  dataset?: Dataset;
  /** Changes with the user's own files that are open, though their names be the same. */
  version?: string;
  /** Of the dataset with the settings as they are; stays from before while the next is made. */
  prepared?: PreparedSummary;
  /** Why the last file could not be opened; the data set before it stays. */
  openFailure?: { name: string; failure: DataFailure };
  /** Why the data set cannot be cut with these settings. */
  prepareFailure?: DataFailure;
  /** What is done as soon as the data are there. */
  next?: () => void;
}

/** A run and its place among the others, or stopped runs of an earlier visit, which have none. */
export type Deleted =
  | { run: RunView; index: number; stopped?: undefined }
  | { run?: undefined; stopped: readonly KeptRun[] };

/** The whole state of the page. */
export interface LabState {
  gpu: GpuState;
  config: Config;
  view: View;
  data: DataState;
  /** Every run of this page, oldest first. */
  runs: readonly RunView[];
  /** The runs that Run, Pause, Step and Reset act on: one, or two side by side. Their weights are in the worker. */
  live: readonly string[];
  /** Training step that the charts show; undefined for the latest. */
  playhead?: number;
  /** What was deleted last, until the next is. */
  deleted?: Deleted;
  /** What is kept on this machine; undefined until the worker has looked, and where nothing is to be kept. */
  kept?: KeepReport;
  /** The file whose weights the next runs begin with; random ones if absent. The weights are in the lab. */
  start?: { name: string; crc32: string };
  /** The last sweep over N and M. */
  sweep?: SweepView;
  /** The last choice of N, M and lambda_CS. */
  choice?: ChoiceView;
  /** Why the worker stopped: from then on nothing can be opened, trained or asked. */
  crash?: Failure;
  /** What was wrong with the address the page was opened with, a sentence for each fault. */
  addressProblems: readonly string[];
  /** A file on another machine, or not open, that the address named. */
  addressFile?: string;
}

export const useLab = create<LabState>()(() => ({
  gpu: { status: 'probing' },
  config: pageDefaults,
  view: viewDefaults,
  data: { opening: false },
  runs: [],
  live: [],
  addressProblems: [],
}));

/** The runs in the worker, in the order they were loaded. */
export function liveRuns({ runs, live }: LabState): RunView[] {
  return live.flatMap((id) => runs.find((run) => run.id === id) ?? []);
}

/** The runs that are drawn, oldest first. */
export function shownRuns({ runs }: LabState): RunView[] {
  return runs.filter(({ shown }) => shown);
}

/** Configs that Train both live trains. */
export function bothConfigs(state: LabState): Config[] {
  const { config, view } = state;
  const method = { ...config.method, name: secondMethod(config) };
  return plannedConfigs({
    ...state,
    config: { ...config, method },
    view: { ...view, beside: 'latent-diffusion' },
  });
}

/** Configs that Run trains: the settings, and beside them the same with the other method. */
export function plannedConfigs({ config, view: { beside } }: LabState): Config[] {
  if (beside === null || beside === config.method.name) return [config];
  return [{ ...config, method: { ...config.method, name: beside } }, config];
}

/**
 * Seconds of a training step with the settings as they are, by what a step of the live runs took, or one that was tried, and how much
 * work it was; undefined before there was one.
 */
export function stepSeconds(state: LabState): number | undefined {
  const { work = 0 } = state.data.prepared?.needs ?? {};
  const live = liveRuns(state);
  const times = live.flatMap(({ stepTime, needs }) => (stepTime && needs ? stepTime / needs.work : []));
  const measured = times.length > 0 && times.length === live.length;
  const trial = state.gpu.status === 'ready' ? state.gpu.trial : undefined;
  if (!measured && !trial) return undefined;
  // Live runs shared the device: each waited for the others' steps too.
  const timeOfWork = measured ? Math.max(...times) / live.length : (trial?.time ?? 0) / (trial?.work ?? 1);
  return (work * timeOfWork) / 1000;
}

/** Seconds that the steps of the planned runs will take; undefined as `stepSeconds`. */
export function expectedSeconds(state: LabState): number | undefined {
  const each = stepSeconds(state);
  if (each === undefined) return undefined;
  const { steps } = state.config.train;
  const seconds = plannedConfigs(state).length * steps * each;
  const { speed } = state.view; // slow motion keeps every run to so many steps a second
  return speed === null ? seconds : Math.max(seconds, steps / speed);
}

/** Identifies what a run is loaded with. */
export function runKey({ data, start }: LabState, config: Config): string {
  return JSON.stringify([data.dataset?.name, data.version, start?.crc32, config]);
}

/** Whether settings or data have changed since the live runs were loaded, so that Run begins new ones. */
export function isStale(state: LabState): boolean {
  const live = liveRuns(state);
  if (live.length === 0) return false;
  return (
    live.map(({ key }) => key).join() !==
    plannedConfigs(state)
      .map((c) => runKey(state, c))
      .join()
  );
}

/** Whether there is something to train and something to train it on, and no run waits for its data. */
export function canTrain({ gpu, data, crash }: LabState): boolean {
  const { dataset, opening, prepareFailure, next } = data;
  return !crash && gpu.status === 'ready' && dataset !== undefined && !opening && !prepareFailure && !next;
}

const busyStatuses: readonly RunStatus[] = ['loading', 'running', 'pausing'];

/** Whether training is under way, so that settings must stay as they are. */
export function isBusy(state: LabState): boolean {
  return liveRuns(state).some(({ status }) => busyStatuses.includes(status));
}

/** Why a saved run cannot go on now, as a sentence; undefined where it can. */
export function goOnRefusal(state: LabState): string | undefined {
  const { opening, next } = state.data;
  if (isBusy(state)) return 'A run trains meanwhile: pause it, then continue this one.';
  if (opening) return 'A file is being read: continue this run when it is open.';
  return next && 'Another run waits for its data: pause it once it trains, then continue this one.';
}

/** Why the page opens no file that is dropped on it or pasted; undefined where it opens them. */
export function fileRefusal(state: LabState): string | undefined {
  const { embed, hide, locked } = state.view;
  if (embed || hide.includes('data')) return fixed.hidden;
  if (isBusy(state)) return 'Pause the training first';
  return locked ? fixed.data : undefined;
}

/** The status of the live runs as one: the busiest, then the one least far on. */
export function liveStatus(state: LabState): RunStatus {
  const order: RunStatus[] = ['loading', 'pausing', 'running', 'failed', 'paused', 'idle', 'finished'];
  const statuses = liveRuns(state).map(({ status }) => status);
  return order.find((status) => statuses.includes(status)) ?? 'idle';
}

/** The config with values at dotted keys, checked once all are set. @returns it, or the sentence of what is wrong with it */
export function withSettings(config: Config, changes: Readonly<Record<string, unknown>>): Config | string {
  const branch = (at: unknown, [head, ...tail]: string[], value: unknown): unknown =>
    head === undefined
      ? value
      : { ...(at as object), [head]: branch(Reflect.get(at as object, head), tail, value) };
  let changed: unknown = config;
  for (const [key, value] of Object.entries(changes)) changed = branch(changed, key.split('.'), value);
  try {
    return parseConfig(changed);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

/** The state with some runs replaced. */
export function withRuns(
  state: LabState,
  ids: readonly string[],
  change: (run: RunView) => RunView,
): LabState {
  return { ...state, runs: state.runs.map((run) => (ids.includes(run.id) ? change(run) : run)) };
}

/** The state after an event of the worker; answers to data questions are the lab's own business. */
export function afterWorkerEvent(state: LabState, event: WorkerEvent): LabState {
  switch (event.type) {
    case 'adapter':
      return { ...state, gpu: { status: 'ready', name: event.name, fallback: event.fallback } };
    case 'compiled':
      return state.gpu.status === 'ready'
        ? { ...state, gpu: { ...state.gpu, pipelines: event.pipelines } }
        : state;
    case 'tried':
      return state.gpu.status === 'ready' ? { ...state, gpu: { ...state.gpu, trial: event.trial } } : state;
    case 'no-webgpu':
      return { ...state, gpu: { status: 'missing', reason: event.reason, message: event.message } };
    case 'run':
      // What a run measured last is welcome after it was given up; where it stood then is not where it stands.
      if (event.event.type === 'state' && !state.live.includes(event.run)) return state;
      return withRuns(state, [event.run], (run) => afterEvent(run, event.event));
    case 'answer':
      return withRuns(state, [event.run], (run) => ({
        ...run,
        asked: { ...run.asked, [event.question]: { state: 'answered', answer: event.answer } },
      }));
    case 'no-answer':
      return withRuns(state, [event.run], (run) => ({
        ...run,
        asked: { ...run.asked, [event.question]: { state: 'failed', message: event.message } },
      }));
    case 'kept':
      return { ...state, kept: event.report };
    case 'past':
      return withPast(state, event.run, event.events);
    case 'pilot':
      return withPilot(state, event.purpose, event.event);
    case 'crashed': {
      const { failure } = event;
      const failed = withRuns(state, state.live, (run) => ({ ...run, status: 'failed', failure }));
      const stopped: LabState = { ...failed, live: [], crash: failure };
      return (['sweep', 'choice'] as const)
        .filter((purpose) => isUnderWay(state[purpose]))
        .reduce((s, purpose) => withPilot(s, purpose, { type: 'failed', message: failure.message }), stopped);
    }
    default:
      return state;
  }
}

/** The state with a run of an earlier visit, before those of this one. */
function withPast(state: LabState, id: string, events: readonly TrainerEvent[]): LabState {
  const kept = state.kept?.runs.find((run) => run.id === id);
  if (!kept || state.runs.some((run) => run.id === id)) return state;
  const first = state.runs.findIndex((run) => state.live.includes(run.id));
  const at = first < 0 ? state.runs.length : first;
  return { ...state, runs: state.runs.toSpliced(at, 0, pastRun(kept, events)) };
}

function withPilot(state: LabState, purpose: PilotPurpose, event: PilotEvent): LabState {
  return purpose === 'sweep'
    ? { ...state, sweep: state.sweep && afterPilotEvent(state.sweep, event) }
    : { ...state, choice: state.choice && afterPilotEvent(state.choice, event) };
}

/** Whether Train both live leaves the settings as they are: latent diffusion comes beside the method that is set. */
export function bothAsSet({ config }: LabState): boolean {
  return config.method.name === secondMethod(config);
}

/** The method that Train both live trains beside latent diffusion. */
export function secondMethod({ method }: Config): Config['method']['name'] {
  return method.name === 'latent-diffusion' ? 'posterior-stable' : method.name;
}

/** Whether Train both live can be pressed; where the link fixes the settings, only if it leaves them as they are. */
export function mayTrainBoth(state: LabState): boolean {
  return canTrain(state) && !isBusy(state) && (!state.view.locked || bothAsSet(state));
}

/** Whether a page may take up the settings of runs: one whose settings are fixed may if they are its own. */
export function mayTakeUp(state: LabState, configs: readonly Config[]): boolean {
  return !state.view.locked || JSON.stringify(configs) === JSON.stringify(plannedConfigs(state));
}

/** Whether pilot runs are being made, for whichever purpose. */
export function isPiloting({ sweep, choice }: LabState): boolean {
  return [sweep, choice].some(isUnderWay);
}
