import { keptFileName } from './dataName.ts';
import type { KeptFiles } from './files.ts';
import type { KeptData } from './keptRun.ts';

/** The user's own files behind a run: as they were given, or by their names where they are kept already. */
export interface DataFiles {
  table?: Blob | string;
  labels?: Blob | string;
}

/** Keeps the user's own files beside the runs that were trained on them: each once, however many runs they are. */
export class KeptDataFiles {
  readonly #files: KeptFiles;
  readonly #onNoRoom: (file: Blob) => void;
  /** Reading a large file for its name takes a while. */
  readonly #names = new WeakMap<Blob, string>();
  /** Not tried again before there is more room: the copy of a large file takes a while too. */
  #tooLarge = new WeakSet<Blob>();

  /** @param onNoRoom is told of a file that does not fit, once */
  constructor(files: KeptFiles, onNoRoom: (file: Blob) => void) {
    this.#files = files;
    this.#onNoRoom = onNoRoom;
  }

  /**
   * Keeps what is not kept yet. @param known what is kept of them already
   * @returns their names, all or none: none where one does not fit, or is kept no more and cannot be copied again
   */
  async keep(given: DataFiles, known: KeptData = {}): Promise<KeptData> {
    if (given.table === undefined) return known;
    const there = await this.#files.list('data');
    if (known.table !== undefined && isWhole(known, there)) return known;
    const kept: KeptData = {};
    for (const part of ['table', 'labels'] as const) {
      const file = given[part];
      if (file === undefined) continue;
      const name = await this.#keepOne(file, there);
      if (name === undefined) return {};
      kept[part] = name;
    }
    return kept;
  }

  /** There is more room than there was. */
  tryAgain(): void {
    this.#tooLarge = new WeakSet();
  }

  async #keepOne(file: Blob | string, there: ReadonlyMap<string, number>): Promise<string | undefined> {
    if (typeof file === 'string') return there.has(file) ? file : undefined;
    if (this.#tooLarge.has(file)) return undefined;
    const name = this.#names.get(file) ?? (await keptFileName(file));
    this.#names.set(file, name);
    if (there.get(name) === file.size) return name;
    try {
      await this.#files.write('data', name, file);
      return name;
    } catch (error) {
      if (!isFull(error)) throw error;
      this.#tooLarge.add(file);
      this.#onNoRoom(file);
      return undefined;
    }
  }
}

/** Whether every file that these name is there. */
export const isWhole = ({ table, labels }: KeptData, there: ReadonlyMap<string, unknown>): boolean =>
  [table, labels].every((name) => name === undefined || there.has(name));

/** Whether the storage refused something for want of room. */
export const isFull = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'QuotaExceededError';
