import { sourceByName } from '../engine/data/sources.ts';
import { type Candidate, choiceConfigs } from '../engine/train/choose.ts';
import type { Config } from '../engine/train/config.ts';
import type { ParityCase } from '../engine/train/exportAnswers.ts';
import type { ExportKind, Question, TrainerEvent } from '../engine/train/protocol.ts';
import { memorableName } from './runs/names.ts';
import { afterEvent, newRun, type RunView } from './runs/runView.ts';
import { addressOf, pageDefaults, settingsFromAddress } from './settings/index.ts';
import {
  afterWorkerEvent,
  canTrain,
  isStale,
  type LabState,
  liveRuns,
  plannedConfigs,
  runKey,
  useLab,
  withRuns,
  withSetting,
} from './store.ts';
import { chosenOf, newPilot } from './sweep/pilotView.ts';
import { sweepAxes, sweepConfigs } from './sweep/sweepPlan.ts';
import { TrainerClient } from './trainerClient.ts';
import type { View } from './view.ts';
import type { Dataset, WorkerEvent } from './workerProtocol.ts';

/** What the user can do: each changes the store, tells the worker, or both. */
class Lab {
  readonly #client = new TrainerClient((events) => this.#receive(events));
  #pinned: ReadonlySet<string> = new Set();
  #request = 0;
  readonly #exports = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  /** The data set that is being opened, and the settings it will come with. */
  #opening?: { request: number; config: Config; name: string; keep?: Partial<Config['data']> };
  #preparing = 0;
  #made = 0;
  /** Run as soon as the data that were asked for are there. */
  #runWhenPrepared = false;

  /** Reads the address, looks for a GPU, and opens the data set the address names. */
  start(search: string): void {
    const { config, view, pinned, problem } = settingsFromAddress(search);
    this.#pinned = pinned;
    const { source } = config.data;
    const known = sourceByName(source) !== undefined;
    const foreign = `The address names the file '${source}', which is on another machine or not open: open it to go on.`;
    useLab.setState({ config, view, addressProblem: problem ?? (known ? undefined : foreign) });
    this.#client.send({ type: 'probe' });
    this.#client.send({ type: 'speed', limit: view.speed });
    this.openSource(known ? source : pageDefaults.data.source);
  }

  /** Opens a built-in data set with the window that suits it. */
  openSource(name: string): void {
    const source = sourceByName(name);
    if (!source) return;
    const { window, stride = window, gap } = source;
    const fresh = { window, stride, ...(gap && { gap }) };
    const address = source.path && new URL(source.path, document.baseURI).href;
    this.#open(name, fresh, { name, ...(address && { address }) });
  }

  /** Opens a file of the user's, or text that was pasted; it does not leave the machine. */
  openFile(file: File): void {
    this.#open(file.name, {}, { name: file.name, file });
  }

  /** Gives up the file that is being read; everything stays as it was before. */
  cancelOpen(): void {
    this.#client.send({ type: 'cancel' });
  }

  /** Reads the open table as it is known, or as a plain one; its columns are guessed anew. */
  readAs(form: Config['data']['form']): void {
    const { config } = useLab.getState();
    this.#guess({ ...config, data: { ...config.data, form, gap: 'none' } }, {});
  }

  /** Names the items of a table of measurements by a file such as d_items.csv; the choice of items stays. */
  nameItems(file: File): void {
    const { config } = useLab.getState();
    const { id, time, features, group, items, gap } = config.data;
    const next = { ...config, data: { ...config.data, labels: file.name } };
    this.#guess(next, { id, time, features, group, items, gap }, file);
  }

  /** Changes one setting. @returns the sentence of what is wrong with the value */
  set(key: string, value: unknown): string | undefined {
    const config = withSetting(useLab.getState().config, key, value);
    if (typeof config === 'string') return config;
    this.#adopt(config);
    return undefined;
  }

  /** Changes how things are shown; the address follows. */
  show(change: Partial<View>): void {
    useLab.setState(({ view }) => ({ view: { ...view, ...change } }));
    this.#writeAddress();
  }

