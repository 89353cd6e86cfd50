import { sourceByName } from '../engine/data/sources.ts';
import type { Config } from '../engine/train/config.ts';
import type { Question } from '../engine/train/protocol.ts';
import { RunExports } from './export/runExports.ts';
import { type KeepReport, type KeptData, type KeptRun, keptOf } from './keep/keptRun.ts';
import { OpenData } from './openData.ts';
import { KnownRuns } from './runs/knownRuns.ts';
import { lastFile } from './runs/lastFile.ts';
import { memorableName } from './runs/names.ts';
import { newRun, type OwnFiles, type RunView, restarted } from './runs/runView.ts';
import { pageDefaults, settingsFromAddress } from './settings/index.ts';
import { writeAddress } from './settings/writeAddress.ts';
import {
  afterWorkerEvent,
  bothAsSet,
  canTrain,
  goOnRefusal,
  isBusy,
  isStale,
  liveRuns,
  liveStatus,
  plannedConfigs,
  runKey,
  secondMethod,
  useLab,
  withRuns,
  withSettings,
} from './store.ts';
import { Pilots } from './sweep/pilots.ts';
import { TrainerClient } from './trainerClient.ts';
import type { View } from './view.ts';
import type { WorkerCommand, WorkerEvent } from './workerProtocol.ts';

