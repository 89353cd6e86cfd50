import { sourceByName } from '../engine/data/sources.ts';
import type { Config } from '../engine/train/config.ts';
import { mappingOf, noMapping } from './data/mapping.ts';
import type { KeptData } from './keep/keptRun.ts';
import type { OwnFiles } from './runs/runView.ts';
import { writeAddress } from './settings/writeAddress.ts';
import { useLab } from './store.ts';
import type { Dataset, WorkerCommand, WorkerEvent } from './workerProtocol.ts';

/** The data set that is open or being opened: has the worker read it and cut it by the settings, and takes the answers in. */
export class OpenData {
  readonly #send: (command: WorkerCommand) => void;
  #request = 0;
  /** Keys that the address sets: a guess does not change them. */
  pinned: ReadonlySet<string> = new Set();
  /** The data set that is being opened, and the settings it will come with. */
  #opening?: {
    request: number;
    config: Config;
    name: string;
    files: OwnFiles;
    keep?: Partial<Config['data']>;
  };
  #files: OwnFiles = {};
  #preparing = 0;
  /** What is done as soon as the data that were asked for are there. */
  whenPrepared?: () => void;

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
    this.#openWith(config, files, { ...mappingOf(config.data), gap: config.data.gap }, kept);
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
    const { config } = useLab.getState();
    this.#guess({ ...config, data: { ...config.data, form, gap: 'none' } }, {});
  }

  /** Names the items of a table of measurements by a file such as d_items.csv; the choice of items stays. */
  nameItems(file: File): void {
    const { config } = useLab.getState();
    const next = { ...config, data: { ...config.data, labels: file.name } };
    this.#guess(next, { ...mappingOf(config.data), gap: config.data.gap }, file);
  }

  #open(name: string, fresh: Partial<Config['data']>, files: OwnFiles): void {
    const { config } = useLab.getState();
    const blank = {
      ...noMapping,
      labels: null,
      gap: 'none' as const,
      count: null,
      ...fresh,
    };
    const free = Object.entries(blank).filter(([key]) => !this.pinned.has(`data.${key}`));
    this.#openWith({ ...config, data: { ...config.data, ...Object.fromEntries(free), source: name } }, files);
  }

  /** @param keep what is not guessed @param kept the user's own files, where they are kept from an earlier visit */
  #openWith(config: Config, files: OwnFiles, keep?: Partial<Config['data']>, kept?: KeptData): void {
    const { data } = useLab.getState();
    const name = config.data.source;
    const own = files.table ?? kept?.table;
    const path = own ? undefined : sourceByName(name)?.path;
    const origin = {
      name,
      ...(path && { address: new URL(path, document.baseURI).href }),
      ...(files.table && { file: files.table }),
      ...(files.labels && { labels: files.labels }),
      ...(kept?.table && { kept }),
    };
    this.whenPrepared = undefined;
    this.#opening = { request: ++this.#request, config, name, files, keep };
    useLab.setState({ data: { ...data, opening: true, reading: undefined, openFailure: undefined } });
    this.#send({ type: 'open', request: this.#request, origin, config });
  }

  /** @param keep what the guess does not change */
  #guess(config: Config, keep: Partial<Config['data']>, labels?: File): void {
    const { data } = useLab.getState();
    const files = labels ? { ...this.#files, labels } : this.#files;
    this.#opening = {
      request: ++this.#request,
      config,
      name: labels?.name ?? config.data.source,
      files,
      keep,
    };
    useLab.setState({ data: { ...data, opening: true, openFailure: undefined } });
    this.#send({ type: 'guess', request: this.#request, config, ...(labels && { labels }) });
  }

  #opened(dataset: Dataset, files?: OwnFiles): void {
    const { config } = this.#opening ?? useLab.getState();
    const { keep = {} } = this.#opening ?? {};
    this.#files = files ?? this.#opening?.files ?? {};
    const mapping = dataset.kind === 'generator' ? mappingOf(config.data) : dataset.mapping;
    const guessed = { ...mapping, ...(dataset.gap && { gap: dataset.gap }), ...keep };
    const free = Object.entries(guessed).filter(([key]) => !this.pinned.has(`data.${key}`));
    // The address's columns are meant for its own table; its window and stride stay for whatever is opened next.
    const lasting = [...this.pinned].filter(
      (key) => !/^data\.(id|time|features|group|part|items|labels|gap|count)$/.test(key),
    );
    if (dataset.kind !== 'generator') this.pinned = new Set(lasting);
    useLab.setState({ data: { opening: false, dataset } });
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

  /** Answers to questions that have been overtaken by newer ones are dropped. */
  answer(event: WorkerEvent): void {
    const { data } = useLab.getState();
    if (event.type === 'reading' && event.request === this.#opening?.request) {
      useLab.setState({ data: { ...data, reading: { ...event.progress, name: this.#opening.name } } });
    }
    if (event.type === 'cancelled' && event.request === this.#opening?.request) {
      this.#opening = undefined;
      useLab.setState({ data: { ...data, opening: false, reading: undefined } });
    }
    if (event.type === 'opened' && event.request === this.#opening?.request)
      this.#opened(event.dataset, event.files);
    if (event.type === 'prepared' && event.request === this.#preparing) {
      useLab.setState({ data: { ...data, prepared: event.summary, prepareFailure: undefined } });
      const next = this.whenPrepared;
      this.whenPrepared = undefined;
      next?.();
    }
    if (event.type !== 'data-failed') return;
    const { request, failure } = event;
    if (request === this.#opening?.request) {
      useLab.setState({
        data: {
          ...data,
          opening: false,
          reading: undefined,
          openFailure: { name: this.#opening.name, failure },
        },
      });
    } else if (request === this.#preparing) {
      this.whenPrepared = undefined;
      useLab.setState({ data: { ...data, prepared: undefined, prepareFailure: failure } });
    }
  }
}
