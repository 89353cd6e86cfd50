import type { TrainerEvent } from '../../engine/train/protocol.ts';
import type { KeptRun, RunLabel } from '../keep/keptRun.ts';
import { type Deleted, useLab, withRuns } from '../store.ts';
import type { WorkerCommand } from '../workerProtocol.ts';
import { freeName } from './names.ts';
import { afterEvent, type RunView } from './runView.ts';

/** The runs of the page, live or not: what they are called, which are shown, and which stay. */
export class KnownRuns {
  readonly #send: (command: WorkerCommand) => void;

  constructor(send: (command: WorkerCommand) => void) {
    this.#send = send;
  }

  /** Adds runs that were made elsewhere, a recording's for example. */
  add(runs: readonly RunView[]): void {
    useLab.setState((state) => ({ runs: [...state.runs, ...runs] }));
  }

  /** Adds to a run what was reported of it elsewhere. */
  addEvents(id: string, events: readonly TrainerEvent[]): void {
    this.change(id, (run) => events.reduce(afterEvent, run));
  }

  /** Adds a line to the log of the live runs. */
  note(line: string): void {
    useLab.setState((state) => withRuns(state, state.live, (run) => ({ ...run, log: [...run.log, line] })));
  }

  /** Gives a run another name; one that another run has gets a number, since files and pictures name runs by it. */
  rename(id: string, name: string): void {
    if (!name.trim()) return;
    const { runs, kept, deleted } = useLab.getState();
    const others = [...runs, ...(kept?.runs ?? []), ...deletedRuns(deleted)];
    const taken = new Set(others.filter((one) => one.id !== id).map((one) => one.name));
    this.change(id, (run) => ({ ...run, name: freeName(name.trim(), taken) }));
    this.label(id);
  }

  setShown(id: string, shown: boolean): void {
    this.change(id, (run) => ({ ...run, shown }));
  }

  setPinned(id: string, pinned: boolean): void {
    this.change(id, (run) => ({ ...run, pinned, shown: run.shown || pinned }));
    this.label(id);
  }

  /** Deletes a run that is not live. */
  delete(id: string): void {
    const { runs, live } = useLab.getState();
    const index = runs.findIndex((run) => run.id === id);
    const run = runs[index];
    if (!run || live.includes(id)) return;
    useLab.setState({ runs: runs.filter((one) => one !== run), deleted: { run, index } });
    this.label(id);
  }

  /** Deletes runs of an earlier visit that were stopped in the middle. */
  discard(stopped: readonly KeptRun[]): void {
    useLab.setState({ deleted: { stopped } });
    for (const run of stopped) this.#tell(run.id, run, true);
  }

  /** Brings back what was deleted last. */
  undoDelete(): void {
    const { deleted: back } = useLab.getState();
    useLab.setState(({ runs, deleted }) => ({
      ...(deleted?.run && { runs: runs.toSpliced(deleted.index, 0, deleted.run) }),
      deleted: undefined,
    }));
    for (const run of deletedRuns(back)) this.#tell(run.id, run, false);
  }

  /** Replaces a run by what becomes of it. */
  change(id: string, change: (run: RunView) => RunView): void {
    useLab.setState((state) => withRuns(state, [id], change));
  }

  /** Tells the worker what a run is called, for what is kept of it. */
  label(id: string): void {
    const { runs, deleted } = useLab.getState();
    const here = runs.find((run) => run.id === id);
    const run = here ?? (deleted?.run?.id === id ? deleted.run : undefined);
    if (run) this.#tell(id, run, !here);
  }

  #tell(id: string, { name, dataset, pinned }: Omit<RunLabel, 'deleted'>, deleted: boolean): void {
    this.#send({ type: 'label', run: id, label: { name, dataset, pinned, deleted } });
  }
}

/** The runs that can be brought back. */
export function deletedRuns(deleted: Deleted | undefined): readonly (RunView | KeptRun)[] {
  if (!deleted) return [];
  return deleted.run ? [deleted.run] : deleted.stopped;
}
