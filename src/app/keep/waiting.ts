import type { Config } from '../../engine/train/config.ts';
import type { DataFiles } from './dataFiles.ts';
import { mostRuns, type RunLabel } from './keptRun.ts';

/** A run in the worker, as far as keeping it goes. */
export interface RunToKeep {
  id: string;
  config: Config;
  label: RunLabel;
  data: DataFiles;
}

/** A checkpoint on its way to the disk. */
export interface Waiting {
  /** The runs that were loaded together. */
  group: readonly RunToKeep[];
  step: number;
  bytes: Uint8Array;
}

/** The latest checkpoint of each run that is not on the disk: it waits for its turn, for another tab to close, or for room. */
export class WaitingCheckpoints {
  readonly #all = new Map<string, Waiting>();

  /** One that still waits gives way to it; so does the oldest where more wait than would be kept. */
  put(id: string, waiting: Waiting): void {
    this.#all.set(id, waiting);
    const [oldest] = this.#all.keys();
    if (this.#all.size > mostRuns && oldest !== undefined) this.#all.delete(oldest);
  }

  get(id: string): Waiting | undefined {
    return this.#all.get(id);
  }

  /** They wait no more. */
  remove(ids: Iterable<string>): void {
    for (const id of ids) this.#all.delete(id);
  }

  /** It is on the disk; a later one may wait already. */
  done(id: string, written: Waiting): void {
    if (this.#all.get(id) === written) this.#all.delete(id);
  }

  label(id: string, label: RunLabel): void {
    for (const waiting of this.#all.values()) {
      waiting.group = waiting.group.map((run) => (run.id === id ? { ...run, label } : run));
    }
  }

  /** The runs that are to be written; one that was deleted waits on, since it may be brought back. */
  get wanted(): string[] {
    return [...this.#all].flatMap(([id, { group }]) =>
      group.some((run) => run.id === id && !run.label.deleted) ? [id] : [],
    );
  }

  clear(): void {
    this.#all.clear();
  }
}
