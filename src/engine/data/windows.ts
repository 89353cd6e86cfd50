import { RandomStream } from './random.ts';
import {
  DataError,
  type PreparedData,
  type Scaler,
  type Series,
  type SeriesSet,
  type WindowSet,
} from './types.ts';

/** How series become windows; the `data` part of a config. */
export interface WindowOptions {
  window: number;
  stride: number;
  gap: 'none' | 'linear' | 'log';
  shuffle: boolean;
  seed: number;
  split: { train: number; validation: number; test: number };
}

type Part = 'train' | 'validation' | 'test';
const parts: readonly Part[] = ['train', 'validation', 'test'];

/**
 * Adds the gap, splits (by series; by time where there is one), cuts windows, shuffles where asked, and scales by the
 * training part alone. The same seed gives the same result.
 * @throws DataError when a part is left without a window, or a feature is constant in the training part
 */
export function prepare(set: SeriesSet, options: WindowOptions): PreparedData {
  const { window: seqLen } = options;
  const notes: string[] = [];
  const withGap = options.gap === 'none' ? set : addGap(set, options.gap);
  const longest = Math.max(0, ...withGap.series.map((series) => series.length));
  if (longest < seqLen) {
    throw new DataError(
      `The longest series has ${longest} rows, but a window needs ${seqLen}: choose a window of at most ${longest}.`,
    );
  }
  const split = withGap.series.length === 1 ? splitByTime(withGap, options) : splitBySeries(withGap, options);
  if (withGap.series.length === 1) notes.push('One series: it is split by time, the test part last.');
  const cut = {} as Record<Part, WindowSet>;
  let [short, tails] = [0, 0];
  for (const part of parts) {
    const result = cutWindows(split[part], withGap.features.length, options);
    cut[part] = result.windows;
    short += result.short;
    tails += result.tails;
  }
  if (short > 0) notes.push(`${short} series shorter than ${seqLen} rows were left out.`);
  if (tails > 0) notes.push(`${tails} rows at the ends of series did not fill a window and were left out.`);
  for (const part of ['train', 'test'] as const) {
    if (cut[part].count === 0) {
      const here = Math.max(0, ...split[part].map(({ length }) => length));
      const name = part === 'train' ? 'training' : part;
      throw new DataError(
        here === 0
          ? `The ${name} part has no series: give it a larger share, or give more series.`
          : `The ${name} part has at most ${here} rows in a row, but a window needs ${seqLen}: choose a window of at most ${here}, give the part a larger share, or give longer series.`,
      );
    }
  }
  if (options.shuffle) {
    const random = new RandomStream(options.seed, 3);
    for (const part of parts) shufflePositions(cut[part], random);
    notes.push('Positions are shuffled, one permutation for each window.');
  }
  const scaler = fitScaler(cut.train, withGap.features);
  for (const part of parts) scale(cut[part], scaler);
  return { features: withGap.features, ...cut, scaler, notes };
}

/**
 * Windows of series that are all held out, scaled as a trained model expects them.
 * @param scaler of the model's own training part
 * @throws DataError when there is no window, or the features are not as many as the scaler's
 */
export function prepareHeldOut(set: SeriesSet, options: WindowOptions, scaler: Scaler): WindowSet {
  const withGap = options.gap === 'none' ? set : addGap(set, options.gap);
  if (withGap.features.length !== scaler.mean.length) {
    throw new DataError(
      `The data have ${withGap.features.length} features, but the model was trained on ${scaler.mean.length}.`,
    );
  }
  const { windows } = cutWindows(withGap.series, withGap.features.length, options);
  if (windows.count === 0) {
    throw new DataError(`No series has the ${options.window} rows that a window needs.`);
  }
  if (options.shuffle) shufflePositions(windows, new RandomStream(options.seed, 3));
  scale(windows, scaler);
  return windows;
}

/** The time since the previous observation as the first feature, log1p of it for `log`; missing where there is none. */
function addGap(set: SeriesSet, gap: 'linear' | 'log'): SeriesSet {
  if (set.series.some((series) => !series.times)) {
    throw new DataError('A gap feature needs a time column: name it, or switch the gap off.');
  }
  const unit = set.timeUnit ? ` (${set.timeUnit})` : '';
  const width = set.features.length;
  const series = set.series.map((one): Series => {
    const times = one.times as Float64Array;
    const values = new Float64Array(one.length * (width + 1));
    const mask = new Uint8Array(one.length * (width + 1));
    for (let t = 0; t < one.length; t++) {
      // Times that count from the start of each series give the first observation a gap too.
      const before = t > 0 ? times[t - 1] : set.relativeTimes ? 0 : undefined;
      if (before !== undefined) {
        const since = (times[t] as number) - before;
        values[t * (width + 1)] = gap === 'log' ? Math.log1p(since) : since;
        mask[t * (width + 1)] = 1;
      }
      values.set(one.values.subarray(t * width, (t + 1) * width), t * (width + 1) + 1);
      mask.set(one.mask.subarray(t * width, (t + 1) * width), t * (width + 1) + 1);
    }
    return { ...one, values, mask };
  });
  return { ...set, features: [`${gap === 'log' ? 'log gap' : 'gap'}${unit}`, ...set.features], series };
}

