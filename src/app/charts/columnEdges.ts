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

/** About `most` columns whose steps are printed under the map: the first, the last, and others that leave them room. */
export function labelledColumns(edges: readonly number[], most: number): number[] {
  const centre = (i: number) => ((edges[i] as number) + (edges[i + 1] as number)) / 2;
  const last = edges.length - 2;
  if (last === 0) return [0];
  const chosen = [0];
  for (let i = 1; i < last; i++) {
    const room = centre(i) - centre(chosen.at(-1) as number) >= 1 / most;
    if (room && centre(last) - centre(i) >= 1 / most) chosen.push(i);
  }
  return [...chosen, last];
}
