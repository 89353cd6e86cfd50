import type { PreparedData } from '../data/types.ts';
import type { Gpu } from '../gpu/device.ts';
import { GpuError } from '../gpu/errors.ts';
import { messageOf } from '../messageOf.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { CheckpointInterval } from './checkpointSchedule.ts';
import type { Config } from './config.ts';
import { failureOf } from './failure.ts';
import type { NamedArrays } from './parameters.ts';
import type { Failure, TrainerEvent } from './protocol.ts';
import type { ModelTools } from './questions.ts';
import { type Restart, Trainer } from './trainer.ts';

/** Devices that are tried, and rollbacks that are made, before a run is given up. */
const recoveryTries = 3;

/** At most twenty checkpoints of a run by its steps, and one every ten seconds. */
export function checkpointInterval(config: Config): CheckpointInterval {
  return { steps: Math.max(20, Math.ceil(config.train.steps / 20)), seconds: 10 };
}

/** What a run that survives is made of. */
export interface RecoveryOptions {
  /** An open device: the one there is while it lives, then another. */
  openGpu: () => Promise<Gpu>;
  config: Config;
  data: PreparedData;
  onEvent: (event: TrainerEvent) => void;
  /** What the run begins with, in place of random weights. */
  weights?: NamedArrays;
  /** Of the checkpoints; see `checkpointInterval`. */
  interval?: CheckpointInterval;
  /** The checkpoint to begin from; step 0 if absent. */
  from?: Checkpoint;
}

/**
 * A trainer that goes on after a fault. It keeps the last checkpoint in the host's memory: a lost device is replaced by a new
 * one (three tries without a new checkpoint between them), and a loss that is no longer a finite number sends the run back with
 * half the learning rate (three times a run). What it cannot mend it reports as `failed`.
 */
export class RecoveringTrainer {
  readonly #options: RecoveryOptions;
  #gpu: Gpu;
  #trainer: Trainer;
  #last?: Checkpoint;
  /** The fault that the trainer has reported and that has not been dealt with. */
  #fault?: Failure;
  #losses = 0;
  #rollbacks = 0;
  #limit?: number;
  #pauseAsked = false;
  /** The trainer was given up, and there is none in its place. */
  #gone = false;
  #removed = false;
  #loop?: Promise<void>;

  private constructor(options: RecoveryOptions, gpu: Gpu, trainer: Trainer) {
    this.#options = options;
    this.#gpu = gpu;
    this.#trainer = trainer;
  }

