/**
 * The cheapest one-to-one assignment of n rows to n columns, by shortest augmenting paths with potentials (the Hungarian
 * method as Jonker and Volgenant 1987 run it), O(n^3).
 * @param cost [n, n] row-major, finite
 * @returns [n]: the column of each row
 */
export function cheapestAssignment(cost: Float64Array, n: number): Int32Array {
  const none = -1;
  const rowPotential = new Float64Array(n);
  const columnPotential = new Float64Array(n);
  const rowOf = new Int32Array(n).fill(none);
  const before = new Int32Array(n);
  const shortest = new Float64Array(n);
  const reached = new Uint8Array(n);
  for (let start = 0; start < n; start++) {
    shortest.fill(Number.POSITIVE_INFINITY);
    before.fill(none);
    reached.fill(0);
    // A path of alternating edges from the free row `start` to the first free column, by Dijkstra's rule on reduced costs.
    let [row, column, length] = [start, none, 0];
    do {
      let nearest = none;
      for (let j = 0; j < n; j++) {
        if (reached[j]) continue;
        const reduced =
          (cost[row * n + j] as number) - (rowPotential[row] as number) - (columnPotential[j] as number);
        if (length + reduced < (shortest[j] as number)) {
          shortest[j] = length + reduced;
          before[j] = column;
        }
        if (nearest === none || (shortest[j] as number) < (shortest[nearest] as number)) nearest = j;
      }
      column = nearest;
      length = shortest[column] as number;
      reached[column] = 1;
      row = rowOf[column] as number;
    } while (row !== none);
    // Potentials keep reduced costs of the tree at 0 and all others from below 0.
    rowPotential[start] = (rowPotential[start] as number) + length;
    for (let j = 0; j < n; j++) {
      if (!reached[j] || j === column) continue;
      const slack = length - (shortest[j] as number);
      columnPotential[j] = (columnPotential[j] as number) - slack;
      const owner = rowOf[j] as number;
      rowPotential[owner] = (rowPotential[owner] as number) + slack;
    }
    while (column !== none) {
      const previous = before[column] as number;
      rowOf[column] = previous === none ? start : (rowOf[previous] as number);
      column = previous;
    }
  }
  const columnOf = new Int32Array(n);
  rowOf.forEach((row, column) => {
    columnOf[row] = column;
  });
  return columnOf;
}
