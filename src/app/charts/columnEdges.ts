import { roundTicks } from './ticks.ts';

/**
 * Where the columns of a heat map lie when they stand at their true steps, as shares of its width: each reaches halfway to
 * its neighbours. @param steps ascending @returns steps.length + 1 edges, from 0 to 1
 */
export function columnEdges(steps: readonly number[]): number[] {
  const count = steps.length;
  if (count < 2) return [0, 1];
  const at = (i: number) => steps[i] as number;
  const middles = Array.from({ length: count - 1 }, (_, i) => (at(i) + at(i + 1)) / 2);
  const first = at(0) - (at(1) - at(0)) / 2;
  const last = at(count - 1) + (at(count - 1) - at(count - 2)) / 2;
  return [first, ...middles, last].map((edge) => (edge - first) / (last - first));
}

/** The column under a share of the width. */
export function columnAt(edges: readonly number[], share: number): number {
  const after = edges.findIndex((edge) => edge > share);
  return after === -1 ? edges.length - 2 : Math.max(0, after - 1);
}

/** Round steps to print under the map, about `most` of them, each with its place as a share of the width. */
export function labelledSteps(steps: readonly number[], most: number): { step: number; share: number }[] {
  const [first = 0, last = first] = [steps[0], steps.at(-1)];
  const edges = columnEdges(steps);
  const centre = (column: number) => ((edges[column] ?? 0) + (edges[column + 1] ?? 1)) / 2;
  const [left, right] = [centre(0), centre(Math.max(0, steps.length - 1))];
  return roundTicks(first, last, most)
    .filter(Number.isInteger)
    .map((step) => ({
      step,
      share: last > first ? left + ((step - first) / (last - first)) * (right - left) : left,
    }));
}
