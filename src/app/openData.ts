import { sourceByName } from '../engine/data/sources.ts';
import type { Config } from '../engine/train/config.ts';
import { mappingOf, noMapping } from './data/mapping.ts';
import type { KeptData } from './keep/keptRun.ts';
import type { OwnFiles } from './runs/runView.ts';
import { writeAddress } from './settings/writeAddress.ts';
import { type DataState, useLab } from './store.ts';
import type { DataFailure, Dataset, PreparedSummary, WorkerCommand, WorkerEvent } from './workerProtocol.ts';

/** A data set that is being opened. */
interface Opening {
  name: string;
  files: OwnFiles;
  /** The settings that it comes with, made from those that stand when it is open. */
  settings: (config: Config) => Config;
  /** What is not guessed. */
  keep?: Partial<Config['data']>;
}

/** The data set that is open or being opened: has the worker read it and cut it by the settings, and takes the answers in. */
export class OpenData {
  readonly #send: (command: WorkerCommand) => void;
  #request = 0;
  /** Keys that the address sets: a guess does not change them. */
  pinned: ReadonlySet<string> = new Set();
  /** What has been asked for and not answered, by request: the last one counts, unless it fails and one before it did not. */
  readonly #openings = new Map<number, Opening>();
  /** The request of the data set that was asked for last. */
  #asked = 0;
  #files: OwnFiles = {};
  #preparing = 0;

  constructor(send: (command: WorkerCommand) => void) {
    this.#send = send;
  }

  /** Opens a built-in data set with the window that suits it. */
  openSource(name: string): void {
    const source = sourceByName(name);
    if (!source) return;
    const { window, stride = window, gap } = source;
    this.#open(name, { window, stride, ...(gap && { gap }) }, {});
  }

  /** Opens a file of the user's, or text that was pasted; it does not leave the machine. */
  openFile(file: File): void {
    this.#open(file.name, {}, { table: file });
  }

  /** Opens data, built in where no files are given, with settings they were trained with before: nothing is guessed. */
  restore(config: Config, files: OwnFiles, kept?: KeptData): void {
    this.pinned = new Set();
    const keep = { ...mappingOf(config.data), gap: config.data.gap };
    this.#openWith({ name: config.data.source, files, settings: () => config, keep }, kept);
  }

  /** Does this as soon as the data that were asked for last are there; until then nothing else is trained. */
  whenPrepared(next: () => void): void {
    change({ next });
  }

  /** The user's own files that are open. */
  get files(): OwnFiles {
    return this.#files;
  }

  /** Gives up the file that is being read; everything stays as it was before. */
  cancel(): void {
    this.#send({ type: 'cancel' });
  }

  /** Takes the refusal of a file off the screen. */
  dismissFailure(): void {
    useLab.setState(({ data }) => (data.openFailure ? { data: { ...data, openFailure: undefined } } : {}));
  }

