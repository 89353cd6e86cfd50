import { duration } from '../format.ts';
import { isBusy, type LabState, liveRuns } from '../store.ts';

/** Where training stood when the tab was hidden or came back. */
export interface Mark {
  /** Milliseconds on the wall clock: others may stand still while a tab is frozen. */
  time: number;
  /** Steps of the live runs together. */
  steps: number;
  /** At which all of them are finished. */
  end: number;
  stepsPerSecond: number;
  /** Of the live runs: other runs cannot be compared. */
  runs: string;
}

/** Hidden for less than this many seconds, nothing is worth saying. */
const worthSaying = 5;

/** The mark of a training that is under way; undefined where none is. */
export function markOf(state: LabState, time: number): Mark | undefined {
  if (!isBusy(state)) return undefined;
  return positionOf(state, time);
}

/** How far the live runs are, under way or not. */
export function positionOf(state: LabState, time: number): Mark {
  const live = liveRuns(state);
  const sum = (of: (run: (typeof live)[number]) => number) => live.reduce((total, run) => total + of(run), 0);
  return {
    time,
    steps: sum(({ progress }) => progress?.step ?? 0),
    end: sum(({ config }) => config.train.steps),
    stepsPerSecond: sum(({ progress }) => progress?.stepsPerSecond ?? 0),
    runs: state.live.join(),
  };
}

/** What became of a training while the tab was hidden; undefined where nothing is worth saying. */
export function hiddenSentence(before: Mark, after: Mark): string | undefined {
  const seconds = (after.time - before.time) / 1000;
  if (seconds < worthSaying || after.runs !== before.runs) return undefined;
  const hidden = `The tab was hidden for ${duration(seconds)}`;
  const done = after.steps - before.steps;
  if (done > 0 && after.steps >= after.end) return `${hidden}; training went on and is finished.`;
  const expected = Math.min(before.stepsPerSecond * seconds, before.end - before.steps);
  const steps = `${count(done)} steps`;
  if (expected < 1) return done > 0 ? `${hidden}; training went on: ${steps}.` : undefined;
  const instead = `${steps} instead of about ${count(expected)}`;
  if (done >= 0.6 * expected) return `${hidden}; training went on: ${steps}.`;
  if (done <= 0.1 * expected) {
    return `${hidden}, and the browser froze the training: ${instead}. Keep the tab in view to train.`;
  }
  return `${hidden}, and the browser slowed the training down: ${instead}.`;
}

const count = (value: number) => Math.round(value).toLocaleString('en');
