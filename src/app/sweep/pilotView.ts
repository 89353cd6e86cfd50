import { type Candidate, type Choice, candidates, choose } from '../../engine/train/choose.ts';
import type { Config } from '../../engine/train/config.ts';
import type { PilotEvent, PilotResult } from '../../engine/train/protocol.ts';

/** What pilot runs were made of. */
interface PilotOrigin {
  /** The settings that they began with; the runs follow from them. */
  config: Config;
  /** Of the data, as in DataState. */
  version?: string;
}

/** What the page knows of pilot runs. */
export interface PilotView extends PilotOrigin {
  /** `stopping`: a stop has been asked for, and the step in flight is being waited for. */
  state: 'running' | 'stopping' | 'ended' | 'stopped' | 'failed';
  /** Of the optimiser, in each. */
  steps: number;
  /** In the order of the configs; undefined where the run has not ended. */
  results: (PilotResult | undefined)[];
  /** Share of all runs that is done. */
  done: number;
  seconds: number;
  failure?: string;
}

/** A sweep over N, the rows, and M, the columns; its results go row by row. */
export interface SweepView extends PilotView {
  ends: number[];
  starts: number[];
}

/** The choice of N, M and lambda_CS among candidates. */
export interface ChoiceView extends PilotView {
  /** What was set before the choice was taken over. */
  before?: Candidate;
}

/** Pilot runs that have just begun. */
export function newPilot({ config, version }: PilotOrigin, runs: number, steps: number): PilotView {
  const results = Array.from({ length: runs }, () => undefined);
  return { config, version, state: 'running', steps, results, done: 0, seconds: 0 };
}

/** Whether pilot runs are being made. */
export function isUnderWay(view: PilotView | undefined): boolean {
  return view?.state === 'running' || view?.state === 'stopping';
}

/** Pilot runs that are told to stop. */
export function stopping<View extends PilotView>(view: View): View {
  return view.state === 'running' ? { ...view, state: 'stopping' } : view;
}

/**
 * Whether the same pilot runs would be others by now: other data are open, or settings that they depend on have changed.
 * @param runsOf their configs by the settings @param now what they would be made of
 */
export function isOutdated(
  { config, version }: PilotOrigin,
  runsOf: (config: Config) => Config[],
  now: PilotOrigin,
): boolean {
  return version !== now.version || JSON.stringify(runsOf(config)) !== JSON.stringify(runsOf(now.config));
}

export function afterPilotEvent<View extends PilotView>(view: View, event: PilotEvent): View {
  const all = view.results.length;
  switch (event.type) {
    case 'progress':
      return { ...view, done: (event.index + event.share) / all, seconds: event.seconds };
    case 'result': {
      const { index, result, seconds } = event;
      return { ...view, results: view.results.with(index, result), done: (index + 1) / all, seconds };
    }
    case 'end':
      return { ...view, state: event.stopped ? 'stopped' : 'ended' };
    case 'failed':
      return { ...view, state: 'failed', failure: event.message };
  }
}

/** What the rule makes of a choice whose runs have all been made; undefined before, and where none was measured. */
export function chosenOf({
  state,
  config,
  results,
}: ChoiceView): (Choice & { candidate: Candidate }) | undefined {
  const tried = candidates(config);
  const choice = state === 'ended' ? choose(tried, results) : undefined;
  return choice && { ...choice, candidate: tried[choice.index] as Candidate };
}
