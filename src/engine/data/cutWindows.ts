import { lengthOf } from './lengths.ts';
import type { RandomStream } from './random.ts';
import { DataError, type Series, type WindowSet } from './types.ts';

/** How windows are cut: see WindowOptions. */
interface CutOptions {
  layout?: 'windows' | 'series';
  stride: number;
}

/** Bytes that values and masks of all windows may take. */
const largestWindows = 1.5 * 2 ** 30;

function windowsOf({ length }: Series, seqLen: number, stride: number): number {
  return length < seqLen ? 0 : Math.floor((length - seqLen) / stride) + 1;
}

/** @throws DataError where the windows of all parts would not fit into memory, with the stride that would do */
export function checkSize(
  series: readonly Series[],
  width: number,
  seqLen: number,
  { layout, stride }: CutOptions,
): void {
  const count =
    layout === 'series'
      ? series.length
      : series.reduce((sum, one) => sum + windowsOf(one, seqLen, stride), 0);
  const bytes = 8 * count * seqLen * width;
  if (bytes <= largestWindows) return;
  const what = `${count.toLocaleString('en')} ${layout === 'series' ? 'series' : 'windows'} of ${seqLen} rows and ${width} features take ${mebibytes(bytes)}`;
  const mend =
    layout === 'series'
      ? 'keep fewer rows of each, or choose fewer features'
      : `choose a stride of ${Math.ceil((stride * bytes) / largestWindows).toLocaleString('en')} or more, or fewer features`;
  throw new DataError(`${what}, and ${mebibytes(largestWindows)} are the most: ${mend}.`);
}

const mebibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20).toLocaleString('en')} MiB`;

/** What was left out while windows were cut. */
export interface LeftOut {
  /** Series too short for a window, or for anything. */
  short: number;
  /** Rows at the ends of series that fill no window. */
  tails: number;
  /** Whole series of which only the beginning was kept. */
  long: number;
  /** Windows in which nothing was observed. */
  empty: number;
}

export const noneLeft = (): LeftOut => ({ short: 0, tails: 0, long: 0, empty: 0 });

export function leftNotes({ short, tails, long, empty }: LeftOut, seqLen: number, layout: string): string[] {
  const notes: string[] = [];
  const whole = layout === 'series';
  const least = whole ? 2 : seqLen;
  if (short > 0) notes.push(`${short} series shorter than ${least} rows ${were(short)} left out.`);
  if (tails > 0) {
    notes.push(
      `${tails} ${tails === 1 ? 'row at the end' : 'rows at the ends'} of series did not fill a window and ${were(tails)} left out.`,
    );
  }
  if (long > 0) {
    notes.push(
      `${long} series ${long === 1 ? 'is' : 'are'} longer than ${seqLen} rows: the first ${seqLen} were kept.`,
    );
  }
  if (empty > 0) {
    const what = whole ? 'series' : empty === 1 ? 'window' : 'windows';
    notes.push(`${empty} ${what} without any observed value ${were(empty)} left out.`);
  }
  return notes;
}

const were = (count: number) => (count === 1 ? 'was' : 'were');

/** Windows, or whole series padded to `seqLen`; adds what it leaves out to `left`. */
export function cutWindows(
  series: Series[],
  featureSize: number,
  seqLen: number,
  { layout, stride }: CutOptions,
  left: LeftOut,
): WindowSet {
  const whole = layout === 'series';
  const pieces: { one: Series; start: number; length: number }[] = [];
  for (const one of series) {
    if (one.length < (whole ? 2 : seqLen)) {
      left.short++;
      continue;
    }
    if (whole && one.length > seqLen) left.long++;
    if (!whole) left.tails += (one.length - seqLen) % stride;
    const count = whole ? 1 : windowsOf(one, seqLen, stride);
    for (let k = 0; k < count; k++) {
      const piece = { one, start: k * stride, length: Math.min(seqLen, one.length) };
      if (observesAnything(piece, featureSize)) pieces.push(piece);
      else left.empty++;
    }
  }
  const size = seqLen * featureSize;
  const windows: WindowSet = {
    count: pieces.length,
    seqLen,
    featureSize,
    values: new Float32Array(pieces.length * size),
    mask: new Float32Array(pieces.length * size),
    ...(whole && { lengths: Uint32Array.from(pieces, ({ length }) => length) }),
    ids: pieces.map(({ one }) => one.id),
  };
  pieces.forEach(({ one, start, length }, n) => {
    const [from, to] = [start * featureSize, (start + length) * featureSize];
    windows.values.set(one.values.subarray(from, to), n * size);
    windows.mask.set(one.mask.subarray(from, to), n * size);
  });
  return windows;
}

/** A series of which nothing is observed says nothing, and its encoding would be of nothing. */
function observesAnything(
  { one, start, length }: { one: Series; start: number; length: number },
  featureSize: number,
): boolean {
  return one.mask.subarray(start * featureSize, (start + length) * featureSize).includes(1);
}

/** Permutes the positions of each window by a permutation of its own, in place; padding stays at the end. */
export function shufflePositions(windows: WindowSet, random: RandomStream): void {
  const { count, seqLen, featureSize, values, mask } = windows;
  const size = seqLen * featureSize;
  for (let n = 0; n < count; n++) {
    const order = random.permutation(lengthOf(windows, n));
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
