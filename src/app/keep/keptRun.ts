import type { Config } from '../../engine/train/config.ts';

/** What the page calls a run, and whether it still wants it. */
export interface RunLabel {
  name: string;
  /** Title of its data set. */
  dataset: string;
  /** It is not removed to make room for newer ones. */
  pinned: boolean;
  /** Its deletion can still be undone: the files go with the next one. */
  deleted: boolean;
}

/**
 * Names of the user's own files as they are kept, all of a run or none; none where the data are built in too, and where they had no
 * room or are gone: the run then goes on once the user has opened them.
 */
export interface KeptData {
  table?: string;
  labels?: string;
}

/** What the index knows of a run. */
export interface KeptRun extends RunLabel {
  id: string;
  config: Config;
  data: KeptData;
  /** The runs that were loaded together, itself among them, from left to right. */
  together: readonly string[];
  /** Of its last checkpoint; 0 before the first. */
  step: number;
  /** When that was, in milliseconds since 1970. */
  time: number;
  /** The checkpoint's file and its size; none before the first. */
  file?: string;
  bytes: number;
  /** It was given up, for a newer run or after a failure; false while it trains. */
  ended: boolean;
}

/** A kept run that this page cannot show, and leaves as it is for one that can. */
export interface UnreadRun {
  name: string;
  /** Why, in words that follow `since`. */
  reason: string;
}

/** What is kept, and what stands in the way of keeping more. */
export interface KeepReport {
  /** `elsewhere`: another tab keeps its runs, and this one will once that is closed. */
  status: 'keeping' | 'elsewhere' | 'failed';
  /** Why nothing is kept at the moment: a sentence. */
  problem?: string;
  /** What was kept and had to be given up: a sentence. */
  lost?: string;
  /** Those that can be read, oldest first. */
  runs: readonly KeptRun[];
  /** Those that cannot, where there are any. */
  unread?: readonly UnreadRun[];
  /** Size of everything kept, the user's own files included. */
  bytes: number;
  /** What the browser allows this page, where it says so. */
  quota?: number;
}

/** What is kept of a run. */
export const keptOf = (report: KeepReport | undefined, id: string): KeptRun | undefined =>
  report?.runs.find((run) => run.id === id);

/** Whether a run stopped in the middle, because its page did. */
export const isUnfinished = ({ step, config, ended }: KeptRun): boolean =>
  !ended && step < config.train.steps;

/** Runs that are kept at the most, pinned ones apart. */
export const mostRuns = 20;

/** The runs that make room for those that train, oldest last; pinned ones never do. @param runs oldest first */
export function tooManyRuns(runs: readonly KeptRun[], training: readonly string[]): KeptRun[] {
  const others = runs.filter(({ id, pinned }) => !pinned && !training.includes(id));
  return others.toReversed().slice(Math.max(0, mostRuns - training.length));
}

/** The latest runs that were stopped in the middle, with those that trained beside them. `besides` are not looked at. */
export function stoppedRuns(runs: readonly KeptRun[], besides: readonly string[]): KeptRun[] {
  const last = runs.findLast((run) => isUnfinished(run) && !besides.includes(run.id));
  return last?.together.flatMap((id) => runs.find((run) => run.id === id) ?? []) ?? [];
}