  /** Slows training down to so many steps a second; null for as fast as it goes. */
  limitSpeed(speed: View['speed']): void {
    this.show({ speed });
    this.#client.send({ type: 'speed', limit: speed });
  }

  /** Shows the charts as they were at a training step; undefined for the latest. */
  seek(playhead: number | undefined): void {
    useLab.setState({ playhead });
  }

  run(): void {
    if (!this.#load()) return;
    useLab.setState({ playhead: undefined });
    this.#client.send({ type: 'run' });
  }

  /** Trains latent diffusion and the posterior-stable method side by side: same data, same seed, same budget. */
  trainBoth(): void {
    this.show({ beside: 'latent-diffusion' });
    const { config } = useLab.getState();
    if (config.method.name === 'latent-diffusion') this.set('method.name', 'posterior-stable');
    this.run();
  }

  /** Turns the shuffling of positions on or off and trains anew on such data. */
  shuffleData(on: boolean): void {
    this.#runWhenPrepared = true;
    this.set('data.shuffle', on);
  }

  pause(): void {
    useLab.setState((state) =>
      withRuns(state, state.live, (run) =>
        run.status === 'running' || run.status === 'loading' ? { ...run, status: 'pausing' } : run,
      ),
    );
    this.#client.send({ type: 'pause' });
  }

  step(): void {
    if (this.#load()) this.#client.send({ type: 'step' });
  }

  /** Back to step 0. After a failure the trainers are given up, and Run makes new ones. */
  reset(): void {
    const state = useLab.getState();
    if (liveRuns(state).some(({ status }) => status === 'failed')) this.#retire();
    else this.#client.send({ type: 'reset' });
    useLab.setState({ playhead: undefined });
  }

  /** Asks a question of a run; the answer comes into the run's view. */
  ask(run: string, question: Question): void {
    useLab.setState((state) =>
      withRuns(state, [run], (one) => ({ ...one, asked: { ...one.asked, [question]: { state: 'asking' } } })),
    );
    this.#client.send({ type: 'ask', run, question });
  }

  /** Trains a short run for each pair of a grid of N and M; the results come into the store. */
  sweep(size: number, steps: number): void {
    const { config } = useLab.getState();
    const configs = sweepConfigs(config, size, steps);
    const axes = sweepAxes(size, config.diffusion.numTimesteps);
    useLab.setState({ sweep: { ...newPilot(configs.length, steps), ...axes } });
    this.#client.send({ type: 'pilot', purpose: 'sweep', configs });
  }

  /** Trains a short run of each candidate for N, M and lambda_CS; the results come into the store. */
  choose(steps: number): void {
    const { config } = useLab.getState();
    const configs = choiceConfigs(config, steps);
    useLab.setState({ choice: { ...newPilot(configs.length, steps), config } });
    this.#client.send({ type: 'pilot', purpose: 'choice', configs });
  }

  /** Ends the pilot runs of a sweep or a choice; what they measured stays. */
  stopPilot(): void {
    this.#client.send({ type: 'stop-pilot' });
  }

  /** Sets what was chosen, and remembers what was set before. */
  takeChoice(): void {
    const { config, choice } = useLab.getState();
    const chosen = choice && chosenOf(choice);
    if (!chosen) return;
    const { inferenceEnd, collapseStart, lambdaCS } = config.method;
    useLab.setState({ choice: { ...choice, before: { inferenceEnd, collapseStart, lambdaCS } } });
    this.#setZones(chosen.candidate);
  }

  /** Sets again what was set before the choice. */
  undoChoice(): void {
    const { choice } = useLab.getState();
    if (!choice?.before) return;
    const { before, ...rest } = choice;
    useLab.setState({ choice: rest });
    this.#setZones(before);
  }

  #setZones(candidate: Candidate): void {
    const { config } = useLab.getState();
    this.#adopt({ ...config, method: { ...config.method, ...candidate } });
  }

  /** A run's model as a file. @throws Error with the reason */
  exportFile(run: string, what: ExportKind): Promise<Uint8Array> {
    return this.#export(run, what) as Promise<Uint8Array>;
  }

  /** What the exported graphs of a run are to be held against. @throws Error with the reason */
  parityCase(run: string): Promise<ParityCase> {
    return this.#export(run, 'parity') as Promise<ParityCase>;
  }

  #export(run: string, what: ExportKind | 'parity'): Promise<unknown> {
    const request = ++this.#request;
    this.#client.send({ type: 'export', run, request, what });
    return new Promise((resolve, reject) => this.#exports.set(request, { resolve, reject }));
  }

  /** Adds runs that were made elsewhere, a recording's for example. */
  addRuns(runs: readonly RunView[]): void {
    useLab.setState((state) => ({ runs: [...state.runs, ...runs] }));
  }

  /** Adds to a run what was reported of it elsewhere. */
  addEvents(id: string, events: readonly TrainerEvent[]): void {
    this.#change(id, (run) => events.reduce(afterEvent, run));
  }

  /** Adds a line to the log of the live runs. */
  note(line: string): void {
    useLab.setState((state) => withRuns(state, state.live, (run) => ({ ...run, log: [...run.log, line] })));
  }

  rename(id: string, name: string): void {
    if (name.trim()) this.#change(id, (run) => ({ ...run, name: name.trim() }));
  }

  setShown(id: string, shown: boolean): void {
    this.#change(id, (run) => ({ ...run, shown }));
  }

  setPinned(id: string, pinned: boolean): void {
    this.#change(id, (run) => ({ ...run, pinned, shown: run.shown || pinned }));
  }

  /** Deletes a run that is not live. */
  delete(id: string): void {
    const { runs, live } = useLab.getState();
    const index = runs.findIndex((run) => run.id === id);
    const run = runs[index];
    if (!run || live.includes(id)) return;
    useLab.setState({ runs: runs.filter((one) => one !== run), deleted: { run, index } });
  }

  /** Brings back the run deleted last. */
  undoDelete(): void {
    useLab.setState(({ runs, deleted }) =>
      deleted ? { runs: runs.toSpliced(deleted.index, 0, deleted.run), deleted: undefined } : {},
    );
  }

  #change(id: string, change: (run: RunView) => RunView): void {
    useLab.setState((state) => withRuns(state, [id], change));
  }

