import { sourceByName } from '../../engine/data/sources.ts';
import { trustedResidual } from '../../engine/metrics/trust.ts';
import type { Config } from '../../engine/train/config.ts';
import { duration } from '../format.ts';
import { lab } from '../lab.ts';
import { stepSeconds, useLab } from '../store.ts';
import { isOutdated, type PilotView } from '../sweep/pilotView.ts';

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

/** Ends pilot runs that are under way, and shows that it was pressed. @param name of what is stopped, after `Stop` */
export function StopButton({ view, name }: { view?: PilotView; name: string }) {
  const heard = view?.state === 'stopping';
  return (
    <button type="button" disabled={heard} onClick={() => lab.pilots.stop()}>
      {heard ? 'Stopping…' : `Stop ${name}`}
    </button>
  );
}

/** How far pilot runs are, and what they took; before they begin, and for another turn, what so many steps would take. */
export function PilotStatus(props: { view?: PilotView; name: string; steps: number; testId: string }) {
  const { view, name, steps, testId } = props;
  const each = useLab(stepSeconds);
  const lines = [
    view ? statusOf(view, name) : '',
    !view || view.state === 'ended' ? estimate(steps, each, view) : '',
  ];
  return (
    <p className="fine" role="status" data-testid={testId}>
      {lines.filter(Boolean).join(' ')}
    </p>
  );
}

function statusOf({ state, done, seconds, failure, results }: PilotView, name: string): string {
  const ended = results.filter(Boolean).length;
  if (state === 'failed') return failure ?? `The ${name} failed.`;
  const part = `${ended} of ${results.length} runs`;
  if (state === 'ended') return `${part} were trained, in ${duration(seconds)}.`;
  if (state === 'stopped') return `Stopped: ${part} were trained.`;
  if (state === 'stopping') return `Stopping: ${part} were trained.`;
  // The first steps compile the kernels: what they took says nothing of the rest.
  return done < 0.02 ? `${part}…` : `${part}, ${duration((seconds * (1 - done)) / done)} left`;
}

function estimate(steps: number, each: number | undefined, before?: PilotView): string {
  const all = `${steps.toLocaleString('en')} steps in all`;
  if (each !== undefined)
    return `${before ? 'Anew: ' : ''}${all}, about ${duration(steps * each)} on this machine.`;
  return before ? '' : `${all}; once they begin, the time left stands here.`;
}

/** The reasons of runs that failed, each once. */
export function failuresOf({ results }: PilotView): string[] {
  return [...new Set(results.flatMap((result) => result?.failure ?? []))];
}

/** What pilot runs were made of: `300 steps each on Reveal, seed 0`. */
export function madeOf({ steps, config }: PilotView): string {
  return `${steps.toLocaleString('en')} steps each on ${dataOf(config)}, seed ${config.train.seed}`;
}

/** The title of the data set of pilot runs. */
export function dataOf({ data: { source } }: Config): string {
  return sourceByName(source)?.title ?? source;
}

/** Says that pilot runs are of other data or settings than those that stand now. @param runsOf their configs by the settings */
export function Outdated({ view, runsOf }: { view: PilotView; runsOf: (config: Config) => Config[] }) {
  const config = useLab((state) => state.config);
  const version = useLab(({ data }) => data.version);
  if (!isOutdated(view, runsOf, { config, version })) return null;
  return <p className="notice">The data or the settings have changed since these runs were trained.</p>;
}

/** The mark of a dependence that cannot be trusted. */
export const doubtMark = '\u00a0†';

/** What the mark means, where one of the pilot runs has it. */
export function doubtOf({ results }: PilotView): string {
  const doubted = results.some((result) => result?.measures?.trusted === false);
  return doubted
    ? ` † This share from z cannot be trusted: its residual |Σ m − 1| is above ${trustedResidual}.`
    : '';
}
