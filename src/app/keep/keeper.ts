import { messageOf } from '../../engine/messageOf.ts';
import { parseStoredConfig } from '../../engine/train/config.ts';
import { isFull, isWhole, KeptDataFiles } from './dataFiles.ts';
import { type Folder, KeptFiles } from './files.ts';
import {
  type KeepReport,
  type KeptRun,
  mostRuns,
  type RunLabel,
  tooManyRuns,
  type UnreadRun,
} from './keptRun.ts';
import { becomeKeeper } from './lock.ts';
import { RunIndex } from './runIndex.ts';
import { type RunToKeep, type Waiting, WaitingCheckpoints } from './waiting.ts';

interface Store {
  files: KeptFiles;
  index: RunIndex;
  data: KeptDataFiles;
}

const folders: readonly Folder[] = ['runs', 'data'];

/**
 * Keeps the checkpoints of runs on this machine. A checkpoint is written to a new file, then the index names it, then the old
 * file goes: whatever ends the page at whatever moment, the index names a file that is whole. Everything happens in the order
 * in which it was asked for; what the storage refuses is reported and never thrown, and is tried again once there may be room.
 */
export class Keeper {
  readonly #onReport: (report: KeepReport) => void;
  readonly #runs = new Map<string, KeptRun>();
  /** Runs that this page cannot read, and why. */
  readonly #unread = new Map<string, string>();
  readonly #waiting = new WaitingCheckpoints();
  /** The runs whose turn will come. */
  readonly #queued = new Set<string>();
  #store?: Store;
  #status: KeepReport['status'] = 'keeping';
  #problem?: string;
  #lost?: string;
  #sizes: Pick<KeepReport, 'bytes' | 'quota'> = { bytes: 0 };
  /** Settled once everything that was asked for is done. */
  #done: Promise<void> = Promise.resolve();

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
      const data = new KeptDataFiles(files, (file) => {
        this.#lost = `${nameOf(file)} is too large for what the browser allows this page: its runs are kept without it, and need it opened again to be resumed.`;
      });
      for (const run of await index.all()) this.#adopt(run);
      this.#store = { files, index, data };
      this.#status = 'keeping';
      const tidied = this.#tidy();
      // What is asked for meanwhile comes after it.
      this.#done = tidied.catch(() => {});
      await tidied;
    } catch (error) {
      this.#store = undefined;
      this.#waiting.clear();
      this.#status = 'failed';
      this.#problem = `Nothing is kept: the browser gives this page no storage here (${reasonOf(error)}).`;
    }
    await this.#report();
    this.#queueAll();
  }

  /** Everything that is kept, wanted and can be read, oldest first. */
  get runs(): KeptRun[] {
    return [...this.#runs.values()]
      .filter(({ id, deleted }) => !deleted && !this.#unread.has(id))
      .toSorted((a, b) => a.time - b.time);
  }

  /** Keeps a checkpoint of a run; `group` are the runs that were loaded together. One that still waits gives way to it. */
  put(group: readonly RunToKeep[], id: string, step: number, bytes: Uint8Array): void {
    if (this.#status === 'failed') return;
    this.#waiting.put(id, { group, step, bytes });
    this.#queue(id);
  }

  /** Adopts what the page calls a run. Of the deleted ones, the latest alone can be brought back, with those loaded beside it. */
  label(id: string, label: RunLabel): void {
    this.#waiting.label(id, label);
    this.#do(async () => {
      const run = this.#runs.get(id);
      if (!run) return;
      const gone = [...this.#runs.values()].filter(
        (one) => label.deleted && one.deleted && !run.together.includes(one.id),
      );
      await this.#change([{ ...run, ...label }], gone);
    });
    this.#queueAll();
  }

  /** They were given up: they are seen again, and do not ask to be resumed. */
  end(ids: readonly string[]): void {
    this.#do(() => this.#change(this.#known(ids).map((run) => ({ ...run, ended: true }))));
  }

  /** Removes runs, all of them where none are named, and the data that no other run needs. What had no room is kept in their place. */
  forget(ids?: readonly string[]): void {
    this.#waiting.remove(ids ?? this.#runs.keys());
    this.#do(() => this.#change([], ids ? this.#known(ids) : [...this.#runs.values()]));
  }

  /** Leaves a run as it is that this page cannot read, and says why: a later one may. */
  leave(id: string, reason: string): void {
    this.#do(async () => {
      if (this.#runs.has(id)) this.#unread.set(id, reason);
    });
  }

  /** Removes a run that is damaged, and says how. */
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
    await this.#done;
    const file = this.#runs.get(id)?.file;
    if (file === undefined) return undefined;
    return new Uint8Array(await (await this.#opened().files.read('runs', file)).arrayBuffer());
  }

  /** A file of the user's, as it was kept. @throws Error where it is gone, which the runs on it know from then on */
  async dataFile(name: string): Promise<File> {
    try {
      return await this.#opened().files.read('data', name);
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotFoundError')
        this.#do(() => this.#loseData((data) => data.table === name || data.labels === name));
      throw error;
    }
  }

  /** An entry that another version of the page may have made. */
  #adopt(run: KeptRun): void {
    try {
      this.#runs.set(run.id, { ...run, config: parseStoredConfig(run.config) });
    } catch {
      this.#runs.set(run.id, run);
      this.#unread.set(run.id, 'its settings are of another version of this page');
    }
  }

  #opened(): Store {
    if (!this.#store) throw new Error('Nothing is kept here.');
    return this.#store;
  }

  #known(ids: readonly string[]): KeptRun[] {
    return ids.flatMap((id) => this.#runs.get(id) ?? []);
  }

  #do(work: () => Promise<void>): void {
    this.#done = this.#done.then(async () => {
      if (!this.#store) return;
      try {
        await work();
        if (this.#waiting.wanted.length === 0) this.#problem = undefined;
      } catch (error) {
        this.#problem = await this.#refusal(error);
      }
      await this.#report();
    });
  }

  /** Gives everything that was refused another turn. */
  #queueAll(): void {
    for (const id of this.#waiting.wanted) this.#queue(id);
  }

  #queue(id: string): void {
    if (!this.#store || this.#queued.has(id)) return;
    this.#queued.add(id);
    this.#do(async () => {
      this.#queued.delete(id);
      const waiting = this.#waiting.get(id);
      if (!waiting) return;
      await this.#write(id, waiting);
      this.#waiting.done(id, waiting);
      this.#queueAll();
    });
  }

  async #write(id: string, { group, step, bytes }: Waiting): Promise<void> {
    const { files } = this.#opened();
    const together = group.map((run) => run.id);
    const entries: KeptRun[] = [];
    for (const run of group) entries.push(...(await this.#entry(run, together)));
    const run = entries.find((one) => one.id === id) ?? this.#runs.get(id);
    if (!run) return;
    const time = Math.max(Date.now(), run.time + 1);
    const file = `${id}-${step}-${time}.safetensors`;
    await files.write('runs', file, bytes);
    const kept = { ...run, together, step, time, file, bytes: bytes.length, ended: false };
    const tooMany = tooManyRuns(this.runs, together);
    try {
      await this.#change([...entries, kept], tooMany);
    } catch (error) {
      await files.remove('runs', file);
      throw error;
    }
    if (tooMany.length > 0) {
      const names = tooMany.map(({ name }) => name).join(', ');
      this.#lost = `Given up for newer runs: ${names}. The last ${mostRuns} are kept, and those that are pinned.`;
    }
    if (run.file !== undefined) await files.remove('runs', run.file);
  }

  /** What the index is to know of a run before its checkpoint, where that is new: the run itself, or that its data are kept. */
  async #entry(run: RunToKeep, together: readonly string[]): Promise<KeptRun[]> {
    const { id, config, label } = run;
    const known = this.#runs.get(id);
    const data = await this.#opened().data.keep(run.data, known?.data);
    if (known) return known.data.table === data.table ? [] : [{ ...known, data }];
    return [{ ...label, id, config, data, together, step: 0, time: Date.now(), bytes: 0, ended: false }];
  }

  /** Puts some runs into the index and takes others out, in one move; then their files go. */
  async #change(put: readonly KeptRun[], remove: readonly KeptRun[] = []): Promise<void> {
    const { files, index, data } = this.#opened();
    await index.change(
      put,
      remove.map(({ id }) => id),
    );
    for (const run of put) this.#runs.set(run.id, run);
    for (const { id, file } of remove) {
      this.#runs.delete(id);
      this.#unread.delete(id);
      if (file !== undefined) await files.remove('runs', file);
    }
    if (remove.length === 0) return;
    await this.#removeStrays('data');
    data.tryAgain();
    this.#queueAll();
  }

  /** After a page that was killed: half-written files go, and runs that were deleted, or have nothing to go on from. */
  async #tidy(): Promise<void> {
    const { files } = this.#opened();
    for (const folder of folders) {
      const there = await files.list(folder);
      const missing = [...this.#named(folder)].filter((name) => !there.has(name));
      if (missing.length > 0) await files.takeOver(folder, missing);
    }
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
    const data = await files.list('data');
    await this.#loseData((kept) => !isWhole(kept, data));
    for (const folder of folders) await this.#removeStrays(folder);
  }

  /** The runs on such data go on only once the user has opened them again. */
  async #loseData(gone: (data: KeptRun['data']) => boolean): Promise<void> {
    const without = [...this.#runs.values()].filter(({ data }) => gone(data));
    if (without.length > 0) await this.#change(without.map((run) => ({ ...run, data: {} })));
  }

  /** The files of a folder that the index names. */
  #named(folder: Folder): Set<string> {
    const names = [...this.#runs.values()].flatMap(({ file, data }) =>
      folder === 'runs' ? [file] : [data.table, data.labels],
    );
    return new Set(names.filter((name) => name !== undefined));
  }

  /** Removes the files of a folder that the index does not name. */
  async #removeStrays(folder: Folder): Promise<void> {
    const { files } = this.#opened();
    const named = this.#named(folder);
    for (const name of (await files.list(folder)).keys()) {
      if (!named.has(name)) await files.remove(folder, name);
    }
  }

  async #refusal(error: unknown): Promise<string> {
    if (!isFull(error)) {
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
      ...(this.#unread.size > 0 && { unread: this.#unreadRuns() }),
      ...this.#sizes,
    });
  }

  #unreadRuns(): UnreadRun[] {
    return [...this.#unread].flatMap(([id, reason]) => {
      const run = this.#runs.get(id);
      return run && !run.deleted ? [{ name: run.name, reason }] : [];
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

const reasonOf = (error: unknown) => messageOf(error).replace(/\.$/, '');

const nameOf = (file: Partial<File>) => file.name || 'The file';