  /** Reads the open table as it is known, or as a plain one; its columns are guessed anew. */
  readAs(form: Config['data']['form']): void {
    this.#guess({
      name: useLab.getState().config.data.source,
      files: this.#files,
      settings: (config) => ({ ...config, data: { ...config.data, form, gap: 'none' } }),
    });
  }

  /** Names the items of a table of measurements by a file such as d_items.csv; the choice of items stays. */
  nameItems(labels: File): void {
    const { data } = useLab.getState().config;
    const { name } = labels;
    this.#guess({
      name,
      files: { ...this.#files, labels },
      settings: (config) => ({ ...config, data: { ...config.data, labels: name } }),
      keep: { ...mappingOf(data), gap: data.gap },
    });
  }

  #open(name: string, fresh: Partial<Config['data']>, files: OwnFiles): void {
    const blank = {
      ...noMapping,
      labels: null,
      gap: 'none' as const,
      count: null,
      ...fresh,
    };
    const free = Object.entries(blank).filter(([key]) => !this.pinned.has(`data.${key}`));
    const settings = (config: Config) => ({
      ...config,
      data: { ...config.data, ...Object.fromEntries(free), source: name },
    });
    this.#openWith({ name, files, settings });
  }

  /** @param kept the user's own files, where they are kept from an earlier visit */
  #openWith(opening: Opening, kept?: KeptData): void {
    const { name, files } = opening;
    const { crash } = useLab.getState();
    if (crash) {
      change({ openFailure: { name, failure: { message: crash.message } } });
      return;
    }
    const path = (files.table ?? kept?.table) ? undefined : sourceByName(name)?.path;
    const origin = {
      name,
      ...(path && { address: new URL(path, document.baseURI).href }),
      ...(files.table && { file: files.table }),
      ...(files.labels && { labels: files.labels }),
      ...(kept?.table && { kept }),
    };
    change({ next: undefined });
    const { request, config } = this.#ask(opening);
    this.#send({ type: 'open', request, origin, config });
  }

  #guess(opening: Opening): void {
    const { labels } = opening.files;
    const { request, config } = this.#ask(opening);
    this.#send({ type: 'guess', request, config, ...(labels !== this.#files.labels && { labels }) });
  }

  #ask(opening: Opening): { request: number; config: Config } {
    const { data, config } = useLab.getState();
    const request = ++this.#request;
    this.#asked = request;
    this.#openings.set(request, opening);
    useLab.setState({ data: { ...data, opening: true, reading: undefined, openFailure: undefined } });
    return { request, config: opening.settings(config) };
  }

  /** @param last whether no other data set has been asked for since */
  #opened({ settings, keep = {}, files }: Opening, dataset: Dataset, last: boolean): void {
    this.#files = files;
    const config = settings(useLab.getState().config);
    const mapping = dataset.kind === 'generator' ? mappingOf(config.data) : dataset.mapping;
    const guessed = { ...mapping, ...(dataset.gap && { gap: dataset.gap }), ...keep };
    const free = Object.entries(guessed).filter(([key]) => !this.pinned.has(`data.${key}`));
    // The address's columns are meant for its own table; its window and stride stay for whatever is opened next.
    const lasting = [...this.pinned].filter(
      (key) => !/^data\.(id|time|features|group|part|items|labels|gap|count)$/.test(key),
    );
    if (dataset.kind !== 'generator') this.pinned = new Set(lasting);
    useLab.setState(({ data: { next } }) => ({
      data: { opening: !last, dataset, version: versionOf(files), next },
    }));
    this.adopt({ ...config, data: { ...config.data, ...Object.fromEntries(free) } });
  }

  /** Makes these the settings, and has the data cut by them. */
  adopt(config: Config): void {
    useLab.setState({ config });
    writeAddress();
    if (!useLab.getState().data.dataset) return;
    this.#preparing = ++this.#request;
    this.#send({ type: 'prepare', request: this.#preparing, config });
  }

  /** Answers to questions that have been overtaken by newer ones are dropped, but for what has been opened meanwhile. */
  answer(event: WorkerEvent): void {
    switch (event.type) {
      case 'reading': {
        const name = this.#openings.get(event.request)?.name;
        if (name !== undefined && event.request === this.#asked)
          change({ reading: { ...event.progress, name } });
        return;
      }
      case 'cancelled':
        this.#openings.delete(event.request);
        if (event.request === this.#asked) this.#notOpened();
        return;
      case 'opened': {
        const { request, dataset, files } = event;
        const opening = this.#openings.get(request);
        this.#openings.delete(request);
        if (opening) this.#opened({ ...opening, ...(files && { files }) }, dataset, request === this.#asked);
        return;
      }
      case 'prepared':
        if (event.request === this.#preparing) this.#prepared(event.summary);
        return;
      case 'data-failed':
        this.#failed(event.request, event.failure);
        return;
      case 'crashed':
        this.#openings.clear();
        this.#notOpened();
    }
  }

  /** What waits for a data set that is still being opened is not for the one before it. */
  #prepared(prepared: PreparedSummary): void {
    change({ prepared, prepareFailure: undefined });
    const { opening, next } = useLab.getState().data;
    if (opening) return;
    change({ next: undefined });
    next?.();
  }

  #failed(request: number, failure: DataFailure): void {
    const opening = this.#openings.get(request);
    this.#openings.delete(request);
    if (opening && request === this.#asked) {
      this.#notOpened();
      change({ openFailure: { name: opening.name, failure } });
    } else if (request === this.#preparing) {
      const { opening: another, next } = useLab.getState().data;
      change({ prepared: undefined, prepareFailure: failure, next: another ? next : undefined });
    }
  }

  /** The data set before it stays, and nothing is done with it that was meant for this one. */
  #notOpened(): void {
    change({ opening: false, reading: undefined, next: undefined });
  }
}

function change(part: Partial<DataState>): void {
  useLab.setState(({ data }) => ({ data: { ...data, ...part } }));
}

/** Tells the user's own files from others of the same name. */
function versionOf({ table, labels }: OwnFiles): string {
  return [table, labels].map((file) => (file ? `${file.size} ${file.lastModified}` : '')).join();
}
