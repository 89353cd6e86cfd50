/** Squared Euclidean distances of points a [n, d] from points b [m, d]: [n, m], row-major. */
export function squaredDistances(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  dimensions: number,
): Float64Array {
  const [n, m] = [a.length / dimensions, b.length / dimensions];
  const distances = new Float64Array(n * m);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      let sum = 0;
      for (let k = 0; k < dimensions; k++) {
        sum += ((a[i * dimensions + k] as number) - (b[j * dimensions + k] as number)) ** 2;
      }
      distances[i * m + j] = sum;
    }
  }
  return distances;
}
