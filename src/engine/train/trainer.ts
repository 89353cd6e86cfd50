import type { PreparedData } from '../data/types.ts';
import { checkDevice, type Gpu } from '../gpu/device.ts';
import type { Plan } from '../gpu/plan.ts';
import { atStart, type Checkpoint, checkFits, fingerprint } from './checkpoint.ts';
import { type CheckpointInterval, CheckpointSchedule } from './checkpointSchedule.ts';
import type { Config } from './config.ts';
import { failureOf, NonFiniteError } from './failure.ts';
import { evaluateLive } from './liveEvaluation.ts';
import { LossLog } from './lossLog.ts';
import { Pacer } from './pacer.ts';
import { type NamedArrays, readParameters } from './parameters.ts';
import type { RunNeeds, TrainerEvent } from './protocol.ts';
import { GaveWay, type ModelTools } from './questions.ts';
import { needsOf, planRun, type RunPlans, setClock, startRun, uploadRun } from './runPlans.ts';
import { copySnapshot, loadRunState, readRunState } from './runState.ts';
import { evaluationMarks, phases, validationMarks } from './shape.ts';
import { logCapacity } from './stepPlans.ts';
import { Turns } from './turns.ts';

/** What a run goes on with after a restart: a checkpoint, or nothing for step 0. */
export interface Restart {
  checkpoint?: Checkpoint;
  /** What all learning rates are multiplied by from here on; the checkpoint's own if absent. */
  rateScale?: number;
  rollbacks?: number;
}

/** Milliseconds in which the reason of a lost device arrives after its first consequence. */
const lossSettles = 200;

/** What a run may have beside its config and data. */
export interface TrainerOptions {
  /** What it begins with, in place of random weights. */
  weights?: NamedArrays;
  /** Of the checkpoints that are reported; none if absent. */
  interval?: CheckpointInterval;
}

/**
 * Trains one model: the joint phase, then the denoiser alone on the latents of the best snapshot. Reports through events;
 * `run`, `pause`, `step` and `reset` may be called at any time: what they do is done one after the other.
 */
export class Trainer {
  readonly #gpu: Gpu;
  readonly #config: Config;
  readonly #data: PreparedData;
  readonly #emit: (event: TrainerEvent) => void;
  readonly #run: RunPlans;
  /** What a run begins with in place of random weights. */
  readonly #weights?: NamedArrays;
  readonly #schedule: CheckpointSchedule;
  /** Of the data; made with the first checkpoint. */
  #fingerprint?: string;
  readonly #phases: { joint: number; total: number };
  readonly #losses: LossLog;
  readonly #evaluations: ReadonlySet<number>;
  readonly #validations: ReadonlySet<number>;
  readonly #turns = new Turns(
    (between) => this.#tools(between),
    () => checkDevice(this.#gpu),
  );
  readonly #pacer = new Pacer();
  #counters = { ...atStart };
  #pauseAsked = false;
  #failed = false;
  #loop?: Promise<void>;

  private constructor(
    gpu: Gpu,
    config: Config,
    data: PreparedData,
    emit: (event: TrainerEvent) => void,
    run: RunPlans,
    { weights, interval }: TrainerOptions,
  ) {
    this.#gpu = gpu;
    this.#config = config;
    this.#data = data;
    this.#emit = emit;
    this.#run = run;
    this.#weights = weights;
    this.#schedule = new CheckpointSchedule(interval);
    this.#phases = phases(config);
    this.#losses = new LossLog(run.state.log, run.state.clip, run.readback, config);
    this.#evaluations = evaluationMarks(config);
    // Without a validation part the last weights stay: a snapshot chosen on the test part would flatter every score on it.
    this.#validations = data.validation.count > 0 ? validationMarks(config) : new Set();
  }

  /** What a run takes, its exact bytes among it; no GPU is needed. */
  static needs(config: Config, data: PreparedData): RunNeeds {
    return needsOf(planRun(config, data));
  }