/** What the user can do: each changes the store, tells the worker, or both. */
class Lab {
  readonly #client = new TrainerClient((events) => this.#receive(events));
  readonly #send = (command: WorkerCommand) => this.#client.send(command);
  /** What the runs are trained on. */
  readonly data = new OpenData(this.#send);
  /** What runs are called, and which are shown and stay. */
  readonly runs = new KnownRuns(this.#send);
  /** What runs are saved as. */
  readonly exports = new RunExports(this.#send);
  /** Short runs by which N, M and lambda_CS are chosen. */
  readonly pilots = new Pilots(this.#send, this.data);
  /** A model.safetensors that new runs begin with. */
  #weights?: Uint8Array;
  #made = 0;
  /** The configs of the runs that were compiled ahead last. */
  #compiling = '';

  /** Reads the address, looks for a GPU, and opens the data set the address names. */
  start(search: string): void {
    const { config, view, pinned, problems } = settingsFromAddress(search);
    this.data.pinned = pinned;
    const { source } = config.data;
    const known = sourceByName(source) !== undefined;
    useLab.setState({ config, view, addressProblems: problems, addressFile: known ? undefined : source });
    this.#send({ type: 'probe' });
    this.#send({ type: 'speed', limit: view.speed });
    this.data.openSource(known ? source : pageDefaults.data.source);
  }

  /** From now on the worker keeps runs on this machine, and shows what it has kept; an embedded page keeps nothing. */
  keep(): void {
    if (!useLab.getState().view.embed) this.#send({ type: 'keep' });
  }

  /**
   * Opens the data and settings of kept runs that were loaded together, and trains on from where they stand.
   * @throws Error in a sentence where their data are not at hand, or something else is under way
   */
  resume(runs: readonly KeptRun[]): void {
    const [first, last] = [runs[0], runs.at(-1)];
    if (!first || !last) return;
    const openData = this.#dataOf(last, {}, last.data);
    this.show({ beside: first === last ? null : first.config.method.name });
    openData();
    this.data.whenPrepared(() => this.#goOn(runs));
  }

  /** Removes all that is kept; what the page shows stays until it is closed. */
  forget(): void {
    this.#send({ type: 'forget' });
  }

  /** Changes settings by dotted key, all or none. @returns the sentence of what is wrong with a value */
  set(changes: Readonly<Record<string, unknown>>): string | undefined {
    const config = withSettings(useLab.getState().config, changes);
    if (typeof config === 'string') return config;
    this.data.adopt(config);
    return undefined;
  }

  /** Changes how things are shown; the address follows. */
  show(change: Partial<View>): void {
    useLab.setState(({ view }) => ({ view: { ...view, ...change } }));
    writeAddress();
  }

  /** Slows training down to so many steps a second; null for as fast as it goes. */
  limitSpeed(speed: View['speed']): void {
    this.show({ speed });
    this.#send({ type: 'speed', limit: speed });
  }

  /** Shows the charts as they were at a training step; undefined for the latest. */
  seek(playhead: number | undefined): void {
    useLab.setState({ playhead });
  }

  run(): void {
    if (!this.#load()) return;
    useLab.setState({ playhead: undefined });
    this.#send({ type: 'run' });
  }

  /**
   * Trains latent diffusion and the method that is set, or else the posterior-stable one, side by side: same data, seed, budget. A
   * pair that is over is trained again.
   */
  trainBoth(): void {
    this.show({ beside: 'latent-diffusion' });
    const state = useLab.getState();
    if (!bothAsSet(state)) this.set({ 'method.name': secondMethod(state.config) });
    const pair = useLab.getState();
    if (['finished', 'failed'].includes(liveStatus(pair)) && !isStale(pair)) this.reset();
    this.run();
  }

  /** Turns the shuffling of positions on or off and trains anew on such data. */
  shuffleData(on: boolean): void {
    if (this.set({ 'data.shuffle': on }) === undefined) this.data.whenPrepared(() => this.run());
  }

  /** What the next runs begin with; nothing for random weights. */
  beginWith(start?: { name: string; crc32: string; bytes: Uint8Array }): void {
    this.#weights = start?.bytes;
    useLab.setState({ start: start && { name: start.name, crc32: start.crc32 } });
  }

  /**
   * Loads a run whose weights and optimiser state came with it or are kept, opens its data and settings, and trains on to its end.
   * @throws Error in a sentence where its data are not at hand, or something else is under way, before or after it is read
   */
  async continueRun(id: string): Promise<void> {
    const { runs, kept } = useLab.getState();
    const run = runs.find((one) => one.id === id);
    const last = run && lastFile(run, keptOf(kept, id));
    if (!last) return;
    const { saved } = last;
    const dataOf = () => this.#dataOf(run, saved?.files ?? {}, last.kept?.data);
    dataOf();
    const checkpoint = saved ? new Uint8Array(await saved.file.arrayBuffer()) : 'kept';
    const openData = dataOf();
    this.beginWith();
    this.show({ beside: null });
    openData();
    this.data.whenPrepared(() => this.#loadSaved(id, checkpoint));
  }

  /**
   * What opens the data and settings of a run: its own files where they are given or kept, else what is open under their name.
   * @throws Error in a sentence where its data are not at hand, or something else is under way
   */
  #dataOf({ name, config }: Pick<RunView, 'name' | 'config'>, files: OwnFiles, kept?: KeptData): () => void {
    const state = useLab.getState();
    const refusal = goOnRefusal(state);
    if (refusal) throw new Error(refusal);
    const { source } = config.data;
    const { table } = files;
    const own = table !== undefined || kept?.table !== undefined;
    const open = own
      ? table !== undefined && this.data.files.table === table
      : state.data.dataset?.name === source;
    if (open) return () => this.data.adopt(config);
    if (!own && !sourceByName(source))
      throw new Error(`${name} was trained on ${source}, which is not open: open that file, then continue.`);
    return () => this.data.restore(config, files, kept);
  }

  /** Has the worker compile what these runs need, unless that was asked for last. */
  compileAhead(configs: readonly Config[]): void {
    const state = useLab.getState();
    const asked = JSON.stringify(configs);
    if (!canTrain(state) || isBusy(state) || asked === this.#compiling) return;
    this.#compiling = asked;
    this.#send({ type: 'compile', configs });
  }

  pause(): void {
    useLab.setState((state) =>
      withRuns(state, state.live, (run) =>
        run.status === 'running' || run.status === 'loading' ? { ...run, status: 'pausing' } : run,
      ),
    );
    this.#send({ type: 'pause' });
  }

  step(): void {
    if (this.#load()) this.#send({ type: 'step' });
  }

  /**
   * Back to step 0 with the same settings and seed. What has measured something stays in the table of runs, and new ones take its
   * place; where they cannot, after a failure or on other data, the trainers are given up, and Run makes new ones.
   */
  reset(): void {
    const state = useLab.getState();
    const live = liveRuns(state);
    const failed = live.some(({ status }) => status === 'failed');
    const sameData = canTrain(state) && live.every(({ key, config }) => key === runKey(state, config));
    const measured = live.some(({ curves }) => curves.length > 0);
    if (!failed && (sameData || !measured)) {
      if (measured) this.#begin(this.#newRuns(live.map(({ config }) => config)));
      this.#send({ type: 'reset' });
    } else {
      this.#retire();
      this.#send({ type: 'load', runs: [] }); // the run beside it may still be training
    }
    useLab.setState({ playhead: undefined });
  }

  /** Asks a question of a run; the answer comes into the run's view. */
  ask(run: string, question: Question): void {
    useLab.setState((state) =>
      withRuns(state, [run], (one) => ({ ...one, asked: { ...one.asked, [question]: { state: 'asking' } } })),
    );
    this.#send({ type: 'ask', run, question });
  }

  /** Makes sure that the worker's trainers are those of the settings. @returns whether there can be any */
  #load(): boolean {
    const state = useLab.getState();
    if (!canTrain(state)) return false;
    // Whoever trains on the data that were kept has done with the file that was refused.
    this.data.dismissFailure();
    if (state.live.length > 0 && !isStale(state)) return true;
    this.#begin(this.#newRuns(plannedConfigs(state)));
    return true;
  }

  /** Gives the live runs up for these. @param checkpoint what they go on from, if not from step 0 */
  #begin(made: readonly RunView[], checkpoint?: 'kept'): void {
    this.#retire();
    useLab.setState(({ runs }) => ({
      runs: [...runs.map((run) => (run.pinned ? run : { ...run, shown: false })), ...made],
      live: made.map(({ id }) => id),
    }));
    for (const { id } of made) this.runs.label(id);
    const start = checkpoint ? { checkpoint } : this.#weights && { weights: this.#weights };
    this.#send({ type: 'load', runs: made.map(({ id, config }) => ({ run: id, config, ...start })) });
  }

  #goOn(resumed: readonly KeptRun[]): void {
    const state = useLab.getState();
    const made = resumed.map(({ id, name, config, dataset, pinned }): RunView => {
      const run = newRun({ id, name, config, dataset, origin: 'live', key: runKey(state, config) });
      return { ...run, pinned, status: 'loading' };
    });
    this.#begin(made, 'kept');
    useLab.setState({ playhead: undefined });
    this.#send({ type: 'run' });
  }

  #loadSaved(id: string, checkpoint: Uint8Array | 'kept'): void {
    const state = useLab.getState();
    const run = state.runs.find((one) => one.id === id);
    if (!run || !canTrain(state)) return;
    const { config, saved } = run;
    const key = runKey(state, config);
    this.data.dismissFailure();
    this.#retire();
    this.runs.change(id, () => ({ ...restarted(run), key, saved, shown: true, status: 'loading' }));
    useLab.setState(({ runs }) => ({
      runs: runs.map((one) => (one.pinned || one.id === id ? one : { ...one, shown: false })),
      live: [id],
      playhead: undefined,
    }));
    this.runs.label(id);
    this.#send({ type: 'load', runs: [{ run: id, config, checkpoint }] });
    this.#send({ type: 'run' });
  }

  /** Runs that are still to be loaded, each under a name of its own. */
  #newRuns(configs: readonly Config[]): RunView[] {
    const state = useLab.getState();
    const taken = new Set([...state.runs, ...(state.kept?.runs ?? [])].map(({ name }) => name));
    return configs.map((config): RunView => {
      const { source } = config.data;
      const name = memorableName(this.#made++, taken);
      taken.add(name);
      const dataset = sourceByName(source)?.title ?? source;
      const key = runKey(state, config);
      const run = newRun({ id: crypto.randomUUID(), name, config, dataset, origin: 'live', key });
      return { ...run, status: 'loading' };
    });
  }

  /** The live runs give up their weights; those that measured nothing, and cannot go on, go altogether. */
  #retire(): void {
    const goesOn = (run: RunView, kept?: KeepReport) => lastFile(run, keptOf(kept, run.id)) !== undefined;
    useLab.setState(({ runs, live, kept }) => ({
      runs: runs
        .filter((run) => !live.includes(run.id) || run.curves.length > 0 || run.failure || goesOn(run, kept))
        .map((run) => (live.includes(run.id) ? retired(run) : run)),
      live: [],
    }));
  }

  #receive(events: readonly WorkerEvent[]): void {
    useLab.setState((state) => {
      let next = state;
      for (const event of events) next = afterWorkerEvent(next, event);
      return next;
    });
    for (const event of events) {
      this.data.answer(event);
      this.exports.answer(event);
    }
  }
}

/** A run that is no longer live: what was saved of it stays only where it is as far as the run went. */
function retired({ saved, ...run }: RunView): RunView {
  if (run.status === 'failed') return { ...run, saved };
  const kept = saved?.step === run.progress?.step;
  return { ...run, status: 'ended', ...(kept && { saved }) };
}

/** The page's one lab. */
export const lab = new Lab();
