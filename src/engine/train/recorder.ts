import type { Config } from './config.ts';
import type { DependenceCurve, LatentCloud, LossRow, Progress, SampleSet, TrainerEvent } from './protocol.ts';
import type { RecordingFile } from './recording.ts';
import { mapModes } from './sampleSource.ts';

type StoredRun = RecordingFile['runs'][number];
type StoredEvent = StoredRun['events'][number][1];

/** What a recording keeps of a run. */
const keptLosses = 200;
const keptProgress = 100;
const keptSeries = 6;
const keptPoints = 64;

/** Gathers what a trainer reports of one run, thinned and rounded for a file that a page loads on opening. */
export class Recorder {
  readonly #config: Config;
  readonly #features: string[];
  readonly #began = performance.now();
  readonly #events: [number, StoredEvent][] = [];
  #real?: StoredRun['real'];
  #steps = 0;
  #progressAt = Number.NEGATIVE_INFINITY;

  constructor(config: Config, features: string[]) {
    this.#config = config;
    this.#features = features;
  }

  readonly onEvent = (event: TrainerEvent): void => {
    const kept = this.#kept(event);
    if (kept) this.#events.push([round(this.#seconds(), 4), kept]);
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
      events: this.#events,
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
        const r = (value: number) => stored(value, 4);
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
    const few = (series: Float32Array) => rounded(series.subarray(0, count * seqLen * featureSize), 3);
    this.#real ??= { count, seqLen, featureSize, values: few(real) };
    return { type: 'samples', step, ...mapModes(generated, few) };
  }

  #seconds(): number {
    return (performance.now() - this.#began) / 1000;
  }
}

function storedCloud({ step, encoded, sampled, origin, explained }: LatentCloud): StoredEvent {
  const points = (values: Float32Array) => rounded(values.subarray(0, 2 * keptPoints), 3);
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

/** A share to a hundredth of a percent: what is smaller cannot be seen. */
function share(value: number): number | null {
  return Number.isNaN(value) ? null : Math.round(value * 1e4) / 1e4;
}

function rounded(values: Float32Array, digits: number): (number | null)[] {
  return Array.from(values, (value) => stored(value, digits));
}

function stored(value: number, digits: number): number | null {
  return Number.isNaN(value) ? null : round(value, digits);
}

function round(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}