  /**
   * Allocates, compiles, uploads, and reports `ready`.
   * @param options see TrainerOptions
   * @throws GpuError when the adapter cannot hold the run
   */
  static async create(
    gpu: Gpu,
    config: Config,
    data: PreparedData,
    onEvent: (event: TrainerEvent) => void,
    options: TrainerOptions = {},
  ): Promise<Trainer> {
    const run = planRun(config, data);
    const trainer = new Trainer(gpu, config, data, onEvent, run, options);
    await run.memory.allocateFor(gpu, async () => {
      const plans = [run.joint, run.denoiser, run.validation.plan, run.evaluator];
      await Promise.all(plans.map((plan) => plan?.compile(gpu)));
      uploadRun(gpu, run, config, data);
      trainer.#start();
    });
    onEvent({ type: 'ready', adapter: gpu.adapterName, steps: trainer.#phases.total, ...needsOf(run) });
    return trainer;
  }

  /** Steps done. */
  get completedSteps(): number {
    return this.#counters.step;
  }

  /** Trains until done, paused or failed. */
  run(): Promise<void> {
    if (this.#failed) return Promise.resolve();
    this.#pauseAsked = false;
    this.#loop ??= this.#turns
      .claim(() => this.#guard(() => this.#train()))
      .finally(() => {
        this.#loop = undefined;
      });
    return this.#loop;
  }

  /** Stops after the submit in flight; everything so far stays. */
  async pause(): Promise<void> {
    this.#pauseAsked = true;
    await this.#loop;
  }

  /** One optimiser step, its loss, and a fresh curve. */
  async step(): Promise<void> {
    await this.pause();
    await this.#turns.claim(async () => {
      if (this.#failed || this.#finished) return;
      this.#pauseAsked = false;
      await this.#guard(async () => {
        await this.#enterPhase();
        this.#submit(1);
        await this.#report();
        await this.#evaluate();
        await this.#keep(true);
        this.#emit({ type: 'state', state: this.#finished ? 'finished' : 'paused' });
      });
    });
  }

  /**
   * Answers a question about the model as it is: between two submits while it trains, else at once. A question that has to
   * give way to a pause, a run or a step begins again after it; training goes on with the same bits.
   * @throws Error when the run is reset or removed first, or the device is lost
   */
  ask<T>(work: (tools: ModelTools) => Promise<T>): Promise<T> {
    return this.#turns.ask(work);
  }

  /** Slows training down to so many steps a second, to watch it; undefined for as fast as it goes. */
  limitSpeed(stepsPerSecond: number | undefined): void {
    this.#pacer.limit = stepsPerSecond;
  }

  /** Back to step 0 with the same seed. */
  async reset(): Promise<void> {
    await this.pause();
    this.#turns.reject('The run was reset before this was answered: ask again.');
    await this.#turns.claim(async () => {
      this.#failed = false;
      this.#start();
    });
    this.#emit({ type: 'state', state: 'stopped' });
  }

  /** The run as it is, between two submits while it trains; losses up to there are reported first. @throws Error as `ask` */
  checkpointNow(): Promise<Checkpoint> {
    return this.ask(async () => {
      await this.#report();
      return this.#checkpoint();
    });
  }

  /**
   * Goes on from a checkpoint, or from step 0, and reports `rewound`. Training on gives the bits of never having stopped.
   * @throws CheckpointError where the checkpoint belongs to other settings or data
   */
  async restart({ checkpoint, rateScale, rollbacks }: Restart): Promise<void> {
    if (checkpoint) checkFits(checkpoint, this.#config, this.#data);
    await this.pause();
    await this.#turns.claim(async () => {
      this.#failed = false;
      this.#start();
      if (checkpoint) this.#load(checkpoint);
      this.#counters.rateScale = rateScale ?? this.#counters.rateScale;
      this.#counters.rollbacks = rollbacks ?? this.#counters.rollbacks;
      setClock(this.#gpu, this.#run, this.#config, this.#counters.step, this.#counters.rateScale);
      this.#losses.reset(this.#counters.step, this.#counters.rateScale);
    });
    this.#emit({ type: 'rewound', step: this.#counters.step });
    this.#emitProgress();
  }

  /** Weights by their safetensors names: the best snapshot's once the joint phase is over, else the current ones. */
  parameters(): Promise<NamedArrays> {
    const { readback, method, model } = this.#run;
    return readParameters(this.#gpu, readback, method, model);
  }

  /** Frees the GPU memory, once training under way has stopped; the device stays. */
  destroy(): void {
    this.#pauseAsked = true;
    this.#turns.end('The run was removed before this was answered.', () => this.#run.memory.destroy());
  }

  async #train(): Promise<void> {
    this.#emit({ type: 'state', state: 'running' });
    while (!this.#pauseAsked) {
      await this.#turns.answer(() => this.#between());
      if (this.#validations.has(this.#counters.step) && this.#counters.validatedAt !== this.#counters.step)
        await this.#validate();
      await this.#enterPhase();
      if (this.#evaluations.has(this.#counters.step) && this.#counters.evaluatedAt !== this.#counters.step)
        await this.#pacer.evaluated(() => this.#evaluate());
      await this.#keep(this.#finished);
      if (this.#finished) {
        this.#emit({ type: 'state', state: 'finished' });
        return;
      }
      const stop = this.#nextStop();
      const steps = Math.min(this.#pacer.stepsPerSubmit, stop - this.#counters.step);
      await this.#pacer.inTurn(this.#gpu, async () => {
        if (this.#pauseAsked) return;
        this.#submit(steps);
        await this.#pacer.finished(this.#gpu, this.#counters.step, steps);
      });
      await this.#pacer.rest(() => this.#pauseAsked);
      checkDevice(this.#gpu);
      if (this.#pacer.reportDue() || this.#counters.step === stop) await this.#report();
    }
    this.#emit({ type: 'state', state: 'paused' });
    await this.#report();
    await this.#keep(true);
  }

  /** Reports a checkpoint where one is due; never of a loss that is no longer a finite number. */
  async #keep(atEnd: boolean): Promise<void> {
    if (!this.#schedule.due(this.#counters.step, atEnd)) return;
    await this.#report();
    this.#emit({ type: 'checkpoint', checkpoint: await this.#checkpoint() });
    this.#schedule.kept(this.#counters.step);
  }

  async #checkpoint(): Promise<Checkpoint> {
    this.#fingerprint ??= fingerprint(this.#data);
    return {
      config: this.#config,
      data: this.#fingerprint,
      counters: { ...this.#counters },
      tensors: await readRunState(this.#gpu, this.#run, this.#counters),
    };
  }

  #load({ counters, tensors }: Checkpoint): void {
    loadRunState(this.#gpu, this.#run, counters, tensors);
    this.#counters = { ...counters };
    this.#schedule.kept(counters.step);
  }

  #submit(steps: number): void {
    const { joint, denoiser } = this.#run;
    const plan: Plan = this.#counters.step < this.#phases.joint || !denoiser ? joint : denoiser;
    plan.run(this.#gpu, steps);
    this.#counters.step += steps;
  }

  get #finished(): boolean {
    return this.#counters.step >= this.#phases.total;
  }

  #evaluationsLeft(): number {
    return [...this.#evaluations].filter((mark) => mark > this.#counters.step).length;
  }

  /** The next step at which something other than a step happens. */
  #nextStop(): number {
    const { joint, total } = this.#phases;
    const unread = this.#losses.readUpTo + logCapacity; // then the loss log is full
    const stops = [joint, unread, this.#schedule.nextStep, ...this.#validations, ...this.#evaluations];
    return Math.min(...stops.filter((stop) => stop > this.#counters.step), total);
  }

  /** After the joint phase: the best snapshot comes back, and its posteriors are frozen for the denoiser. */
  async #enterPhase(): Promise<void> {
    if (this.#counters.step < this.#phases.joint || this.#counters.frozen) return;
    const { state, evaluator, denoiser } = this.#run;
    if (this.#counters.best !== null) copySnapshot(this.#gpu, this.#run, 'restore');
    if (denoiser) await evaluator.encodeInto(state.posteriors, this.#data.train, () => this.#between());
    this.#counters.frozen = true;
  }

  async #validate(): Promise<void> {
    const loss = await this.#run.validation.loss(this.#gpu, this.#run.readback, () => this.#between());
    this.#counters.validatedAt = this.#counters.step;
    if (!(loss < (this.#counters.best ?? Number.POSITIVE_INFINITY))) return;
    this.#counters.best = loss;
    copySnapshot(this.#gpu, this.#run, 'save');
    this.#emit({
      type: 'log',
      message: `Step ${this.#counters.step}: best validation objective so far, ${loss.toFixed(4)}.`,
    });
  }

  async #evaluate(): Promise<void> {
    const { step, nodes } = this.#counters;
    this.#counters.nodes = await evaluateLive(
      this.#tools(() => this.#between()),
      { step, nodes },
      this.#emit,
    );
    this.#counters.evaluatedAt = step;
  }

  #tools(between: () => void): ModelTools {
    const { evaluator, held } = this.#run;
    const data = this.#data;
    return {
      evaluator,
      config: this.#config,
      data,
      held,
      test: data.test,
      step: this.#counters.step,
      between,
    };
  }

  async #report(): Promise<void> {
    const rows = await this.#losses.read(this.#gpu, this.#counters.step);
    if (rows.length > 0) this.#emit({ type: 'losses', rows });
    this.#emitProgress();
    const alarm = this.#losses.alarm;
    if (alarm !== undefined) throw new NonFiniteError(alarm, this.#config);
  }

  #emitProgress(): void {
    this.#emit({
      type: 'progress',
      progress: this.#pacer.progress(this.#counters.step, this.#phases, this.#evaluationsLeft()),
    });
  }

  #between(): void {
    if (this.#pauseAsked) throw new GaveWay();
    checkDevice(this.#gpu);
  }

  async #guard(body: () => Promise<void>): Promise<void> {
    try {
      await this.#unlessGaveWay(body);
    } catch (error) {
      this.#failed = true;
      const known = error instanceof NonFiniteError || this.#gpu.lost !== undefined;
      if (!known) await new Promise((resolve) => setTimeout(resolve, lossSettles));
      this.#emit({ type: 'failed', failure: failureOf(error, this.#gpu, this.#counters.step) });
    }
  }

  /** An evaluation that gives way to a pause leaves a run that is as good as any between two steps. */
  async #unlessGaveWay(body: () => Promise<void>): Promise<void> {
    try {
      await body();
    } catch (error) {
      if (!(error instanceof GaveWay)) throw error;
      this.#emit({ type: 'state', state: 'paused' });
      await this.#keep(true);
    }
  }

  #start(): void {
    startRun(this.#gpu, this.#run, this.#config, this.#weights);
    this.#losses.reset();
    this.#pacer.reset();
    this.#counters = { ...atStart };
    this.#schedule.kept(0);
  }
}
