import type { LossRow, Progress, TrainerEvent } from '../../engine/train/protocol.ts';
import { stepReached } from '../../engine/train/stepReached.ts';
import { drawnAtMost } from '../charts/runStyle.ts';
import { freeName, nameBehind } from '../runs/names.ts';
import { afterEvent, newRun, type OwnFiles, type RunView } from '../runs/runView.ts';
import type { OpenedRun } from './projectProtocol.ts';

/** Runs of one file, and what to put in front of their names. */
export interface OpenedFile {
  runs: readonly OpenedRun[];
  prefix: string;
  /** Data that came with it, and the name of the data set they are. */
  source: string;
  files: OwnFiles;
}

/**
 * Opened runs as runs of the page: named as none of the page is, and a few of them drawn. The newest of each file comes first,
 * then the second of each, so that every file of a class is seen while there is room.
 * @param there the runs of the page @param idOf a new id
 */
export function mergedRuns(
  opened: readonly OpenedFile[],
  there: readonly RunView[],
  idOf: () => string,
): RunView[] {
  const taken = new Set(there.map(({ name }) => name));
  const room = drawnAtMost - there.filter(({ shown, pinned }) => shown && pinned).length;
  const drawn = drawnFirst(opened.map(({ runs }) => runs)).slice(0, Math.max(1, room));
  return opened.flatMap(({ runs, prefix, source, files }) =>
    runs.map((run): RunView => {
      const name = freeName(nameBehind(prefix, run.name), taken);
      taken.add(name);
      const own = run.config.data.source === source ? files : {};
      const { shown, saved, ...view } = viewOf(run, idOf(), name, own);
      return { ...view, shown: drawn.includes(run), ...(saved && { saved }) };
    }),
  );
}

function drawnFirst(files: readonly (readonly OpenedRun[])[]): OpenedRun[] {
  const queues = files.map((runs) => runs.filter(({ shown }) => shown).toReversed());
  const depth = Math.max(0, ...queues.map(({ length }) => length));
  return Array.from({ length: depth }, (_, n) => queues.flatMap((queue) => queue[n] ?? [])).flat();
}

function viewOf({ history, saved, ...run }: OpenedRun, id: string, name: string, files: OwnFiles): RunView {
  const { config, dataset, shown, pinned } = run;
  const fresh = newRun({ id, name, config, dataset, origin: 'live', key: '' });
  const view = history.reduce(afterEvent, fresh);
  return {
    ...view,
    status: 'ended',
    shown,
    pinned,
    progress: progressOf(history, config.train.steps, saved?.step),
    ...(saved && { saved: { ...saved, files } }),
  };
}

/** How far the run was. What is not known of it, its speed for one, is over. */
function progressOf(history: readonly TrainerEvent[], steps: number, saved?: number): Progress {
  const last = history.flatMap((event) => (event.type === 'losses' ? event.rows : [])).at(-1);
  const step = saved ?? stepReached(history);
  return { step, steps, phase: phaseOf(last), stepsPerSecond: 0, secondsLeft: 0 };
}

/** The denoiser trains alone once the model's own terms are no longer computed. */
const phaseOf = (last: LossRow | undefined) => (last && Number.isNaN(last.vi) ? 'denoiser' : 'joint');
