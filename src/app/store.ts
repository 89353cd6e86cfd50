import { create } from 'zustand';
import { type Config, ConfigError, parseConfig } from '../engine/train/config.ts';
import { afterEvent, newRun, type RunView } from './runView.ts';
import { pageDefaults } from './settings/index.ts';
import type { DataFailure, Dataset, PreparedSummary, WorkerEvent } from './workerProtocol.ts';

/** What is known of the machine's GPU. */
export type GpuState =
  | { status: 'probing' }
  | { status: 'ready'; name: string }
  | { status: 'missing'; reason: 'no-api' | 'no-adapter'; message: string };

/** What is known of the data. */
export interface DataState {
  /** A data set is being read. */
  opening: boolean;
  dataset?: Dataset;
  /** Of the dataset with the settings as they are; stays from before while the next is made. */
  prepared?: PreparedSummary;
  /** Why the last file could not be opened; the data set before it stays. */
  openFailure?: { name: string; failure: DataFailure };
  /** Why the data set cannot be cut with these settings. */
  prepareFailure?: DataFailure;
}

/** The whole state of the page. */
export interface LabState {
  gpu: GpuState;
  config: Config;
  data: DataState;
  run: RunView;
  /** What was wrong with the address the page was opened with. */
  addressProblem?: string;
}

export const useLab = create<LabState>()(() => ({
  gpu: { status: 'probing' },
  config: pageDefaults,
  data: { opening: false },
  run: newRun(),
}));

/** Identifies what a run was loaded with. */
export function runKey({ config, data }: LabState): string {
  return JSON.stringify([data.dataset?.name, data.dataset?.rows, config]);
}

/** Whether settings or data have changed since the run was loaded, so that Run begins a new one. */
export function isStale(state: LabState): boolean {
  return state.run.key !== undefined && state.run.key !== runKey(state);
}

/** Whether there is something to train and something to train it on. */
export function canTrain({ gpu, data }: LabState): boolean {
  return gpu.status === 'ready' && data.dataset !== undefined && !data.opening && !data.prepareFailure;
}

/** Whether training is under way, so that settings must stay as they are. */
export function isBusy({ run }: LabState): boolean {
  return run.status === 'running' || run.status === 'loading' || run.status === 'pausing';
}

/** The config with one dotted key replaced. @returns the sentence of what is wrong with it, or the config */
export function withSetting(config: Config, key: string, value: unknown): Config | string {
  const [part = '', ...rest] = key.split('.');
  const branch = (at: unknown, path: string[]): unknown => {
    const [head, ...tail] = path;
    return head === undefined
      ? value
      : { ...(at as object), [head]: branch(Reflect.get(at as object, head), tail) };
  };
  try {
    return parseConfig({ ...config, [part]: branch(Reflect.get(config, part), rest) });
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

/** The state after an event of the worker; answers to data questions are the lab's own business. */
export function afterWorkerEvent(state: LabState, event: WorkerEvent): LabState {
  switch (event.type) {
    case 'adapter':
      return { ...state, gpu: { status: 'ready', name: event.name } };
    case 'no-webgpu':
      return { ...state, gpu: { status: 'missing', reason: event.reason, message: event.message } };
    case 'opened':
    case 'prepared':
    case 'data-failed':
      return state;
    default:
      return { ...state, run: afterEvent(state.run, event) };
  }
}