  /** As `Trainer.create`. @throws GpuError, CheckpointError */
  static async create(options: RecoveryOptions): Promise<RecoveringTrainer> {
    const { openGpu, config, data, weights, from, interval = checkpointInterval(config) } = options;
    const gpu = await openGpu();
    let recovering: RecoveringTrainer | undefined;
    const early: TrainerEvent[] = [];
    const receive = (event: TrainerEvent) => (recovering ? recovering.#receive(event) : early.push(event));
    const trainer = await Trainer.create(gpu, config, data, receive, { weights, interval });
    recovering = new RecoveringTrainer({ ...options, interval }, gpu, trainer);
    for (const event of early) recovering.#receive(event);
    try {
      if (from) await recovering.#restart({ checkpoint: from });
    } catch (error) {
      recovering.destroy();
      throw error;
    }
    return recovering;
  }

  /** Steps done. */
  get completedSteps(): number {
    return this.#trainer.completedSteps;
  }

  /** The last checkpoint; undefined before the first. */
  get checkpoint(): Checkpoint | undefined {
    return this.#last;
  }

  /** Trains until done, paused, or failed beyond repair. */
  run(): Promise<void> {
    this.#pauseAsked = false;
    this.#loop ??= this.#survive(() => this.#trainer.run(), true).finally(() => {
      this.#loop = undefined;
    });
    return this.#loop;
  }

  /** Stops after the submit in flight; everything so far stays. */
  async pause(): Promise<void> {
    this.#pauseAsked = true;
    await this.#trainer.pause();
    await this.#loop;
  }

  /** One optimiser step, its loss, and a fresh curve. */
  async step(): Promise<void> {
    await this.pause();
    this.#pauseAsked = false;
    await this.#survive(() => this.#trainer.step(), false);
  }

  /** As `Trainer.ask`. */
  ask<T>(work: (tools: ModelTools) => Promise<T>): Promise<T> {
    return this.#trainer.ask(work);
  }

  /** Steps a second at the most; undefined for as fast as it goes. */
  limitSpeed(stepsPerSecond: number | undefined): void {
    this.#limit = stepsPerSecond;
    this.#trainer.limitSpeed(stepsPerSecond);
  }

  /** The run as it is; where its device is gone, as it was last kept. @throws Error where neither is to be had */
  async checkpointNow(): Promise<Checkpoint> {
    if (this.#gpu.lost !== undefined && this.#last) return this.#last;
    return this.#trainer.checkpointNow();
  }

  /** Back to step 0 with the same seed and the full learning rate. */
  async reset(): Promise<void> {
    await this.pause();
    this.#last = undefined;
    this.#losses = 0;
    this.#rollbacks = 0;
    if (this.#gone || this.#gpu.lost !== undefined) await this.#renew();
    await this.#trainer.reset();
  }

  /** As `Trainer.parameters`. */
  parameters(): Promise<NamedArrays> {
    return this.#trainer.parameters();
  }

  /** Frees the GPU memory; the device stays. */
  destroy(): void {
    this.#removed = true;
    this.#trainer.destroy();
  }

  /** Does the work, and where a fault ends it, mends the fault and, if it is to go on, does it again. */
  async #survive(work: () => Promise<void>, goesOn: boolean): Promise<void> {
    do {
      this.#fault = undefined;
      await work();
      if (!this.#fault || this.#removed) return;
      const failure = await this.#mend(this.#fault);
      if (this.#removed) return;
      if (failure) {
        this.#options.onEvent({ type: 'failed', failure });
        return;
      }
    } while (goesOn && !this.#pauseAsked && !this.#removed);
    this.#options.onEvent({ type: 'state', state: 'paused' });
  }

  /** Puts the run back where it can go on. @returns the failure where it cannot */
  async #mend(fault: Failure): Promise<Failure | undefined> {
    const step = this.#last?.counters.step ?? 0;
    if (fault.cause === 'non-finite') {
      if (this.#rollbacks >= recoveryTries) {
        const saved = `${fault.saved} It was sent back ${recoveryTries} times, each time with half the learning rate.`;
        return { ...fault, saved };
      }
      this.#rollbacks++;
      const rateScale = 0.5 ** this.#rollbacks;
      this.#log(`${fault.message} Back to step ${step} with the learning rate times ${rateScale}.`);
      await this.#restart({ checkpoint: this.#last, rateScale, rollbacks: this.#rollbacks });
      return undefined;
    }
    for (let problem = fault.message; this.#losses < recoveryTries; ) {
      this.#losses++;
      this.#log(
        `${problem} Going on from step ${step} on a new device (try ${this.#losses} of ${recoveryTries}).`,
      );
      try {
        await this.#renew();
        await this.#restart({
          checkpoint: this.#last,
          rateScale: 0.5 ** this.#rollbacks,
          rollbacks: this.#rollbacks,
        });
        return undefined;
      } catch (error) {
        if (!this.#isLoss(error)) return failureOf(error, this.#gpu, step);
        problem = messageOf(error);
      }
    }
    return {
      ...fault,
      message: `${fault.message} ${recoveryTries} new devices did not bring it further.`,
      saved: `The run up to step ${step} is kept: its weights, optimiser state, losses and curves.`,
      advice:
        'Press Reset to start again, or resume it later from what is stored; a smaller batch or model makes each submit shorter.',
    };
  }

  /** Whether another device may do better. */
  #isLoss(error: unknown): boolean {
    const kind = error instanceof GpuError ? error.kind : undefined;
    return this.#gpu.lost !== undefined || kind === 'device-lost' || kind === 'no-adapter';
  }

  /** Builds the trainer anew on the device there is now. */
  async #renew(): Promise<void> {
    this.#trainer.destroy();
    this.#gone = true;
    const { openGpu, config, data, weights, interval } = this.#options;
    this.#gpu = await openGpu();
    const receive = (event: TrainerEvent) => this.#receive(event);
    this.#trainer = await Trainer.create(this.#gpu, config, data, receive, { weights, interval });
    this.#gone = false;
    this.#trainer.limitSpeed(this.#limit);
    if (this.#removed) this.#trainer.destroy();
  }

  async #restart(restart: Restart): Promise<void> {
    await this.#trainer.restart(restart);
    this.#last = restart.checkpoint;
    this.#rollbacks = restart.rollbacks ?? restart.checkpoint?.counters.rollbacks ?? this.#rollbacks;
  }

  #log(message: string): void {
    this.#options.onEvent({ type: 'log', message });
  }

  #receive(event: TrainerEvent): void {
    if (event.type === 'failed' && ['device-lost', 'non-finite'].includes(event.failure.cause)) {
      this.#fault = event.failure;
      return;
    }
    if (event.type === 'checkpoint') {
      this.#last = event.checkpoint;
      this.#losses = 0;
    }
    this.#options.onEvent(event);
  }
}
