import { RandomStream } from './random.ts';
import { DataError, type Part, parts, type Series, type SeriesSet } from './types.ts';

/** How series are split where the data do not say; the shares add up to 1. */
export interface SplitOptions {
  seed: number;
  split: { train: number; validation: number; test: number };
}

/** What a column of parts may say, in lower case. */
const words: Readonly<Record<Part, readonly string[]>> = {
  train: ['train', 'training'],
  validation: ['validation', 'valid', 'val', 'dev'],
  test: ['test', 'testing', 'held-out', 'holdout'],
};

/** Of a cell of a column of parts; undefined where it says something else. */
export function partNamed(text: string): Part | undefined {
  const word = text.trim().toLowerCase();
  return parts.find((part) => words[part].includes(word));
}

/**
 * Series by part, and sentences on how they were split: as the data say, else a single series by time, the test part last, else
 * whole series, those of a group together, by the shares and the seed.
 * @throws DataError where the data say of no series that it is for training, or for testing
 */
export function splitSeries(
  set: SeriesSet,
  options: SplitOptions,
): { split: Record<Part, Series[]>; notes: string[] } {
  if (set.series.some(({ part }) => part !== undefined)) return splitByPart(set);
  if (set.series.length > 1) return { split: splitBySeries(set, options), notes: [] };
  return {
    split: splitByTime(set, options),
    notes: ['One series: it is split by time, the test part last.'],
  };
}

function splitByPart({ series }: SeriesSet): { split: Record<Part, Series[]>; notes: string[] } {
  const of = (part: Part) => series.filter((one) => one.part === part);
  const split = { train: of('train'), validation: of('validation'), test: of('test') };
  for (const part of ['train', 'test'] as const) {
    if (split[part].length > 0) continue;
    const what = part === 'train' ? 'to train on' : 'to test on';
    throw new DataError(
      `The column of parts names no series ${what}: write '${part}' there, or name no such column.`,
    );
  }
  const notes = [
    `Split as the file says: ${split.train.length} series to train on, ${split.validation.length} to validate, ${split.test.length} to test.`,
  ];
  const partsOf = new Map<string, Set<Part | undefined>>();
  for (const { group, part } of series) {
    if (group !== undefined) partsOf.set(group, (partsOf.get(group) ?? new Set()).add(part));
  }
  const torn = [...partsOf.values()].filter((found) => found.size > 1).length;
  if (torn > 0) notes.push(`The file puts ${torn} of ${partsOf.size} groups into more than one part.`);
  return { split, notes };
}

function splitBySeries({ series }: SeriesSet, { split, seed }: SplitOptions): Record<Part, Series[]> {
  const groups = new Map<string, Series[]>();
  for (const one of series) {
    // A series without a group is one by itself; the prefix keeps its id from meeting the name of a group.
    const key = one.group === undefined ? `series ${one.id}` : `group ${one.group}`;
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  const all = [...groups.values()];
  const order = new RandomStream(seed, 2).permutation(all.length).map((n) => all[n] as Series[]);
  const [train, validation] = counts(all.length, split);
  return {
    train: order.slice(0, train).flat(),
    validation: order.slice(train, train + validation).flat(),
    test: order.slice(train + validation).flat(),
  };
}

function splitByTime({ series, features }: SeriesSet, { split }: SplitOptions): Record<Part, Series[]> {
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
function counts(total: number, split: SplitOptions['split']): [number, number] {
  const validation = split.validation > 0 ? Math.max(1, Math.round(total * split.validation)) : 0;
  const test = Math.max(1, Math.round(total * split.test));
  return [Math.max(0, total - validation - test), validation];
}
