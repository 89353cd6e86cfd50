import type { Config } from './config.ts';
import type { DependenceCurve, LatentCloud, LossRow, Progress, SampleSet, TrainerEvent } from './protocol.ts';
import type { RecordingFile } from './recording.ts';
import { mapModes } from './sampleSource.ts';

type StoredRun = RecordingFile['runs'][number];
type StoredEvent = StoredRun['events'][number][1];

/** What a recording keeps of a run. */
const keptLosses = 200;
const keptProgress = 40;
const keptSeries = 6;
const keptPoints = 48;
/** Evaluations whose series and clouds are kept, the first and the last among them; the curves of all of them are. */
const keptPictures = 12;
/** Series and points are rounded to about this share of what they are drawn in: a pixel or two. */
const seriesGrain = 1 / 250;
const pointGrain = 1 / 200;

/** Gathers what a trainer reports of one run, thinned and rounded for a file that a page loads on opening. */
export class Recorder {
  readonly #config: Config;
  readonly #features: string[];
  readonly #began = performance.now();
  readonly #events: [number, StoredEvent][] = [];
  #real?: StoredRun['real'];
  /** What the values of each feature are rounded to. */
  #grains?: number[];
  #steps = 0;
  #progressAt = Number.NEGATIVE_INFINITY;

  constructor(config: Config, features: string[]) {
    this.#config = config;
    this.#features = features;
  }

  readonly onEvent = (event: TrainerEvent): void => {
    const kept = this.#kept(event);
    if (kept) this.#events.push([round(this.#seconds(), 3), kept]);
  };

  /** The run as the file has it. @throws Error before the first evaluation */
  finish(label: string): StoredRun {
    if (!this.#real) throw new Error('nothing was evaluated, so there is nothing to replay');
    return {
      label,
      config: this.#config,
      features: this.#features,
      seconds: round(this.#seconds(), 4),
      steps: this.#steps,
      real: this.#real,
      events: withFewPictures(this.#events),
    };
  }

  /** What is kept of an event; undefined for nothing. */
  #kept(event: TrainerEvent): StoredEvent | undefined {
    switch (event.type) {
      case 'ready':
        this.#steps = event.steps;
        return undefined;
      case 'losses':
        return this.#losses(event.rows);
      case 'progress':
        return this.#progress(event.progress);
      case 'dependence':
        return storedCurve(event.curve);
      case 'samples':
        return this.#samples(event.samples);
      case 'cloud':
        return storedCloud(event.cloud);
      default:
        return undefined;
    }
  }

  #losses(rows: readonly LossRow[]): StoredEvent | undefined {
    const stride = Math.ceil(this.#steps / (keptLosses - 1));
    const kept = rows.filter(({ step }) => step % stride === 0 || step === this.#steps - 1);
    if (kept.length === 0) return undefined;
    return {
      type: 'losses',
      rows: kept.map(({ step, total, vi, cs, dm, kl, gradNorm, lr }) => {
        const r = (value: number) => stored(value, 3);
        return [step, r(total), r(vi), r(cs), r(dm), r(kl), r(gradNorm), r(lr)];
      }),
    };
  }

  #progress({ step, phase, stepsPerSecond, secondsLeft }: Progress): StoredEvent | undefined {
    if (step < this.#steps && step - this.#progressAt < this.#steps / keptProgress) return undefined;
    this.#progressAt = step;
    return {
      type: 'progress',
      step,
      phase,
      stepsPerSecond: round(stepsPerSecond, 3),
      secondsLeft: round(secondsLeft, 3),
    };
  }

  #samples({ step, count: all, seqLen, featureSize, real, generated }: SampleSet): StoredEvent {
    const count = Math.min(keptSeries, all);
    const first = (series: Float32Array) => series.subarray(0, count * seqLen * featureSize);
    this.#grains ??= Array.from({ length: featureSize }, (_, feature) =>
      grainOf([first(real).filter((_, i) => i % featureSize === feature)], seriesGrain),
    );
    const grains = this.#grains;
    const few = (series: Float32Array) =>
      Array.from(first(series), (value, i) => toGrain(value, grains[i % featureSize] as number));
    this.#real ??= { count, seqLen, featureSize, values: few(real) };
    return { type: 'samples', step, ...mapModes(generated, few) };
  }

  #seconds(): number {
    return (performance.now() - this.#began) / 1000;
  }
}

/** The events without most of their pictures: those that stay are spread evenly over the evaluations. */
function withFewPictures(events: readonly [number, StoredEvent][]): [number, StoredEvent][] {
  const thinned = new Set(
    (['samples', 'cloud'] as const).flatMap((type) => {
      const pictures = events.filter(([, event]) => event.type === type);
      const last = pictures.length - 1;
      if (last < keptPictures) return [];
      const kept = Array.from({ length: keptPictures }, (_, k) =>
        Math.round((k * last) / (keptPictures - 1)),
      );
      return pictures.filter((_, index) => !kept.includes(index));
    }),
  );
  return events.filter((event) => !thinned.has(event));
}

function storedCloud({ step, encoded, sampled, origin, explained }: LatentCloud): StoredEvent {
  const grain = grainOf([encoded, sampled], pointGrain);
  const points = (values: Float32Array) =>
    Array.from(values.subarray(0, 2 * keptPoints), (value) => toGrain(value, grain));
  const pair = ([x, y]: [number, number]): [number, number] => [round(x, 4), round(y, 4)];
  return {
    type: 'cloud',
    step,
    encoded: points(encoded),
    sampled: points(sampled),
    origin: pair(origin),
    explained: pair(explained),
  };
}

function storedCurve({ step, points, residual, quadrature, series }: DependenceCurve): StoredEvent {
  const column = (of: (point: DependenceCurve['points'][number]) => number) =>
    points.map((p) => share(of(p)));
  return {
    type: 'dependence',
    step,
    residual: round(residual, 2),
    quadrature,
    series,
    m0: column(({ m0 }) => m0),
    m0q25: column(({ m0q25 }) => m0q25),
    m0q75: column(({ m0q75 }) => m0q75),
    mLocal: column(({ mLocal }) => mLocal),
    mLocalQ25: column(({ mLocalQ25 }) => mLocalQ25),
    mLocalQ75: column(({ mLocalQ75 }) => mLocalQ75),
  };
}

/** A share to a tenth of a percent: what is smaller cannot be seen. */
function share(value: number): number | null {
  return Number.isNaN(value) ? null : Math.round(value * 1e3) / 1e3;
}

/** 1, 2 or 5 times a power of ten: at most this share of the range of all values; 1 where there is no range. */
function grainOf(sets: readonly Float32Array[], part: number): number {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of sets.flatMap((values) => [...values])) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(high > low)) return 1;
  const wanted = (high - low) * part;
  const power = 10 ** Math.floor(Math.log10(wanted));
  return power * ([5, 2].find((one) => one * power <= wanted) ?? 1);
}

/** The nearest multiple of the grain, without the digits that a product of floats adds. */
function toGrain(value: number, grain: number): number | null {
  return stored(Math.round(value / grain) * grain, 7);
}

function stored(value: number, digits: number): number | null {
  return Number.isNaN(value) ? null : round(value, digits);
}

function round(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}
