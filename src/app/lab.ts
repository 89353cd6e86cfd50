import { sourceByName } from '../engine/data/sources.ts';
import type { Config } from '../engine/train/config.ts';
import { newRun } from './runView.ts';
import { addressOf, pageDefaults, settingsFromAddress } from './settings/index.ts';
import { afterWorkerEvent, canTrain, isStale, runKey, useLab, withSetting } from './store.ts';
import { TrainerClient } from './trainerClient.ts';
import type { Dataset, WorkerEvent } from './workerProtocol.ts';

/** What the user can do: each changes the store, tells the worker, or both. */
class Lab {
  readonly #client = new TrainerClient((events) => this.#receive(events));
  #pinned: ReadonlySet<string> = new Set();
  #request = 0;
  /** The data set that is being opened, and the settings it will come with. */
  #opening?: { request: number; config: Config; name: string };
  #preparing = 0;

  /** Reads the address, looks for a GPU, and opens the data set the address names. */
  start(search: string): void {
    const { config, pinned, problem } = settingsFromAddress(search);
    this.#pinned = pinned;
    const { source } = config.data;
    const known = sourceByName(source) !== undefined;
    const foreign = `The address names the file '${source}', which is on another machine or not open: open it to go on.`;
    useLab.setState({ config, addressProblem: problem ?? (known ? undefined : foreign) });
    this.#client.send({ type: 'probe' });
    this.openSource(known ? source : pageDefaults.data.source);
  }

  /** Opens a built-in data set with the window that suits it. */
  openSource(name: string): void {
    const source = sourceByName(name);
    if (!source) return;
    const fresh = { window: source.window, stride: source.window };
    const address = source.path && new URL(source.path, document.baseURI).href;
    this.#open(name, fresh, { name, ...(address && { address }) }, []);
  }

  /** Opens a file of the user's; it does not leave the machine. */
  async openFile(file: File): Promise<void> {
    const bytes = await file.arrayBuffer();
    this.#open(file.name, {}, { name: file.name, bytes }, [bytes]);
  }

  /** Changes one setting. @returns the sentence of what is wrong with the value */
  set(key: string, value: unknown): string | undefined {
    const config = withSetting(useLab.getState().config, key, value);
    if (typeof config === 'string') return config;
    this.#adopt(config);
    return undefined;
  }

  run(): void {
    if (this.#load()) this.#client.send({ type: 'run' });
  }

  pause(): void {
    useLab.setState(({ run }) => ({ run: { ...run, status: 'pausing' } }));
    this.#client.send({ type: 'pause' });
  }

  step(): void {
    if (this.#load()) this.#client.send({ type: 'step' });
  }

  /** Back to step 0. After a failure the trainer is given up, and Run makes a new one. */
  reset(): void {
    const failed = useLab.getState().run.status === 'failed';
    if (failed) useLab.setState({ run: newRun() });
    else this.#client.send({ type: 'reset' });
  }

  /** Makes sure that the worker's trainer is the one of the settings. @returns whether there can be one */
  #load(): boolean {
    const state = useLab.getState();
    if (!canTrain(state)) return false;
    if (state.run.key === undefined || isStale(state)) {
      const run = newRun({ key: runKey(state), method: state.config.method.name });
      useLab.setState({ run: { ...run, status: 'loading' } });
      this.#client.send({ type: 'load', config: state.config });
    }
    return true;
  }

  #open(
    name: string,
    fresh: Partial<Config['data']>,
    origin: { name: string; address?: string; bytes?: ArrayBuffer },
    transfer: Transferable[],
  ): void {
    const { config, data } = useLab.getState();
    const blank = { id: null, time: null, features: [], gap: 'none' as const, count: null, ...fresh };
    const free = Object.entries(blank).filter(([key]) => !this.#pinned.has(`data.${key}`));
    const next = { ...config, data: { ...config.data, ...Object.fromEntries(free), source: name } };
    this.#opening = { request: ++this.#request, config: next, name };
    useLab.setState({ data: { ...data, opening: true, openFailure: undefined } });
    this.#client.send({ type: 'open', request: this.#request, origin, config: next }, transfer);
  }

  #opened(dataset: Dataset): void {
    const { config } = this.#opening ?? useLab.getState();
    const { id, time, features } = dataset.kind === 'generator' ? config.data : dataset.mapping;
    const free = Object.entries({ id, time, features }).filter(([key]) => !this.#pinned.has(`data.${key}`));
    // The address's columns are meant for its own table; its window and stride stay for whatever is opened next.
    const lasting = [...this.#pinned].filter((key) => !/^data\.(id|time|features|gap|count)$/.test(key));
    if (dataset.kind !== 'generator') this.#pinned = new Set(lasting);
    useLab.setState({ data: { opening: false, dataset } });
    this.#adopt({ ...config, data: { ...config.data, ...Object.fromEntries(free) } });
  }

  #adopt(config: Config): void {
    useLab.setState({ config });
    history.replaceState(null, '', `${location.pathname}${addressOf(config)}${location.hash}`);
    if (!useLab.getState().data.dataset) return;
    this.#preparing = ++this.#request;
    this.#client.send({ type: 'prepare', request: this.#preparing, config });
  }

  #receive(events: readonly WorkerEvent[]): void {
    useLab.setState((state) => {
      let next = state;
      for (const event of events) next = afterWorkerEvent(next, event);
      return next;
    });
    for (const event of events) this.#answer(event);
  }

  /** Answers to questions that have been overtaken by newer ones are dropped. */
  #answer(event: WorkerEvent): void {
    const { data } = useLab.getState();
    if (event.type === 'opened' && event.request === this.#opening?.request) this.#opened(event.dataset);
    if (event.type === 'prepared' && event.request === this.#preparing) {
      useLab.setState({ data: { ...data, prepared: event.summary, prepareFailure: undefined } });
    }
    if (event.type !== 'data-failed') return;
    const { request, failure } = event;
    if (request === this.#opening?.request) {
      useLab.setState({
        data: { ...data, opening: false, openFailure: { name: this.#opening.name, failure } },
      });
    } else if (request === this.#preparing) {
      useLab.setState({ data: { ...data, prepared: undefined, prepareFailure: failure } });
    }
  }
}

/** The page's one lab. */
export const lab = new Lab();
