import { duration } from '../format.ts';
import { type LabState, useLab } from '../store.ts';
import type { PilotView } from '../sweep/pilotView.ts';

/** A small choice with its name before it. */
export function InlineChoice(props: {
  label: string;
  value: number;
  all: readonly number[];
  text?: (value: number) => string;
  choose: (value: number) => void;
  disabled: boolean;
}) {
  const { label, value, all, text = (one: number) => one.toLocaleString('en'), choose, disabled } = props;
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

/** How far pilot runs are, and before they begin, or after all have ended, what so many steps would take. */
export function PilotStatus(props: { view?: PilotView; name: string; steps: number; testId: string }) {
  const { view, name, steps, testId } = props;
  const rate = useLab(stepsPerSecond);
  return (
    <p className="fine" role="status" data-testid={testId}>
      {view && view.state !== 'ended' ? statusOf(view, name) : estimate(steps, rate)}
    </p>
  );
}

function statusOf({ state, done, seconds, failure, results }: PilotView, name: string): string {
  const ended = results.filter(Boolean).length;
  if (state === 'failed') return failure ?? `The ${name} failed.`;
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
    ? `${steps.toLocaleString('en')} steps in all, about ${duration(steps / rate)} at the speed of the last run.`
    : `${steps.toLocaleString('en')} steps in all; once they begin, the time left stands here.`;
}

/** The reasons of runs that failed, each once. */
export function failuresOf({ results }: PilotView): string[] {
  return [...new Set(results.flatMap((result) => result?.failure ?? []))];
}
