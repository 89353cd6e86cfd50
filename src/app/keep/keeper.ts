import { type Config, parseStoredConfig } from '../../engine/train/config.ts';
import { keptFileName } from './dataName.ts';
import { KeptFiles } from './files.ts';
import {
  type KeepReport,
  type KeptData,
  type KeptRun,
  mostRuns,
  type RunLabel,
  tooManyRuns,
} from './keptRun.ts';
import { becomeKeeper } from './lock.ts';
import { RunIndex } from './runIndex.ts';

/** The user's own files behind a run: as they were given, or by their names where they are kept already. */
export interface DataFiles {
  table?: Blob | string;
  labels?: Blob | string;
}

/** A run in the worker, as far as keeping it goes. */
export interface RunToKeep {
  id: string;
  config: Config;
  label: RunLabel;
  data: DataFiles;
}

/**
 * Keeps the checkpoints of runs on this machine. A checkpoint is written to a new file, then the index names it, then the old
 * file goes: whatever ends the page at whatever moment, the index names a file that is whole. Everything happens in the order
 * in which it was asked for; what the storage refuses is reported and never thrown.
 */
export class Keeper {
  readonly #onReport: (report: KeepReport) => void;
  readonly #runs = new Map<string, KeptRun>();
  readonly #names = new WeakMap<Blob, string>();
  /** The latest checkpoint of each run that waits for its turn. */
  readonly #waiting = new Map<string, { group: readonly RunToKeep[]; step: number; bytes: Uint8Array }>();
  #store?: { files: KeptFiles; index: RunIndex };
  #status: KeepReport['status'] = 'keeping';
  #problem?: string;
  #lost?: string;
  #sizes: Pick<KeepReport, 'bytes' | 'quota'> = { bytes: 0 };
  #queue: Promise<void> = Promise.resolve();

  /** @param onReport is called after every change */
  constructor(onReport: (report: KeepReport) => void) {
    this.#onReport = onReport;
  }

  /** Waits for its turn among the tabs, and opens the storage; resolves when what is kept has been reported. */
  async open(): Promise<void> {
    try {
      await becomeKeeper(() => {
        this.#status = 'elsewhere';
        void this.#report();
      });
      const [files, index] = [await KeptFiles.open(), await RunIndex.open()];
      const byTime = (await index.all()).toSorted((a, b) => a.time - b.time);
      for (const run of byTime) this.#runs.set(run.id, ofToday(run));
      this.#store = { files, index };
      this.#status = 'keeping';
      await this.#tidy();
    } catch (error) {
      this.#store = undefined;
      this.#status = 'failed';
      this.#problem = `Nothing is kept: the browser gives this page no storage here (${reasonOf(error)}).`;
    }
    await this.#report();
  }

  /** Everything that is kept and wanted, oldest first. */
  get runs(): KeptRun[] {
    return [...this.#runs.values()].filter(({ deleted }) => !deleted).toSorted((a, b) => a.time - b.time);
  }

  /** Keeps a checkpoint of a run; `group` are the runs that were loaded together. One that still waits gives way to it. */
  put(group: readonly RunToKeep[], id: string, step: number, bytes: Uint8Array): void {
    if (!this.#store) return;
    const waits = this.#waiting.has(id);
    this.#waiting.set(id, { group, step, bytes });
    if (!waits) this.#do(() => this.#write(id));
  }

  /** Adopts what the page calls a run. Of the deleted ones, the latest alone can be brought back. */
  label(id: string, label: RunLabel): void {
    this.#do(async () => {
      const run = this.#runs.get(id);
      if (!run) return;
      const gone = label.deleted ? [...this.#runs.values()].filter(({ deleted }) => deleted) : [];
      await this.#change([{ ...run, ...label }], gone);
    });
  }

  /** They were given up: they are seen again, and do not ask to be resumed. */
  end(ids: readonly string[]): void {
    this.#do(() => this.#change(this.#known(ids).map((run) => ({ ...run, ended: true }))));
  }

  /** Removes runs, all of them where none are named, and the data that no other run needs. */
  forget(ids?: readonly string[]): void {
    for (const id of ids ?? this.#waiting.keys()) this.#waiting.delete(id);
    this.#do(() => this.#change([], ids ? this.#known(ids) : [...this.#runs.values()]));
  }

  /** Removes a run that cannot be read, and says why. */
  drop(id: string, reason: string): void {
    this.#do(async () => {
      const [run] = this.#known([id]);
      if (!run) return;
      await this.#change([], [run]);
      this.#lost = `The kept run ${run.name} was removed, since it cannot be read: ${reason}`;
    });
  }

  /** The checkpoint of a run; undefined before its first. @throws Error where it is gone */
  async checkpoint(id: string): Promise<Uint8Array | undefined> {
    await this.#queue;
    const file = this.#runs.get(id)?.file;
    if (file === undefined) return undefined;
    return new Uint8Array(await (await this.#opened().files.read('runs', file)).arrayBuffer());
  }

  /** A file of the user's, as it was kept. @throws Error where it is gone */
  dataFile(name: string): Promise<File> {
    return this.#opened().files.read('data', name);
  }

  #opened(): { files: KeptFiles; index: RunIndex } {
    if (!this.#store) throw new Error('Nothing is kept here.');
    return this.#store;
  }

  #known(ids: readonly string[]): KeptRun[] {
    return ids.flatMap((id) => this.#runs.get(id) ?? []);
  }

  #do(work: () => Promise<void>): void {
    this.#queue = this.#queue.then(async () => {
      if (!this.#store) return;
      try {
        await work();
      } catch (error) {
        this.#problem = await this.#refusal(error);
      }
      await this.#report();
    });
  }

