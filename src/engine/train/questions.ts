import type { PreparedData, WindowSet } from '../data/types.ts';
import type { Config } from './config.ts';
import type { Between, Evaluator } from './evaluator.ts';
import type { NamedArrays } from './parameters.ts';

/** Thrown between submits by work that must give way; it is done again later. */
export class GaveWay extends Error {}

/** What a question about a model may use. */
export interface ModelTools {
  evaluator: Evaluator;
  config: Config;
  data: PreparedData;
  /** The windows of the live dependence curve: the validation part, or the test part where there is none. */
  held: WindowSet;
  /** The windows that scores and tests are made on. */
  test: WindowSet;
  /** Of the optimiser. */
  step: number;
  /** To be called between submits, and given to the evaluator; it throws when the question has to give way. */
  between: Between;
}

/** Whoever has a model that can be asked, and its weights: a trainer. */
export interface Answering {
  ask<T>(work: (tools: ModelTools) => Promise<T>): Promise<T>;
  parameters(): Promise<NamedArrays>;
}

type Work<T> = (tools: ModelTools) => Promise<T>;

interface Question {
  work: Work<unknown>;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Questions about a model, answered one after the other in the order they were asked. */
export class Questions {
  #waiting: Question[] = [];

  get count(): number {
    return this.#waiting.length;
  }

  /** The answer, once `answer` has come to it. */
  ask<T>(work: Work<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, resolve: resolve as (value: unknown) => void, reject });
    });
  }

  /** Answers all that wait. @throws GaveWay when one has to give way; it stays first, and begins again next time */
  async answer(tools: () => ModelTools): Promise<void> {
    for (let question = this.#waiting[0]; question; question = this.#waiting[0]) {
      try {
        question.resolve(await question.work(tools()));
      } catch (error) {
        if (error instanceof GaveWay && this.#waiting[0] === question) throw error;
        question.reject(error as Error);
      }
      if (this.#waiting[0] === question) this.#waiting.shift();
    }
  }

  /** Gives up on all that wait, the one under way included. */
  reject(reason: string): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { reject } of waiting) reject(new Error(reason));
  }
}
