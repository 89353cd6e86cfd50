import { RandomStream } from '../data/random.ts';
import type { GpuScores } from './gpuScores.ts';
import { metrics } from './index.ts';
import { selectSeries } from './selectSeries.ts';
import type { Between, Metric, Score, ScoreContext, SeriesBatch } from './types.ts';

/** Streams of the seed: one for the halves, one for the directions. */
const halvesStream = 1;
const directionsStream = 2;

export interface ScoreOptions {
  seed?: number;
  /** Random directions of the sliced distances. */
  directions?: number;
  /** Where networks are trained and sets compared; without it, scores that need it are left out. */
  gpu?: GpuScores;
  /** Whether to compute the scores that take seconds too; false by default. */
  costly?: boolean;
}

/** What long scoring tells, and where it stops. */
export interface ScoreHooks {
  /** Called as the comparisons of a score begin, with its label. */
  onScore?(label: string): void;
  /** Called between pieces of work; throwing ends the scoring. */
  between?: Between;
}

/**
 * Scores generated series against held-out ones, every metric beside its floor and the zero baseline. All three come from
 * comparisons of the same size: the held-out series are cut into two seeded halves; the floor compares these with each
 * other, `value` is the mean of comparing each half with as many generated series, `zero` of comparing each with zeros. So
 * a perfect generator scores the floor. Generated series take the mask of the real series in the same row.
 */
export class Scorer {
  readonly #applied: Metric[];
  readonly #context: ScoreContext;
  readonly #halves: [SeriesBatch, SeriesBatch];
  readonly #zeros: [SeriesBatch, SeriesBatch];
  readonly #floors = new Map<Metric, { floor: number; zero: number }>();

  /** @throws RangeError with fewer than two real series */
  constructor(real: SeriesBatch, { seed = 0, directions = 1000, gpu, costly }: ScoreOptions = {}) {
    if (real.count < 2)
      throw new RangeError(`scores need at least 2 held-out series, there are ${real.count}`);
    this.#applied = metrics.filter(
      (metric) => (metric.applies?.(real) ?? true) && (costly || !metric.costly) && (gpu || !metric.needsGpu),
    );
    this.#context = { reference: real, directions: directionSource(seed, directions), gpu };
    const order = new RandomStream(seed, halvesStream).permutation(real.count);
    const half = Math.floor(real.count / 2);
    this.#halves = [
      selectSeries(real, order.slice(0, half)),
      selectSeries(real, order.slice(half, 2 * half)),
    ];
    this.#zeros = [zeros(this.#halves[0]), zeros(this.#halves[1])];
  }

  /** Series in each comparison. */
  get sampleSize(): number {
    return this.#halves[0].count;
  }

  /**
   * @param values [count, seqLen, featureSize] scaled, for at least two series; more than `2 * sampleSize` are not used
   * @returns scores by metric name
   */
  async score(
    values: Float32Array | Float64Array,
    { onScore, between }: ScoreHooks = {},
  ): Promise<Record<string, Score>> {
    const [first, second] = this.#halves;
    const size = first.seqLen * first.featureSize;
    const share = Math.min(first.count, Math.floor(values.length / size / 2));
    if (share < 1) throw new RangeError('scores need at least 2 generated series');
    const pairs = [
      [masked(values.subarray(0, share * size), first), first],
      [masked(values.subarray(share * size, 2 * share * size), second), second],
    ] as const;
    const scores: Record<string, Score> = {};
    for (const metric of this.#applied) {
      onScore?.(metric.label);
      await between?.();
      scores[metric.name] = { value: await this.#mean(metric, pairs), ...(await this.#baselines(metric)) };
    }
    return scores;
  }

  async #baselines(metric: Metric): Promise<{ floor: number; zero: number }> {
    let known = this.#floors.get(metric);
    if (!known) {
      const [first, second] = this.#halves;
      const floor = await metric.score(first, second, this.#context);
      const [a, b] = this.#zeros;
      const zero = await this.#mean(metric, [
        [a, first],
        [b, second],
      ]);
      known = { floor, zero };
      this.#floors.set(metric, known);
    }
    return known;
  }

  /** Mean of a metric over the comparisons with the first half and with the second. */
  async #mean(metric: Metric, pairs: readonly (readonly [SeriesBatch, SeriesBatch])[]): Promise<number> {
    let sum = 0;
    for (const [generated, real] of pairs) sum += await metric.score(generated, real, this.#context);
    return sum / pairs.length;
  }
}

/** Generated values as a batch that misses what the real series in the same row miss. */
function masked(values: Float32Array | Float64Array, real: SeriesBatch): SeriesBatch {
  const mask = real.mask.subarray(0, values.length);
  return {
    ...real,
    count: values.length / (real.seqLen * real.featureSize),
    values: values.map((value, i) => ((mask[i] as number) > 0 ? value : 0)),
    mask,
  };
}

function zeros(real: SeriesBatch): SeriesBatch {
  return { ...real, values: new Float64Array(real.values.length) };
}

/** Directions uniform on the sphere, made once for each number of dimensions. */
export function directionSource(seed: number, count: number): (dimensions: number) => Float64Array {
  const made = new Map<number, Float64Array>();
  return (dimensions) => {
    let directions = made.get(dimensions);
    if (!directions) {
      const random = new RandomStream(seed, directionsStream);
      directions = new Float64Array(count * dimensions).map(() => random.normal());
      for (let k = 0; k < count; k++) {
        const direction = directions.subarray(k * dimensions, (k + 1) * dimensions);
        const length = Math.sqrt(direction.reduce((sum, x) => sum + x * x, 0));
        for (let d = 0; d < dimensions; d++) direction[d] = (direction[d] as number) / length;
      }
      made.set(dimensions, directions);
    }
    return directions;
  };
}
