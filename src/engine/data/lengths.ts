import { RandomStream } from './random.ts';
import type { WindowSet } from './types.ts';

/** Stream of the seed by which generated series get their lengths. */
const lengthStream = 31;

/** Positions of series `n`; the others are padding. */
export function lengthOf({ lengths, seqLen }: Pick<WindowSet, 'lengths' | 'seqLen'>, n: number): number {
  return lengths?.[n] ?? seqLen;
}

/** Lengths of the series, shortest first, each with how many have it; nothing where all fill the window. */
export type LengthCounts = readonly (readonly [length: number, count: number])[];

/** How many series have each length; undefined where there is no padding. */
export function countLengths({ lengths }: Pick<WindowSet, 'lengths'>): LengthCounts | undefined {
  if (!lengths) return undefined;
  const counts = new Map<number, number>();
  for (const length of lengths) counts.set(length, (counts.get(length) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => a - b);
}

/** `count` lengths drawn from those of the training series; the same seed draws the same ones. */
export function drawLengths(counts: LengthCounts, count: number, seed: number): Uint32Array {
  const random = new RandomStream(seed, lengthStream);
  const total = counts.reduce((sum, [, some]) => sum + some, 0);
  return Uint32Array.from({ length: count }, () => {
    let place = random.integer(total);
    for (const [length, some] of counts) {
      if (place < some) return length;
      place -= some;
    }
    throw new RangeError('there are no lengths to draw from');
  });
}

/**
 * Series [n, seqLen, width] with NaN at and beyond the length of each; the array itself where there are no lengths.
 * @param lengths [n] or longer
 */
export function blankPadding(
  values: Float32Array,
  lengths: ArrayLike<number> | undefined,
  seqLen: number,
  width: number,
): Float32Array {
  if (!lengths) return values;
  return values.map((value, i) => {
    const n = Math.floor(i / (seqLen * width));
    return Math.floor(i / width) % seqLen < (lengths[n] ?? seqLen) ? value : Number.NaN;
  });
}