  async #write(id: string): Promise<void> {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (!waiting) return;
    const { group, step, bytes } = waiting;
    const { files } = this.#opened();
    const together = group.map((run) => run.id);
    const fresh: KeptRun[] = [];
    for (const run of group) {
      if (!this.#runs.has(run.id)) fresh.push(await this.#begun(run, together));
    }
    const run = fresh.find((one) => one.id === id) ?? this.#runs.get(id);
    if (!run) return;
    const time = Math.max(Date.now(), run.time + 1);
    const file = `${id}-${step}-${time}.safetensors`;
    await files.write('runs', file, bytes);
    const kept = { ...run, step, time, file, bytes: bytes.length, ended: false };
    const tooMany = tooManyRuns(this.runs, together);
    try {
      await this.#change([...fresh, kept], tooMany);
    } catch (error) {
      await files.remove('runs', file);
      throw error;
    }
    this.#problem = undefined;
    if (tooMany.length > 0) {
      const names = tooMany.map(({ name }) => name).join(', ');
      this.#lost = `Given up for newer runs: ${names}. The last ${mostRuns} are kept, and those that are pinned.`;
    }
    if (run.file !== undefined) await files.remove('runs', run.file);
  }

  /** The entry of a run before its first checkpoint, with its data. */
  async #begun({ id, config, label, data }: RunToKeep, together: readonly string[]): Promise<KeptRun> {
    const kept: KeptData = {};
    for (const part of ['table', 'labels'] as const) {
      const file = data[part];
      if (file !== undefined) kept[part] = await this.#keepData(file);
    }
    return { ...label, id, config, data: kept, together, step: 0, time: Date.now(), bytes: 0, ended: false };
  }

  /** Keeps a file of the user's once. @returns its name */
  async #keepData(file: Blob | string): Promise<string> {
    if (typeof file === 'string') return file;
    const { files } = this.#opened();
    const name = this.#names.get(file) ?? (await keptFileName(file));
    if ((await files.list('data')).get(name) !== file.size) await files.write('data', name, file);
    this.#names.set(file, name);
    return name;
  }

  /** Puts some runs into the index and takes others out, in one move; then their files go. */
  async #change(put: readonly KeptRun[], remove: readonly KeptRun[] = []): Promise<void> {
    const { files, index } = this.#opened();
    await index.change(
      put,
      remove.map(({ id }) => id),
    );
    for (const run of put) this.#runs.set(run.id, run);
    for (const { id, file } of remove) {
      this.#runs.delete(id);
      if (file !== undefined) await files.remove('runs', file);
    }
    if (remove.length > 0) await this.#removeStrays('data');
  }

  /** After a page that was killed: half-written files go, and runs that were deleted, or have nothing to go on from. */
  async #tidy(): Promise<void> {
    const { files } = this.#opened();
    const there = await files.list('runs');
    const all = [...this.#runs.values()];
    const begun = new Set(all.filter(({ file }) => file !== undefined).flatMap(({ together }) => together));
    const lost = all.filter(({ file }) => file !== undefined && !there.has(file));
    await this.#change(
      [],
      all.filter((run) => run.deleted || !begun.has(run.id) || lost.includes(run)),
    );
    if (lost.length > 0) {
      this.#lost = `Of ${lost.map(({ name }) => name).join(', ')} the browser has kept no file: removed from what is kept.`;
    }
    for (const folder of ['runs', 'data'] as const) await this.#removeStrays(folder);
  }

  /** Removes the files of a folder that the index does not name. */
  async #removeStrays(folder: 'runs' | 'data'): Promise<void> {
    const { files } = this.#opened();
    const named = new Set(
      [...this.#runs.values()].flatMap(({ file, data }) =>
        folder === 'runs' ? [file] : [data.table, data.labels],
      ),
    );
    for (const name of (await files.list(folder)).keys()) {
      if (!named.has(name)) await files.remove(folder, name);
    }
  }

  async #refusal(error: unknown): Promise<string> {
    if (!(error instanceof DOMException && error.name === 'QuotaExceededError')) {
      return `Nothing is kept at the moment: ${reasonOf(error)}.`;
    }
    return 'Nothing more is kept, since the browser’s storage for this page is full: forget runs in the Runs tab. Training goes on.';
  }

  async #report(): Promise<void> {
    this.#sizes = await this.#measured();
    this.#onReport({
      status: this.#status,
      ...(this.#problem !== undefined && { problem: this.#problem }),
      ...(this.#lost !== undefined && { lost: this.#lost }),
      runs: this.runs,
      ...this.#sizes,
    });
  }

  /** Where the browser cannot say, because a file went meanwhile for one, they are taken to be what they were. */
  async #measured(): Promise<Pick<KeepReport, 'bytes' | 'quota'>> {
    try {
      const { files } = this.#store ?? {};
      const sizes = files
        ? [...(await files.list('runs')).values(), ...(await files.list('data')).values()]
        : [];
      const { quota } = (await navigator.storage?.estimate?.()) ?? {};
      return { bytes: sizes.reduce((sum, size) => sum + size, 0), ...(quota !== undefined && { quota }) };
    } catch {
      return this.#sizes;
    }
  }
}

/** An entry that an earlier version of the page may have made; one whose settings are none any more is to be removed. */
function ofToday(run: KeptRun): KeptRun {
  try {
    return { ...run, config: parseStoredConfig(run.config) };
  } catch {
    return { ...run, deleted: true };
  }
}

const reasonOf = (error: unknown) =>
  error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
