import type { Between } from './evaluator.ts';
import { GaveWay, type ModelTools, Questions } from './questions.ts';

/**
 * Whose turn it is to use a model. Training, a step and a reset claim it for themselves, one after the other. Questions are answered
 * by a claim that has a moment for them, else while nothing claims the model, and then they give way to the next claim.
 */
export class Turns {
  readonly #tools: (between: Between) => ModelTools;
  readonly #check: () => void;
  readonly #questions = new Questions();
  /** Claims that are made, waiting for their turn or having it. */
  #claims = 0;
  /** Ends with the last of them. */
  #claimed: Promise<unknown> = Promise.resolve();
  /** Answering while nothing claims the model. */
  #answering?: Promise<void>;

  /**
   * @param tools what a question may use; it calls `between` between two submits
   * @param check is called there too, and throws where the device can no longer be used
   */
  constructor(tools: (between: Between) => ModelTools, check: () => void) {
    this.#tools = tools;
    this.#check = check;
  }

  /** An answer when its turn comes. @throws Error when the question is rejected */
  ask<T>(work: (tools: ModelTools) => Promise<T>): Promise<T> {
    const answer = this.#questions.ask(work);
    this.#answerIdle();
    return answer;
  }

  /** Gives up on every question, the one under way included. */
  reject(reason: string): void {
    this.#questions.reject(reason);
  }

  /** Waits until the claims before it are done and an idle question has given way, does its work, and then answers what waits. */
  async claim(work: () => Promise<void>): Promise<void> {
    this.#claims++;
    const before = this.#claimed;
    const turn = (async () => {
      await before;
      await this.#answering;
      await work();
    })();
    this.#claimed = turn.catch(() => {}); // the one who made the claim is told
    try {
      await turn;
    } finally {
      this.#claims--;
      this.#answerIdle();
    }
  }

  /** Answers what waits, for a claim that has the model. @throws GaveWay when `between` has one give way */
  answer(between: Between): Promise<void> {
    return this.#questions.answer(() => this.#tools(between));
  }

  /** Nothing is answered any more; `free` is called when neither a claim nor a question uses the model: at once where none does. */
  end(reason: string, free: () => void): void {
    const used = this.#claims > 0 || this.#answering;
    this.#claims++; // for good
    this.#questions.reject(reason);
    if (used) void Promise.all([this.#claimed, this.#answering]).then(free);
    else free();
  }

  #answerIdle(): void {
    if (this.#claims > 0 || this.#answering || this.#questions.count === 0) return;
    const between = () => {
      if (this.#claims > 0) throw new GaveWay();
      this.#check();
    };
    this.#answering = this.answer(between)
      .catch(() => {}) // interrupted: the claim answers what waits when it is done
      .finally(() => {
        this.#answering = undefined;
        this.#answerIdle();
      });
  }
}
