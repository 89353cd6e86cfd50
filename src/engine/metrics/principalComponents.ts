const largestSweeps = 30;

/** Directions of greatest variance of a cloud of points, in float64. */
export interface PrincipalComponents {
  /** [width] */
  mean: Float64Array;
  /** [count, width] row-major, orthonormal; rows past the rank of the data are still orthonormal. */
  components: Float64Array;
  /** Share of the whole variance along each, [count]; 0 where nothing varies. */
  explained: Float64Array;
}

/**
 * Principal components by Jacobi's rotations of the covariance (Golub and Van Loan, section 8.5). A component's sign is
 * fixed so that its entry of largest magnitude is positive.
 * @param points [n, width] @param count how many to give, at most `width`
 */
export function principalComponents(
  points: ArrayLike<number>,
  width: number,
  count: number,
): PrincipalComponents {
  const { mean, covariance } = moments(points, width);
  const vectors = diagonalise(covariance, width);
  const variance = (k: number) => Math.max(0, covariance[k * width + k] as number);
  const order = Array.from({ length: width }, (_, k) => k).sort((a, b) => variance(b) - variance(a));
  const total = order.reduce((sum, k) => sum + variance(k), 0);
  const components = new Float64Array(count * width);
  const explained = new Float64Array(count);
  for (const [row, k] of order.slice(0, count).entries()) {
    let largest = 0;
    for (let d = 0; d < width; d++) {
      const value = vectors[d * width + k] as number;
      if (Math.abs(value) > Math.abs(largest) + 1e-9) largest = value;
    }
    const sign = largest < 0 ? -1 : 1;
    for (let d = 0; d < width; d++) components[row * width + d] = sign * (vectors[d * width + k] as number);
    explained[row] = total > 0 ? variance(k) / total : 0;
  }
  return { mean, components, explained };
}

/** (point - mean) along each component. @param points [n, width] @returns [n, count] */
export function project(
  points: ArrayLike<number>,
  { mean, components, explained }: PrincipalComponents,
): Float32Array {
  const [width, count] = [mean.length, explained.length];
  const result = new Float32Array((points.length / width) * count);
  for (let i = 0; i < result.length; i++) {
    const [n, row] = [Math.floor(i / count), i % count];
    let sum = 0;
    for (let d = 0; d < width; d++) {
      sum +=
        ((points[n * width + d] as number) - (mean[d] as number)) * (components[row * width + d] as number);
    }
    result[i] = sum;
  }
  return result;
}

function moments(points: ArrayLike<number>, width: number) {
  const n = points.length / width;
  const mean = new Float64Array(width);
  for (let i = 0; i < points.length; i++)
    mean[i % width] = (mean[i % width] as number) + (points[i] as number) / n;
  const covariance = new Float64Array(width * width);
  const centred = new Float64Array(width);
  for (let row = 0; row < n; row++) {
    for (let d = 0; d < width; d++) centred[d] = (points[row * width + d] as number) - (mean[d] as number);
    for (let a = 0; a < width; a++) {
      for (let b = 0; b < width; b++) {
        const at = a * width + b;
        covariance[at] = (covariance[at] as number) + ((centred[a] as number) * (centred[b] as number)) / n;
      }
    }
  }
  return { mean, covariance };
}

/** Rotates a symmetric matrix until it is diagonal, in place. @returns eigenvectors as columns, [width, width] */
function diagonalise(matrix: Float64Array, width: number): Float64Array {
  const vectors = Float64Array.from({ length: width * width }, (_, i) => (i % (width + 1) === 0 ? 1 : 0));
  const scale = matrix.reduce((sum, value) => sum + value * value, 0);
  for (let sweep = 0; sweep < largestSweeps; sweep++) {
    let off = 0;
    for (let p = 0; p < width; p++) {
      for (let q = p + 1; q < width; q++) {
        const value = matrix[p * width + q] as number;
        off += value * value;
        // Entries that cannot be seen beside the whole need no rotation.
        if (value * value > 1e-32 * scale) rotate(matrix, vectors, width, p, q);
      }
    }
    if (off <= 1e-24 * scale) break;
  }
  return vectors;
}

/** One rotation in the plane of axes p and q that makes the entry (p, q) zero. */
function rotate(matrix: Float64Array, vectors: Float64Array, width: number, p: number, q: number): void {
  const [pp, qq] = [matrix[p * width + p] as number, matrix[q * width + q] as number];
  const theta = (qq - pp) / (2 * (matrix[p * width + q] as number));
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  const turn = (array: Float64Array, a: number, b: number) => {
    const [x, y] = [array[a] as number, array[b] as number];
    array[a] = c * x - s * y;
    array[b] = s * x + c * y;
  };
  for (let k = 0; k < width; k++) turn(matrix, k * width + p, k * width + q);
  for (let k = 0; k < width; k++) turn(matrix, p * width + k, q * width + k);
  for (let k = 0; k < width; k++) turn(vectors, k * width + p, k * width + q);
}
