import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { KeptRun } from './keptRun.ts';

interface Schema extends DBSchema {
  runs: { key: string; value: KeptRun };
}

/** Raised when the files that it names lie elsewhere: a page of before refuses it then, and does not take them for lost. */
const version = 2;

/** The index of kept runs. A change is on the disk when its promise resolves, and is there as a whole or not at all. */
export class RunIndex {
  readonly #database: IDBPDatabase<Schema>;

  private constructor(database: IDBPDatabase<Schema>) {
    this.#database = database;
  }

  /** @throws DOMException where the browser has no database for the page */
  static async open(): Promise<RunIndex> {
    const database = await openDB<Schema>('posterior-lab', version, {
      upgrade: (made, before) => {
        if (before < 1) made.createObjectStore('runs', { keyPath: 'id' });
      },
    });
    return new RunIndex(database);
  }

  all(): Promise<KeptRun[]> {
    return this.#database.getAll('runs');
  }

  /** Puts some runs in and takes others out, in one move. */
  async change(put: readonly KeptRun[], remove: readonly string[] = []): Promise<void> {
    const transaction = this.#database.transaction('runs', 'readwrite', { durability: 'strict' });
    await Promise.all([
      ...put.map((run) => transaction.store.put(run)),
      ...remove.map((id) => transaction.store.delete(id)),
      transaction.done,
    ]);
  }
}
