import { duration } from '../format.ts';
import { stepSeconds, useLab } from '../store.ts';
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
  const each = useLab(stepSeconds);
  return (
    <p className="fine" role="status" data-testid={testId}>
      {view && view.state !== 'ended' ? statusOf(view, name) : estimate(steps, each)}
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

function estimate(steps: number, each: number | undefined): string {
  return each === undefined
    ? `${steps.toLocaleString('en')} steps in all; once they begin, the time left stands here.`
    : `${steps.toLocaleString('en')} steps in all, about ${duration(steps * each)} on this machine.`;
}

/** The reasons of runs that failed, each once. */
export function failuresOf({ results }: PilotView): string[] {
  return [...new Set(results.flatMap((result) => result?.failure ?? []))];
}