  /** Makes sure that the worker's trainers are those of the settings. @returns whether there can be any */
  #load(): boolean {
    const state = useLab.getState();
    if (!canTrain(state)) return false;
    if (state.live.length > 0 && !isStale(state)) return true;
    const made = plannedConfigs(state).map((config) => this.#newRun(state, config));
    this.#retire();
    useLab.setState(({ runs }) => ({
      runs: [...runs.map((run) => (run.pinned ? run : { ...run, shown: false })), ...made],
      live: made.map(({ id }) => id),
    }));
    this.#client.send({ type: 'load', runs: made.map(({ id, config }) => ({ run: id, config })) });
    return true;
  }

  #newRun(state: LabState, config: Config): RunView {
    const n = this.#made++;
    const { source } = config.data;
    const run = newRun({
      id: `run-${n + 1}`,
      name: memorableName(n, new Set(state.runs.map(({ name }) => name))),
      config,
      dataset: sourceByName(source)?.title ?? source,
      origin: 'live',
      key: runKey(state, config),
    });
    return { ...run, status: 'loading' };
  }

  /** The live runs give up their weights; those that measured nothing go altogether. */
  #retire(): void {
    useLab.setState(({ runs, live }) => ({
      runs: runs
        .filter((run) => !live.includes(run.id) || run.curves.length > 0 || run.failure)
        .map((run) => (live.includes(run.id) && run.status !== 'failed' ? { ...run, status: 'ended' } : run)),
      live: [],
    }));
  }

  #open(
    name: string,
    fresh: Partial<Config['data']>,
    origin: { name: string; address?: string; file?: Blob },
  ): void {
    const { config, data } = useLab.getState();
    const blank = {
      id: null,
      time: null,
      features: [],
      group: null,
      items: [],
      labels: null,
      gap: 'none' as const,
      count: null,
      ...fresh,
    };
    const free = Object.entries(blank).filter(([key]) => !this.#pinned.has(`data.${key}`));
    const next = { ...config, data: { ...config.data, ...Object.fromEntries(free), source: name } };
    this.#opening = { request: ++this.#request, config: next, name };
    useLab.setState({ data: { ...data, opening: true, reading: undefined, openFailure: undefined } });
    this.#client.send({ type: 'open', request: this.#request, origin, config: next });
  }

  /** @param keep what the guess does not change */
  #guess(config: Config, keep: Partial<Config['data']>, labels?: File): void {
    const { data } = useLab.getState();
    this.#opening = { request: ++this.#request, config, name: labels?.name ?? config.data.source, keep };
    useLab.setState({ data: { ...data, opening: true, openFailure: undefined } });
    this.#client.send({ type: 'guess', request: this.#request, config, ...(labels && { labels }) });
  }

  #opened(dataset: Dataset): void {
    const { config } = this.#opening ?? useLab.getState();
    const { keep = {} } = this.#opening ?? {};
    const { id, time, features, group, items } = dataset.kind === 'generator' ? config.data : dataset.mapping;
    const guessed = { id, time, features, group, items, ...(dataset.gap && { gap: dataset.gap }), ...keep };
    const free = Object.entries(guessed).filter(([key]) => !this.#pinned.has(`data.${key}`));
    // The address's columns are meant for its own table; its window and stride stay for whatever is opened next.
    const lasting = [...this.#pinned].filter(
      (key) => !/^data\.(id|time|features|group|items|labels|gap|count)$/.test(key),
    );
    if (dataset.kind !== 'generator') this.#pinned = new Set(lasting);
    useLab.setState({ data: { opening: false, dataset } });
    this.#adopt({ ...config, data: { ...config.data, ...Object.fromEntries(free) } });
  }

  #adopt(config: Config): void {
    useLab.setState({ config });
    this.#writeAddress();
    if (!useLab.getState().data.dataset) return;
    this.#preparing = ++this.#request;
    this.#client.send({ type: 'prepare', request: this.#preparing, config });
  }

  #writeAddress(): void {
    const { config, view } = useLab.getState();
    history.replaceState(null, '', `${location.pathname}${addressOf(config, view)}${location.hash}`);
  }

  #receive(events: readonly WorkerEvent[]): void {
    useLab.setState((state) => {
      let next = state;
      for (const event of events) next = afterWorkerEvent(next, event);
      return next;
    });
    for (const event of events) {
      this.#answer(event);
      this.#settleExport(event);
    }
  }

  #settleExport(event: WorkerEvent): void {
    if (event.type === 'crashed') {
      for (const { reject } of this.#exports.values()) reject(new Error(event.failure.message));
      this.#exports.clear();
    }
    if (event.type !== 'exported' && event.type !== 'not-exported') return;
    const waiting = this.#exports.get(event.request);
    this.#exports.delete(event.request);
    if (event.type === 'exported') waiting?.resolve(event.result);
    else waiting?.reject(new Error(event.message));
  }

  /** Answers to questions that have been overtaken by newer ones are dropped. */
  #answer(event: WorkerEvent): void {
    const { data } = useLab.getState();
    if (event.type === 'reading' && event.request === this.#opening?.request) {
      useLab.setState({ data: { ...data, reading: { ...event.progress, name: this.#opening.name } } });
    }
    if (event.type === 'cancelled' && event.request === this.#opening?.request) {
      this.#opening = undefined;
      useLab.setState({ data: { ...data, opening: false, reading: undefined } });
    }
    if (event.type === 'opened' && event.request === this.#opening?.request) this.#opened(event.dataset);
    if (event.type === 'prepared' && event.request === this.#preparing) {
      useLab.setState({ data: { ...data, prepared: event.summary, prepareFailure: undefined } });
      if (this.#runWhenPrepared) this.run();
      this.#runWhenPrepared = false;
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
      this.#runWhenPrepared = false;
      useLab.setState({ data: { ...data, prepared: undefined, prepareFailure: failure } });
    }
  }
}

/** The page's one lab. */
export const lab = new Lab();
