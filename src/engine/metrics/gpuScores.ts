import type { Gpu } from '../gpu/device.ts';
import { Discrepancy } from './discrepancy.ts';
import { Discriminator } from './discriminator.ts';
import { Predictor } from './predictor.ts';
import { type Points, SlicedDistance } from './slicedDistance.ts';
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
  readonly #sliced: SlicedDistance;
  readonly #discrepancy: Discrepancy;
  readonly #discriminations = new Pairs<Discrimination>();

  /** @param between called between submits; throwing ends the scoring */
  constructor(gpu: Gpu, { seed = 0, between }: { seed?: number; between?: Between } = {}) {
    this.#seed = seed;
    this.#between = between;
    this.#discriminator = new Discriminator(gpu);
    this.#predictor = new Predictor(gpu);
    this.#sliced = new SlicedDistance(gpu);
    this.#discrepancy = new Discrepancy(gpu);
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

  /** Sliced Wasserstein-2 of points a and b [.., dimensions], see {@link SlicedDistance}. */
  slicedWasserstein(a: Points, b: Points, dimensions: number, directions: Float64Array): Promise<number> {
    return this.#sliced.between(a, b, dimensions, directions, this.#between);
  }

  /** Maximum mean discrepancy of points a and b [.., dimensions], see {@link Discrepancy}. */
  async discrepancy(a: Points, b: Points, dimensions: number): Promise<number> {
    await this.#between?.();
    return this.#discrepancy.between(a, b, dimensions);
  }

  async destroy(): Promise<void> {
    const parts = [this.#discriminator, this.#predictor, this.#sliced, this.#discrepancy];
    await Promise.all(parts.map((part) => part.destroy()));
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
