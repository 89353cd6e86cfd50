/** How often a checkpoint is made: after so many steps or seconds, whichever comes first. */
export interface CheckpointInterval {
  steps: number;
  seconds: number;
}

/** Says when the next checkpoint of a run is due. */
export class CheckpointSchedule {
  readonly #interval?: CheckpointInterval;
  /** Step and time of the last one. */
  #step = 0;
  #time = 0;

  /** @param interval none is ever due if absent */
  constructor(interval?: CheckpointInterval) {
    this.#interval = interval;
  }

  /** There is a checkpoint of this step, or at step 0 nothing to keep. */
  kept(step: number): void {
    this.#step = step;
    this.#time = performance.now();
  }

  /** Whether one is due at this step. @param atEnd it may be the last step for a while: one is due unless it has been kept */
  due(step: number, atEnd: boolean): boolean {
    if (!this.#interval || step === this.#step) return false;
    const { steps, seconds } = this.#interval;
    return atEnd || step >= this.#step + steps || performance.now() >= this.#time + 1000 * seconds;
  }

  /** The step at which the next one is due whatever the time. */
  get nextStep(): number {
    return this.#step + (this.#interval?.steps ?? Number.POSITIVE_INFINITY);
  }
}
