import { RandomStream } from '../../src/engine/data/random.ts';
import type { Series, SeriesSet } from '../../src/engine/data/types.ts';

/** Reproducible test values: normals scaled by `scale`, rounded to float32 so that both sides see the same numbers. */
export function normals(seed: number, size: number, scale = 1): Float32Array {
  const random = new RandomStream(seed, 99);
  return Float32Array.from({ length: size }, () => scale * random.normal());
}

/** A mask with about one value in four missing, and one series that ends early. */
export function someMissing(seed: number, [seqLen, series, width]: [number, number, number]): Float32Array {
  const random = new RandomStream(seed, 98);
  return Float32Array.from({ length: seqLen * series * width }, (_, i) => {
    const [t, n] = [Math.floor(i / (series * width)), Math.floor(i / width) % series];
    return (n === 1 && t >= seqLen - 2) || random.uniform() < 0.25 ? 0 : 1;
  });
}

/** The same with whole positions missing, which is all that a mixture of full covariance can do without. */
export function somePositionsMissing(
  seed: number,
  [seqLen, series, width]: [number, number, number],
): Float32Array {
  const positions = someMissing(seed, [seqLen, series, 1]);
  return Float32Array.from(
    { length: positions.length * width },
    (_, i) => positions[Math.floor(i / width)] as number,
  );
}

/** Series of standard normals, everything observed. */
export function normalSeries(count: number, length: number, width: number): SeriesSet {
  const series = Array.from({ length: count }, (_, n): Series => {
    const values = Float64Array.from(normals(n, length * width));
    return { id: String(n), length, values, mask: new Uint8Array(values.length).fill(1) };
  });
  return { features: Array.from({ length: width }, (_, d) => `x${d}`), series };
}
