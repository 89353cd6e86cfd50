import type { Gpu } from '../gpu/device.ts';
import type { Progress } from './protocol.ts';

const submitGoal = 30; // ms: long enough to hide the submit, short enough for a pause within 100 ms
const reportEvery = 250; // ms

/** Chooses how many steps go into a submit, and keeps the time. */
export class Pacer {
  stepsPerSubmit = 1;
  #submitted = 0;
  #steps = 0;
  #reportedAt = 0;
  /** Milliseconds a step, smoothed; by steps done, not by wall time, so that evaluations and pauses do not count. */
  #stepTime?: number;

  reset(): void {
    this.stepsPerSubmit = 1;
    this.#stepTime = undefined;
    this.#reportedAt = 0;
  }

  /** A submit of `steps` begins. */
  started(steps: number): void {
    this.#submitted = performance.now();
    this.#steps = steps;
  }

  /** Waits for the submit, and adapts. The first submit of a plan includes its late compilation and does not count. */
  async finished(gpu: Gpu, step: number): Promise<void> {
    await gpu.device.queue.onSubmittedWorkDone();
    if (step <= this.#steps) return;
    const time = (performance.now() - this.#submitted) / this.#steps;
    this.#stepTime = this.#stepTime === undefined ? time : 0.9 * this.#stepTime + 0.1 * time;
    this.stepsPerSubmit = Math.max(1, Math.min(64, Math.floor(submitGoal / this.#stepTime)));
  }

  /** Whether a quarter of a second has gone by since the last report. */
  reportDue(): boolean {
    const now = performance.now();
    if (now - this.#reportedAt < reportEvery) return false;
    this.#reportedAt = now;
    return true;
  }

  progress(step: number, { joint, total }: { joint: number; total: number }): Progress {
    const stepTime = this.#stepTime ?? 0;
    return {
      step,
      steps: total,
      phase: step < joint ? 'joint' : 'denoiser',
      stepsPerSecond: stepTime > 0 ? 1000 / stepTime : 0,
      secondsLeft: ((total - step) * stepTime) / 1000,
    };
  }
}
