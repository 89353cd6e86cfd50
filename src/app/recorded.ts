import { sourceByName } from '../engine/data/sources.ts';
import { parseRecording } from '../engine/train/recording.ts';
import { lab } from './lab.ts';
import { afterEvent, newRun, type RunView } from './runs/runView.ts';
import { useLab } from './store.ts';

const address = 'recorded/reveal.json';
/** Milliseconds in which a recording plays from its first evaluation to its last. */
const playingTime = 9000;

/** Fetches the recorded pair and plays it, unless a run has begun meanwhile. It needs no GPU. */
export async function playRecording(): Promise<void> {
  const response = await fetch(new URL(address, document.baseURI));
  if (!response.ok) return;
  const recording = parseRecording(await response.text());
  const runs = recording.runs.map(({ label, config, events }, index): RunView => {
    const { source } = config.data;
    const identity = {
      id: `recorded-${index + 1}`,
      name: `recorded: ${label}`,
      config,
      dataset: sourceByName(source)?.title ?? source,
      origin: 'recorded' as const,
      key: '',
    };
    return {
      ...events.reduce((view, { event }) => afterEvent(view, event), newRun(identity)),
      status: 'finished',
    };
  });
  if (useLab.getState().live.length > 0) return;
  lab.addRuns(runs);
  play(runs.flatMap(({ curves }) => curves.map(({ step }) => step)));
}

/** Moves the playhead over the steps; whatever else moves it, or a run that begins, ends the play. */
function play(steps: readonly number[]): void {
  const marks = [...new Set(steps)].toSorted((a, b) => a - b);
  if (marks.length < 2 || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  let index = 0;
  let expected: number | undefined;
  const advance = () => {
    const { playhead, live } = useLab.getState();
    if (playhead !== expected || live.length > 0) return;
    expected = index < marks.length - 1 ? marks[index] : undefined;
    lab.seek(expected);
    index++;
    if (index < marks.length) setTimeout(advance, playingTime / marks.length);
  };
  advance();
}
