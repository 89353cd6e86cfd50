import { messageOf } from '../../engine/messageOf.ts';
import type { TrainerEvent } from '../../engine/train/protocol.ts';
import type { Command, WorkerEvent } from '../workerProtocol.ts';
import { isDamaged } from './damage.ts';
import type { Keeper } from './keeper.ts';
import { isUnfinished, type RunLabel } from './keptRun.ts';
import type { RunToKeep } from './waiting.ts';

/** The worker's part in keeping runs: until the page asks for it, and on pages that never do, nothing is kept. */
export class Keeping {
  readonly #send: (event: WorkerEvent) => void;
  readonly #pastOf: (file: Uint8Array) => readonly TrainerEvent[];
  readonly #labels = new Map<string, RunLabel>();
  #keeper?: Keeper;

  /** @param pastOf what a checkpoint file tells of its past; throws an Error in words where it cannot be read */
  constructor(send: (event: WorkerEvent) => void, pastOf: (file: Uint8Array) => readonly TrainerEvent[]) {
    this.#send = send;
    this.#pastOf = pastOf;
  }

  async obey(command: Command<'keep' | 'label' | 'forget'>): Promise<void> {
    if (command.type === 'keep') return this.#begin();
    if (command.type === 'forget') return this.#keeper?.forget();
    this.#labels.set(command.run, command.label);
    this.#keeper?.label(command.run, command.label);
  }

  /** Keeps a checkpoint file of one of the runs that were loaded together. */
  put(group: readonly Omit<RunToKeep, 'label'>[], id: string, step: number, bytes: Uint8Array): void {
    const labelled = group.flatMap((run) => {
      const label = this.#labels.get(run.id);
      return label ? [{ ...run, label }] : [];
    });
    this.#keeper?.put(labelled, id, step, bytes);
  }

  /** They were given up. */
  end(ids: readonly string[]): void {
    this.#keeper?.end(ids);
  }

  /** Nothing of them is worth keeping: they went back to step 0. */
  forget(ids: readonly string[]): void {
    this.#keeper?.forget(ids);
  }

  /** The checkpoint that is kept of a run; undefined before its first. @throws Error where it is gone */
  async checkpoint(id: string): Promise<Uint8Array | undefined> {
    return this.#keeper?.checkpoint(id);
  }

  /** A file of the user's that was kept. @throws Error where it is gone */
  async file(name: string): Promise<Blob> {
    if (!this.#keeper) throw new Error('Nothing is kept here.');
    return this.#keeper.dataFile(name);
  }

  async #begin(): Promise<void> {
    if (this.#keeper) return;
    const code = await import('./keeper.ts').catch((error: Error) => this.#unable(error));
    if (!code) return;
    const keeper = new code.Keeper((report) => this.#send({ type: 'kept', report }));
    this.#keeper = keeper;
    await keeper.open();
    // Those that began meanwhile are on the page already.
    const ended = keeper.runs.filter((run) => !isUnfinished(run) && !this.#labels.has(run.id));
    for (const { id } of ended) await this.#showPast(keeper, id);
  }

  /** What is damaged goes; what this page cannot read for another reason stays. */
  async #showPast(keeper: Keeper, id: string): Promise<void> {
    let file: Uint8Array | undefined;
    try {
      file = await keeper.checkpoint(id);
      if (file) this.#send({ type: 'past', run: id, events: this.#pastOf(file) });
    } catch (error) {
      const reason = messageOf(error);
      if (file && isDamaged(file, reason)) keeper.drop(id, reason);
      else keeper.leave(id, `it cannot be read now (${reason.replace(/\.$/, '')})`);
    }
  }

  #unable({ message }: Error): void {
    const problem = `Nothing is kept: the code that keeps runs could not be fetched (${message}).`;
    this.#send({ type: 'kept', report: { status: 'failed', problem, runs: [], bytes: 0 } });
  }
}
