import { type Gpu, submittedWorkDone } from '../gpu/device.ts';
import type { Progress } from './protocol.ts';

const submitGoal = 30; // ms: long enough to hide the submit, short enough for a pause within 100 ms
const reportEvery = 250; // ms

/** Longest wait of a slowed run before it looks whether it has been paused, in ms. */
const waitSlice = 40;

/** Chooses how many steps go into a submit, keeps a slowed run slow, and keeps the time. */
export class Pacer {
  /** Steps a second at the most; undefined for as fast as it goes. */
  limit?: number;
  #fitting = 1;
  #began = 0;
  #reportedAt = 0;
  /** Milliseconds a step, smoothed; by steps done, not by wall time, so that evaluations and pauses do not count. */
  #stepTime?: number;
  /** Milliseconds an evaluation: the last one's, since they take longer as a decoder's gates sharpen. */
  #evaluationTime = 0;

  /** Steps that go into the next submit. */
  get stepsPerSubmit(): number {
    return this.limit === undefined ? this.#fitting : 1;
  }

  reset(): void {
    this.#fitting = 1;
    this.#stepTime = undefined;
    this.#evaluationTime = 0;
    this.#reportedAt = 0;
  }

  /**
   * Submits, and waits for it. Where a step alone takes longer than a submit should, the runs of a device do so one after the other: a
   * pause then has one step to wait for, not one of each.
   */
  async inTurn(gpu: Gpu, work: () => Promise<void>): Promise<void> {
    this.#began = performance.now();
    if ((this.#stepTime ?? 0) <= submitGoal) return work();
    const before = gpu.lastTurn;
    const turn = (async () => {
      await before;
      await work();
    })();
    gpu.lastTurn = turn.catch(() => {}); // the one whose turn it is is told
    await turn;
  }

  /**
   * Waits for a submit of `steps` that ends at `step`, and adapts. What a turn had to wait for counts: other runs take their share of the
   * device. The first submit of a plan includes its late compilation and does not count.
   */
  async finished(gpu: Gpu, step: number, steps: number): Promise<void> {
    await submittedWorkDone(gpu);
    if (step > steps) {
      const time = (performance.now() - this.#began) / steps;
      this.#stepTime = this.#stepTime === undefined ? time : 0.9 * this.#stepTime + 0.1 * time;
      this.#fitting = Math.max(1, Math.min(64, Math.floor(submitGoal / this.#stepTime)));
    }
  }

  /** Where there is a limit: waits until the next step is due, or `stopped` says to stop. */
  async rest(stopped: () => boolean): Promise<void> {
    for (let rest = this.#untilNext(); rest > 0 && !stopped(); rest = this.#untilNext()) {
      await new Promise((resolve) => setTimeout(resolve, Math.min(rest, waitSlice)));
    }
  }

  /** Times an evaluation. */
  async evaluated(work: () => Promise<void>): Promise<void> {
    const start = performance.now();
    await work();
    this.#evaluationTime = performance.now() - start;
  }

  /** Whether a quarter of a second has gone by since the last report. */
  reportDue(): boolean {
    const now = performance.now();
    if (now - this.#reportedAt < reportEvery) return false;
    this.#reportedAt = now;
    return true;
  }

  /** @param evaluationsLeft they take their time too, and the time left says so */
  progress(
    step: number,
    { joint, total }: { joint: number; total: number },
    evaluationsLeft: number,
  ): Progress {
    const stepTime = Math.max(this.#stepTime ?? 0, this.limit === undefined ? 0 : 1000 / this.limit);
    const millisecondsLeft = (total - step) * stepTime + evaluationsLeft * this.#evaluationTime;
    return {
      step,
      steps: total,
      phase: step < joint ? 'joint' : 'denoiser',
      stepTime: this.#stepTime ?? 0,
      stepsPerSecond: this.#stepTime && stepTime > 0 ? 1000 / stepTime : 0,
      secondsLeft: millisecondsLeft / 1000,
    };
  }

  /** Milliseconds until the next step is due. */
  #untilNext(): number {
    return this.limit === undefined ? 0 : this.#began + 1000 / this.limit - performance.now();
  }
}
