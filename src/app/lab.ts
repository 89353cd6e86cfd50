import { sourceByName } from '../engine/data/sources.ts';
import { type Candidate, choiceConfigs } from '../engine/train/choose.ts';
import type { Config } from '../engine/train/config.ts';
import type { Question, TrainerEvent } from '../engine/train/protocol.ts';
import { RunExports } from './export/runExports.ts';
import type { KeptRun } from './keep/keptRun.ts';
import { OpenData } from './openData.ts';
import { memorableName } from './runs/names.ts';
import { afterEvent, newRun, type RunView, restarted } from './runs/runView.ts';
import { pageDefaults, settingsFromAddress } from './settings/index.ts';
import { writeAddress } from './settings/writeAddress.ts';
import {
  afterWorkerEvent,
  bothAsSet,
  canTrain,
  isBusy,
  isStale,
  type LabState,
  liveRuns,
  liveStatus,
  plannedConfigs,
  runKey,
  secondMethod,
  useLab,
  withRuns,
  withSetting,
} from './store.ts';
import { chosenOf, newPilot } from './sweep/pilotView.ts';
import { sweepAxes, sweepConfigs } from './sweep/sweepPlan.ts';
import { TrainerClient } from './trainerClient.ts';
import type { View } from './view.ts';
import type { WorkerEvent } from './workerProtocol.ts';

/** What the user can do: each changes the store, tells the worker, or both. */
class Lab {
  readonly #client = new TrainerClient((events) => this.#receive(events));
  /** What the runs are trained on. */
  readonly data = new OpenData((command) => this.#client.send(command));
  /** What runs are saved as. */
  readonly exports = new RunExports((command) => this.#client.send(command));
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
    const foreign = `The address names the file '${source}', which is on another machine or not open: open it to go on.`;
    useLab.setState({ config, view, addressProblems: known ? problems : [...problems, foreign] });
    this.#client.send({ type: 'probe' });
    this.#client.send({ type: 'speed', limit: view.speed });
    this.data.openSource(known ? source : pageDefaults.data.source);
  }

  /** From now on the worker keeps runs on this machine, and shows what it has kept; an embedded page keeps nothing. */
  keep(): void {
    if (!useLab.getState().view.embed) this.#client.send({ type: 'keep' });
  }

  /** Opens the data and settings of kept runs that were loaded together, and trains on from where they stand. */
  resume(runs: readonly KeptRun[]): void {
    const [first, last] = [runs[0], runs.at(-1)];
    if (!first || !last) return;
    this.show({ beside: first === last ? null : first.config.method.name });
    this.data.restore(last.config, {}, last.data);
    this.data.whenPrepared = () => this.#goOn(runs);
  }

  /** Removes what is kept of some runs, or of all; what the page shows stays until it is closed. */
  forget(runs?: readonly string[]): void {
    this.#client.send({ type: 'forget', ...(runs && { runs }) });
  }

  /** Changes one setting. @returns the sentence of what is wrong with the value */
  set(key: string, value: unknown): string | undefined {
    const config = withSetting(useLab.getState().config, key, value);
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

  /**
   * Trains latent diffusion and the method that is set, or else the posterior-stable one, side by side: same data, seed, budget. A
   * pair that is over is trained again.
   */
  trainBoth(): void {
    this.show({ beside: 'latent-diffusion' });
    const state = useLab.getState();
    if (!bothAsSet(state)) this.set('method.name', secondMethod(state.config));
    const pair = useLab.getState();
    if (['finished', 'failed'].includes(liveStatus(pair)) && !isStale(pair)) this.reset();
    this.run();
  }

  /** Turns the shuffling of positions on or off and trains anew on such data. */
  shuffleData(on: boolean): void {
    this.data.whenPrepared = () => this.run();
    this.set('data.shuffle', on);
  }

  /** What the next runs begin with; nothing for random weights. */
  beginWith(start?: { name: string; crc32: string; bytes: Uint8Array }): void {
    this.#weights = start?.bytes;
    useLab.setState({ start: start && { name: start.name, crc32: start.crc32 } });
  }

  /**
   * Loads a run that came with its weights and optimiser state, opens its data and settings, and trains on to its end.
   * @throws Error in a sentence where its data are not at hand
   */
  async continueRun(id: string): Promise<void> {
    const { runs, data } = useLab.getState();
    const run = runs.find((one) => one.id === id);
    if (!run?.saved) return;
    const { config, saved } = run;
    const { source } = config.data;
    const { table } = saved.files;
    const open = table ? this.data.files.table === table : data.dataset?.name === source;
    if (!open && !table && !sourceByName(source))
      throw new Error(
        `${run.name} was trained on ${source}, which is not open: open that file, then continue.`,
      );
    const checkpoint = new Uint8Array(await saved.file.arrayBuffer());
    this.beginWith();
    this.show({ beside: null });
    if (open) this.data.adopt(config);
    else this.data.restore(config, saved.files);
    this.data.whenPrepared = () => this.#loadSaved(id, checkpoint);
  }

  /** Has the worker compile what these runs need, unless that was asked for last. */
  compileAhead(configs: readonly Config[]): void {
    const state = useLab.getState();
    const asked = JSON.stringify(configs);
    if (!canTrain(state) || isBusy(state) || asked === this.#compiling) return;
    this.#compiling = asked;
    this.#client.send({ type: 'compile', configs });
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
    this.data.adopt({ ...config, method: { ...config.method, ...candidate } });
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
    if (!name.trim()) return;
    this.#change(id, (run) => ({ ...run, name: name.trim() }));
    this.#label(id);
  }

  setShown(id: string, shown: boolean): void {
    this.#change(id, (run) => ({ ...run, shown }));
  }

  setPinned(id: string, pinned: boolean): void {
    this.#change(id, (run) => ({ ...run, pinned, shown: run.shown || pinned }));
    this.#label(id);
  }

  /** Deletes a run that is not live. */
  delete(id: string): void {
    const { runs, live } = useLab.getState();
    const index = runs.findIndex((run) => run.id === id);
    const run = runs[index];
    if (!run || live.includes(id)) return;
    useLab.setState({ runs: runs.filter((one) => one !== run), deleted: { run, index } });
    this.#label(id);
  }

  /** Brings back the run deleted last. */
  undoDelete(): void {
    const { deleted: back } = useLab.getState();
    useLab.setState(({ runs, deleted }) =>
      deleted ? { runs: runs.toSpliced(deleted.index, 0, deleted.run), deleted: undefined } : {},
    );
    if (back) this.#label(back.run.id);
  }

  #change(id: string, change: (run: RunView) => RunView): void {
    useLab.setState((state) => withRuns(state, [id], change));
  }

  /** Makes sure that the worker's trainers are those of the settings. @returns whether there can be any */
  #load(): boolean {
    const state = useLab.getState();
    if (!canTrain(state)) return false;
    // Whoever trains on the data that were kept has done with the file that was refused.
    this.data.dismissFailure();
    if (state.live.length > 0 && !isStale(state)) return true;
    this.#begin(plannedConfigs(state).map((config) => this.#newRun(state, config)));
    return true;
  }

  /** Gives the live runs up for these. @param checkpoint what they go on from, if not from step 0 */
  #begin(made: readonly RunView[], checkpoint?: 'kept'): void {
    this.#retire();
    useLab.setState(({ runs }) => ({
      runs: [...runs.map((run) => (run.pinned ? run : { ...run, shown: false })), ...made],
      live: made.map(({ id }) => id),
    }));
    for (const { id } of made) this.#label(id);
    const start = checkpoint ? { checkpoint } : this.#weights && { weights: this.#weights };
    this.#client.send({ type: 'load', runs: made.map(({ id, config }) => ({ run: id, config, ...start })) });
  }

