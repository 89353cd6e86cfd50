import type { Gpu } from '../gpu/device.ts';
import { Discriminator } from './discriminator.ts';
import { Predictor } from './predictor.ts';
import type { Between, Discrimination, SeriesBatch } from './types.ts';

/**
 * What scores compute on a GPU. Plans and memory are made at the first use and freed by `destroy`; what was asked of the
 * same two batches before is not computed again.
 */
export class GpuScores {
  readonly #seed: number;
  readonly #between?: Between;
  readonly #discriminator: Discriminator;
  readonly #predictor: Predictor;
  readonly #discriminations = new Pairs<Discrimination>();

  /** @param between called between submits; throwing ends the scoring */
  constructor(gpu: Gpu, { seed = 0, between }: { seed?: number; between?: Between } = {}) {
    this.#seed = seed;
    this.#between = between;
    this.#discriminator = new Discriminator(gpu);
    this.#predictor = new Predictor(gpu);
  }

  /** How well a classifier tells the sides apart, see {@link Discriminator}. */
  discriminate(generated: SeriesBatch, real: SeriesBatch): Promise<Discrimination> {
    return this.#discriminations.get(generated, real, () =>
      this.#discriminator.discriminate(generated, real, this.#seed, this.#between),
    );
  }

  /** Error one step ahead on real series of a network trained on generated ones, see {@link Predictor}. */
  predict(generated: SeriesBatch, real: SeriesBatch): Promise<number> {
    return this.#predictor.error(generated, real, this.#seed, this.#between);
  }

  async destroy(): Promise<void> {
    await Promise.all([this.#discriminator.destroy(), this.#predictor.destroy()]);
  }
}

/** Answers by the two batches they are about. */
class Pairs<T> {
  readonly #answers = new WeakMap<SeriesBatch, WeakMap<SeriesBatch, Promise<T>>>();

  get(generated: SeriesBatch, real: SeriesBatch, compute: () => Promise<T>): Promise<T> {
    const ofGenerated = this.#answers.get(generated) ?? new WeakMap<SeriesBatch, Promise<T>>();
    this.#answers.set(generated, ofGenerated);
    const answer = ofGenerated.get(real) ?? compute();
    ofGenerated.set(real, answer);
    return answer;
  }
}
