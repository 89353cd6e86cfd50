import { RandomStream } from '../data/random.ts';
import { takeRows } from '../data/takeRows.ts';
import { metrics } from './index.ts';
import type { Metric, Score, ScoreContext, SeriesBatch } from './types.ts';

/** Streams of the seed: one for the halves, one for the directions. */
const halvesStream = 1;
const directionsStream = 2;

export interface ScoreOptions {
  seed?: number;
  /** Random directions of the sliced distances. */
  directions?: number;
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
  readonly #floors = new Map<Metric, { floor: number; zero: number }>();

  /** @throws RangeError with fewer than two real series */
  constructor(real: SeriesBatch, { seed = 0, directions = 1000 }: ScoreOptions = {}) {
    if (real.count < 2)
      throw new RangeError(`scores need at least 2 held-out series, there are ${real.count}`);
    this.#applied = metrics.filter((metric) => metric.applies?.(real) ?? true);
    this.#context = { reference: real, directions: directionSource(seed, directions) };
    const order = new RandomStream(seed, halvesStream).permutation(real.count);
    const half = Math.floor(real.count / 2);
    this.#halves = [
      selectSeries(real, order.slice(0, half)),
      selectSeries(real, order.slice(half, 2 * half)),
    ];
  }

  /** Series in each comparison. */
  get sampleSize(): number {
    return this.#halves[0].count;
  }

  /**
   * @param values [count, seqLen, featureSize] scaled, for at least two series; more than `2 * sampleSize` are not used
   * @returns scores by metric name
   */
  score(values: Float32Array | Float64Array): Record<string, Score> {
    const [first, second] = this.#halves;
    const size = first.seqLen * first.featureSize;
    const share = Math.min(first.count, Math.floor(values.length / size / 2));
    if (share < 1) throw new RangeError('scores need at least 2 generated series');
    const pairs = [
      [masked(values.subarray(0, share * size), first), first],
      [masked(values.subarray(share * size, 2 * share * size), second), second],
    ] as const;
    return Object.fromEntries(
      this.#applied.map((metric) => {
        const [a, b] = pairs.map(([generated, real]) => metric.score(generated, real, this.#context));
        return [metric.name, { value: average(a, b), ...this.#baselines(metric) }];
      }),
    );
  }

  #baselines(metric: Metric): { floor: number; zero: number } {
    let known = this.#floors.get(metric);
    if (!known) {
      const [first, second] = this.#halves;
      const [a, b] = this.#halves.map((real) => metric.score(zeros(real), real, this.#context));
      known = { floor: metric.score(first, second, this.#context), zero: average(a, b) };
      this.#floors.set(metric, known);
    }
    return known;
  }
}

/** {@link Scorer} for one set of generated series. @param generated [count, seqLen, featureSize] scaled */
export function scoreAll(
  request: { generated: Float32Array | Float64Array; real: SeriesBatch } & ScoreOptions,
): Record<string, Score> {
  return new Scorer(request.real, request).score(request.generated);
}

/** Some series of a batch, in the order of `rows`. */
export function selectSeries(batch: SeriesBatch, rows: readonly number[]): SeriesBatch {
  const size = rows.length * batch.seqLen * batch.featureSize;
  const values = takeRows(new Float64Array(size), batch.values, rows);
  const mask = takeRows(new Float32Array(size), batch.mask, rows);
  return {
    ...batch,
    count: rows.length,
    values,
    mask,
    ...(batch.lengths && { lengths: rows.map((row) => batch.lengths?.[row] as number) }),
  };
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

function average(a = Number.NaN, b = Number.NaN): number {
  return (a + b) / 2;
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