function splitBySeries({ series }: SeriesSet, { split, seed }: WindowOptions): Record<Part, Series[]> {
  const order = new RandomStream(seed, 2).permutation(series.length).map((n) => series[n] as Series);
  const [train, validation] = counts(series.length, split);
  return {
    train: order.slice(0, train),
    validation: order.slice(train, train + validation),
    test: order.slice(train + validation),
  };
}

function splitByTime({ series, features }: SeriesSet, { split }: WindowOptions): Record<Part, Series[]> {
  const [whole] = series as [Series];
  const width = features.length;
  const [train, validation] = counts(whole.length, split);
  const piece = (start: number, end: number): Series[] => [
    {
      id: whole.id,
      length: end - start,
      values: whole.values.slice(start * width, end * width),
      mask: whole.mask.slice(start * width, end * width),
    },
  ];
  return {
    train: piece(0, train),
    validation: piece(train, train + validation),
    test: piece(train + validation, whole.length),
  };
}

/** Sizes of the training and validation parts; every part that has a share keeps at least one. */
function counts(total: number, split: WindowOptions['split']): [number, number] {
  const validation = split.validation > 0 ? Math.max(1, Math.round(total * split.validation)) : 0;
  const test = Math.max(1, Math.round(total * split.test));
  return [Math.max(0, total - validation - test), validation];
}

function cutWindows(series: Series[], featureSize: number, { window: seqLen, stride }: WindowOptions) {
  const starts = series.flatMap((one) => {
    const count = one.length < seqLen ? 0 : Math.floor((one.length - seqLen) / stride) + 1;
    return Array.from({ length: count }, (_, k) => ({ one, start: k * stride }));
  });
  const size = seqLen * featureSize;
  const windows: WindowSet = {
    count: starts.length,
    seqLen,
    featureSize,
    values: new Float32Array(starts.length * size),
    mask: new Float32Array(starts.length * size),
    ids: starts.map(({ one }) => one.id),
  };
  starts.forEach(({ one, start }, n) => {
    windows.values.set(one.values.subarray(start * featureSize, start * featureSize + size), n * size);
    windows.mask.set(one.mask.subarray(start * featureSize, start * featureSize + size), n * size);
  });
  const long = series.filter((one) => one.length >= seqLen);
  const tails = long.reduce((sum, { length }) => sum + Math.max(0, (length - seqLen) % stride), 0);
  return { windows, short: series.length - long.length, tails };
}

/** Permutes the positions of each window by a permutation of its own, in place. */
export function shufflePositions(
  { count, seqLen, featureSize, values, mask }: WindowSet,
  random: RandomStream,
): void {
  const size = seqLen * featureSize;
  for (let n = 0; n < count; n++) {
    const order = random.permutation(seqLen);
    for (const array of [values, mask]) {
      const before = array.slice(n * size, (n + 1) * size);
      order.forEach((source, t) => {
        array.set(
          before.subarray(source * featureSize, (source + 1) * featureSize),
          n * size + t * featureSize,
        );
      });
    }
  }
}

function fitScaler({ values, mask, featureSize }: WindowSet, features: string[]): Scaler {
  const scaler: Scaler = { mean: [], standardDeviation: [] };
  for (let d = 0; d < featureSize; d++) {
    let [sum, squares, count] = [0, 0, 0];
    for (let i = d; i < values.length; i += featureSize)
      if (mask[i]) [sum, count] = [sum + (values[i] ?? 0), count + 1];
    const mean = sum / Math.max(1, count);
    for (let i = d; i < values.length; i += featureSize)
      if (mask[i]) squares += ((values[i] ?? 0) - mean) ** 2;
    const deviation = Math.sqrt(squares / Math.max(1, count));
    const name = features[d] as string;
    if (count === 0) {
      throw new DataError(`Column '${name}' has no value in the training part: leave it out.`, {
        column: name,
      });
    }
    if (deviation <= 1e-9 * Math.max(1, Math.abs(mean))) {
      throw new DataError(`Column '${name}' is constant (${mean}) in the training part: leave it out.`, {
        column: name,
      });
    }
    scaler.mean.push(mean);
    scaler.standardDeviation.push(deviation);
  }
  return scaler;
}

function scale({ values, mask, featureSize }: WindowSet, { mean, standardDeviation }: Scaler): void {
  for (let i = 0; i < values.length; i++) {
    const d = i % featureSize;
    values[i] = mask[i] ? ((values[i] as number) - (mean[d] ?? 0)) / (standardDeviation[d] ?? 1) : 0;
  }
}

/** Scaled values [.., D] back in the data's own units. */
export function unscale(values: Float32Array, { mean, standardDeviation }: Scaler): Float32Array {
  const width = mean.length;
  return values.map((value, i) => value * (standardDeviation[i % width] ?? 1) + (mean[i % width] ?? 0));
}
