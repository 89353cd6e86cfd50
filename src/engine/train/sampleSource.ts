import type { PreparedData } from '../data/types.ts';
import { unscale } from '../data/windows.ts';
import type { Config } from './config.ts';
import type { Between, Evaluator } from './evaluator.ts';
import type { SampleSet } from './protocol.ts';

/** Series on the screen. */
export const shownSeries = 3;

/** A few real and generated series for the screen, in the data's own units. */
export class SampleSource {
  readonly #evaluator: Evaluator;
  readonly #config: Config;
  readonly #data: PreparedData;

  constructor(evaluator: Evaluator, config: Config, data: PreparedData) {
    this.#evaluator = evaluator;
    this.#config = config;
    this.#data = data;
  }

  /** Generates with the weights of `step`; the same seed each time, so that pictures of two steps compare. */
  async draw(step: number, between: Between): Promise<SampleSet> {
    const mode = this.#config.evaluate.generation;
    const seed = this.#config.train.seed;
    const latents = await this.#evaluator.sampleLatents(shownSeries, seed, between);
    const generated = await this.#evaluator.generate(latents, { mode, seed }, between);
    const { seqLen, featureSize, values, count: available } = this.#data.test;
    const count = Math.min(shownSeries, available);
    const size = count * seqLen * featureSize;
    return {
      step,
      mode,
      count,
      seqLen,
      featureSize,
      real: unscale(values.subarray(0, size), this.#data.scaler),
      generated: unscale(generated.subarray(0, size), this.#data.scaler),
    };
  }
}