  /** Tells the worker what a run is called, for what is kept of it. */
  #label(id: string): void {
    const { runs, deleted } = useLab.getState();
    const here = runs.find((run) => run.id === id);
    const run = here ?? (deleted?.run.id === id ? deleted.run : undefined);
    if (!run) return;
    const { name, dataset, pinned } = run;
    this.#client.send({ type: 'label', run: id, label: { name, dataset, pinned, deleted: !here } });
  }

  #goOn(resumed: readonly KeptRun[]): void {
    const state = useLab.getState();
    const made = resumed.map(({ id, name, config, dataset, pinned }): RunView => {
      const run = newRun({ id, name, config, dataset, origin: 'live', key: runKey(state, config) });
      return { ...run, pinned, status: 'loading' };
    });
    this.#begin(made, 'kept');
    useLab.setState({ playhead: undefined });
    this.#client.send({ type: 'run' });
  }

  #loadSaved(id: string, checkpoint: Uint8Array): void {
    const state = useLab.getState();
    const run = state.runs.find((one) => one.id === id);
    if (!run || !canTrain(state)) return;
    const { config, saved } = run;
    const key = runKey(state, config);
    this.data.dismissFailure();
    this.#retire();
    this.#change(id, () => ({ ...restarted(run), key, saved, shown: true, status: 'loading' }));
    useLab.setState({ live: [id], playhead: undefined });
    this.#label(id);
    this.#client.send({ type: 'load', runs: [{ run: id, config, checkpoint }] });
    this.#client.send({ type: 'run' });
  }

  #newRun(state: LabState, config: Config): RunView {
    const { source } = config.data;
    const taken = [...state.runs, ...(state.kept?.runs ?? [])].map(({ name }) => name);
    const run = newRun({
      id: crypto.randomUUID(),
      name: memorableName(this.#made++, new Set(taken)),
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
        .filter((run) => !live.includes(run.id) || run.curves.length > 0 || run.failure || run.saved)
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
