import { lengthOf } from './lengths.ts';
import { takeRows } from './takeRows.ts';
import type { Scaler, WindowSet } from './types.ts';
import { unscale } from './windows.ts';

/** The windows at `rows`, in that order; a row may come twice. */
export function selectWindows(windows: WindowSet, rows: readonly number[]): WindowSet {
  const size = rows.length * windows.seqLen * windows.featureSize;
  const values = takeRows(new Float32Array(size), windows.values, rows);
  const mask = takeRows(new Float32Array(size), windows.mask, rows);
  return {
    ...windows,
    count: rows.length,
    values,
    mask,
    ...(windows.lengths && { lengths: Uint32Array.from(rows, (row) => lengthOf(windows, row)) }),
    ids: rows.map((row) => windows.ids[row] as string),
  };
}

/** The first `count` windows, without a copy. */
export function firstWindows(windows: WindowSet, count: number): WindowSet {
  const here = Math.min(count, windows.count);
  const size = here * windows.seqLen * windows.featureSize;
  return {
    ...windows,
    count: here,
    values: windows.values.subarray(0, size),
    mask: windows.mask.subarray(0, size),
    ...(windows.lengths && { lengths: windows.lengths.subarray(0, here) }),
    ids: windows.ids.slice(0, here),
  };
}

/** `count` windows equally spaced over the set, so that every series has its share; all where there are no more. */
export function spreadWindows(windows: WindowSet, count: number): WindowSet {
  if (count >= windows.count) return windows;
  const rows = Array.from({ length: count }, (_, i) => Math.floor((i * windows.count) / count));
  return selectWindows(windows, rows);
}

/** Windows in the data's own units, [count, seqLen, featureSize]; NaN where nothing was observed. */
export function inDataUnits({ values, mask }: WindowSet, scaler: Scaler): Float32Array {
  return unscale(values, scaler).map((value, i) => (mask[i] ? value : Number.NaN));
}
