import { checkSize, cutWindows, leftNotes, noneLeft, shufflePositions } from './cutWindows.ts';
import { countLengths } from './lengths.ts';
import { RandomStream } from './random.ts';
import { type SplitOptions, splitSeries } from './split.ts';
import {
  DataError,
  type Part,
  type PreparedData,
  parts,
  type Scaler,
  type Series,
  type SeriesSet,
  type WindowSet,
} from './types.ts';

/** How series become windows; the `data` part of a config. */
export interface WindowOptions extends SplitOptions {
  /** Windows cut from the series, or the series as a whole, padded to the longest. Absent: windows. */
  layout?: 'windows' | 'series';
  /** Positions of a window; of whole series, the most that are kept. */
  window: number;
  stride: number;
  gap: 'none' | 'linear' | 'log';
  shuffle: boolean;
}

/**
 * Adds the gap, splits (`splitSeries`), cuts windows or pads whole series, shuffles
 * where asked, and scales by the training part alone. The same seed gives the same result.
 * @throws DataError when a part is left without a window, a feature is constant in the training part, or there is too much
 */
export function prepare(set: SeriesSet, options: WindowOptions): PreparedData {
  const withGap = options.gap === 'none' ? set : addGap(set, options.gap);
  const width = withGap.features.length;
  const { layout = 'windows' } = options;
  const seqLen = layout === 'series' ? paddedLength(withGap, options) : options.window;
  const { split, notes } = splitSeries(withGap, options);
  if (layout === 'windows') checkWindow(withGap, split, seqLen);
  checkSize(withGap.series, width, seqLen, options);
  const cut = {} as Record<Part, WindowSet>;
  const left = noneLeft();
  for (const part of parts) {
    cut[part] = cutWindows(split[part], width, seqLen, options, left);
  }
  notes.push(...leftNotes(left, seqLen, layout));
  for (const part of ['train', 'test'] as const) {
    if (cut[part].count === 0) throw emptyPart(part, split[part]);
  }
  if (options.shuffle) {
    const random = new RandomStream(options.seed, 3);
    for (const part of parts) shufflePositions(cut[part], random);
    notes.push('Positions are shuffled, one permutation for each window.');
  }
  for (const part of parts) checkRange(cut[part], withGap.features);
  const scaler = fitScaler(cut.train, withGap.features);
  notes.push(...coarseNotes(scaler, withGap.features));
  for (const part of parts) scale(cut[part], scaler);
  const lengths = countLengths(cut.train);
  return { features: withGap.features, ...cut, scaler, ...(lengths && { lengths }), notes };
}

/**
 * Windows of series that are all held out, scaled as a trained model expects them.
 * @param scaler of the model's own training part
 * @param seqLen positions of the model; the options' window where it is left out
 * @throws DataError when there is no window, or the features are not as many as the scaler's
 */
export function prepareHeldOut(
  set: SeriesSet,
  options: WindowOptions,
  scaler: Scaler,
  seqLen = options.window,
): WindowSet {
  const withGap = options.gap === 'none' ? set : addGap(set, options.gap);
  const width = withGap.features.length;
  if (width !== scaler.mean.length) {
    throw new DataError(
      `The data have ${width} features, but the model was trained on ${scaler.mean.length}.`,
    );
  }
  checkSize(withGap.series, width, seqLen, options);
  const windows = cutWindows(withGap.series, width, seqLen, options, noneLeft());
  if (windows.count === 0) {
    throw new DataError(
      options.layout === 'series'
        ? 'No series has two rows and a value to be tested on.'
        : `No series has the ${seqLen} rows that a window needs.`,
    );
  }
  if (options.shuffle) shufflePositions(windows, new RandomStream(options.seed, 3));
  checkRange(windows, withGap.features);
  scale(windows, scaler);
  return windows;
}

/** That the longest series to train on, and to test on, fill a window. @throws DataError with the window that they would fill */
function checkWindow({ series }: SeriesSet, split: Record<Part, Series[]>, seqLen: number): void {
  const longest = longestOf(series);
  const [train, test] = [longestOf(split.train), longestOf(split.test)];
  const room = Math.min(train, test);
  if (room >= seqLen) return;
  if (longest < 2) {
    throw new DataError(
      'No series has two rows, and a window needs at least two: name another column that tells series apart, or none.',
    );
  }
  const part = train < test ? 'train' : 'test';
  const tooShort = longest < seqLen; // all of them, and not one part alone
  if (room === 0 && !tooShort) throw emptyPart(part, split[part]);
  const rows = tooShort ? longest : room;
  const choose = `choose a window of at most ${room}${room < rows ? ', which training and test part can fill' : ''}`;
  const give = `give the ${names[part]} part a larger share or longer series`;
  const cures = [...(room < 2 ? [] : [choose]), ...(tooShort && room >= 2 ? [] : [give])];
  throw new DataError(
    `The longest series${tooShort ? '' : ` of the ${names[part]} part`} has ${rows} ${rows === 1 ? 'row' : 'rows'}, ` +
      `but a window needs ${seqLen}: ${cures.join(', or ')}.`,
    room < 2 ? {} : { window: room },
  );
}

/** Positions that whole series are padded to: the longest, or as many as may be kept. */
function paddedLength({ series }: SeriesSet, { window }: WindowOptions): number {
  if (series.length === 1) {
    throw new DataError(
      'There is one series, and whole series need several: choose windows, or name the column that tells series apart.',
    );
  }
  return Math.min(window, Math.max(2, longestOf(series)));
}

function longestOf(series: readonly Series[]): number {
  return series.reduce((longest, { length }) => Math.max(longest, length), 0);
}

const names = { train: 'training', test: 'test' };

function emptyPart(part: 'train' | 'test', series: readonly Series[]): DataError {
  return new DataError(
    longestOf(series) === 0
      ? `The ${names[part]} part has no series: give it a larger share, or give more series.`
      : `Nothing is observed in the series of the ${names[part]} part: choose other features, or give it a larger share.`,
  );
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
    if (deviation <= 1e-9 * Math.abs(mean)) {
      const about = Math.abs(mean) < 2 ** 24 ? '' : ', or varies too little about that for single precision';
      throw new DataError(
        `Column '${name}' is constant (${mean}) in the training part${about}: leave it out.`,
        { column: name },
      );
    }
    scaler.mean.push(mean);
    scaler.standardDeviation.push(deviation);
  }
  return scaler;
}

/** @throws DataError where a value is too large for single precision */
function checkRange({ values, featureSize }: WindowSet, features: readonly string[]): void {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  const name = features[at % featureSize] as string;
  throw new DataError(
    `Column '${name}' has values beyond 3.4e38 in size, which single precision cannot hold: divide it by something, or leave it out.`,
    { column: name },
  );
}

/** Features that vary so little about a large mean that single precision keeps no hundredth of their deviation. */
function coarseNotes({ mean, standardDeviation }: Scaler, features: readonly string[]): string[] {
  return features.flatMap((name, d) => {
    const [about, by] = [Math.abs(mean[d] ?? 0), standardDeviation[d] ?? 1];
    const step = 2 ** (Math.floor(Math.log2(about)) - 23);
    if (!(step > by / 100)) return [];
    return `'${name}' varies by ${by.toPrecision(2)} about ${about.toPrecision(3)}, and single precision keeps it to ${step.toPrecision(2)} there: subtract a constant from it first.`;
  });
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
