import { sourceByName } from '../engine/data/sources.ts';
import { messageOf } from '../engine/messageOf.ts';
import { parseRecording, type RecordedRuns, restOf } from '../engine/train/recording.ts';
import { lab } from './lab.ts';
import { idle } from './quiet.ts';
import { afterEvent, newRun, type RunView } from './runs/runView.ts';
import { useLab } from './store.ts';

const address = 'recorded/reveal.json';
/** Milliseconds in which a recording plays from its first evaluation to its last. */
const playingTime = 9000;

/**
 * Fetches the recorded pair and plays it, unless a run has begun meanwhile. It needs no GPU. Settled once the first picture
 * is on the screen, or where there is none.
 */
export async function playRecording(): Promise<void> {
  const recording = await fetchRecording(address); // the page's head has asked for it already
  if (!recording) return;
  const runs = recording.runs.map(({ config, events }, index): RunView => {
    const { source } = config.data;
    const identity = {
      id: idOf(index),
      name: `recorded ${index + 1}`, // what is pressed to draw, pin or delete it is named after it
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
  lab.runs.add(runs);
  play(runs.flatMap(({ curves }) => curves.map(({ step }) => step)));
  await painted();
}

/** Adds what the first picture did without: the losses, series and latents of the recorded pair. */
export async function fetchRestOfRecording(): Promise<void> {
  const recording = await fetchRecording(restOf(address));
  recording?.runs.forEach(({ events }, index) => {
    lab.runs.addEvents(
      idOf(index),
      events.map(({ event }) => event),
    );
  });
}

const idOf = (index: number) => `recorded-${index + 1}`;

/** The recording at an address of the page's own; undefined where there is none, or none that can be read: the page goes on. */
async function fetchRecording(address: string): Promise<RecordedRuns | undefined> {
  try {
    const response = await fetch(new URL(address, document.baseURI));
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    return parseRecording(await response.text());
  } catch (error) {
    console.warn(`The recording ${address} is left out: ${messageOf(error)}`);
    return undefined;
  }
}

/** After the next frame; in a hidden tab there is none. */
const painted = () => new Promise<void>((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

/**
 * Moves the playhead over the steps; whatever else moves it, or a run that begins, ends the play. On a slow machine steps are left
 * out: the curve, which is drawn when there is time, is on the screen before the playhead moves on.
 */
function play(steps: readonly number[]): void {
  const marks = [...new Set(steps)].toSorted((a, b) => a - b);
  if (marks.length < 2 || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const began = performance.now();
  let expected: number | undefined;
  const advance = () => {
    const { playhead, live } = useLab.getState();
    if (playhead !== expected || live.length > 0) return;
    const index = Math.floor((marks.length * (performance.now() - began)) / playingTime);
    expected = index < marks.length - 1 ? marks[index] : undefined;
    lab.seek(expected);
    if (expected !== undefined) setTimeout(() => void idle().then(advance), playingTime / marks.length);
  };
  advance();
}
