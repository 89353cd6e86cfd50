import { expect, test } from 'vitest';
import {
  attention,
  batchNorm,
  gaussianLogLikelihood,
  gelu,
  layerNorm,
  linear,
  lstm,
  pool,
  silu,
} from '../reference/layers.ts';
import { normals, someMissing } from '../reference/random.ts';
import { Scalars, sum } from '../reference/scalar.ts';

const mask = Array.from(someMissing(5, [3, 2, 2]));
const x = Array.from(normals(6, 12));

/** Each reference as a function of one flat input; the seeds weigh its outputs. */
const references: Record<string, { size: number; run: (input: Scalars) => Scalars }> = {
  linear: { size: 14, run: (v) => silu(linear(part(v, 0, [2, 3]), part(v, 6, [2, 3]), part(v, 12, [2]))) },
  lstm: {
    size: 24 + 32 + 8 + 48,
    run: (v) =>
      lstm(
        (t, r) => v.items.slice((t * 2 + r) * 8, (t * 2 + r) * 8 + 8),
        3,
        2,
        part(v, 48, [8, 2]),
        part(v, 64, [8]),
      ),
  },
  pool: { size: 24, run: (v) => pool(part(v, 0, [3, 2, 4]), mask) },
  poolOfMeans: { size: 24, run: (v) => pool(part(v, 0, [3, 2, 4]), mask, false) },
  gelu: { size: 9, run: gelu },
  layerNorm: { size: 23, run: (v) => layerNorm(part(v, 0, [3, 5]), part(v, 15, [5]), part(v, 18, [5])) },
  attention: { size: 36, run: (v) => attention(part(v, 0, [3, 1, 12]), 2, (t, key) => key <= t) },
  batchNorm: { size: 15, run: (v) => batchNorm(part(v, 0, [5, 3])) },
  gaussianLogLikelihood: { size: 24, run: (v) => gaussianLogLikelihood(part(v, 0, [3, 2, 4]), x, mask, 2) },
};

function part(v: Scalars, start: number, shape: number[]): Scalars {
  const size = shape.reduce((product, length) => product * length, 1);
  return new Scalars(shape, v.items.slice(start, start + size));
}

test.each(Object.entries(references))(
  '%s: reverse and forward mode equal central differences',
  (_, { size, run }) => {
    const values = Array.from(normals(1, size));
    const direction = Array.from(normals(2, size));
    const weigh = (output: Scalars) => sum(output.items.map((item, i) => item.times(Math.cos(i))));
    const input = Scalars.of([size], values, direction);
    const loss = weigh(run(input));
    loss.backward();
    const at = (change: (i: number) => number) =>
      weigh(
        run(
          Scalars.of(
            [size],
            values.map((v, i) => v + change(i)),
          ),
        ),
      ).value;
    const h = 1e-5;
    for (let k = 0; k < size; k++) {
      const numeric = (at((i) => (i === k ? h : 0)) - at((i) => (i === k ? -h : 0))) / (2 * h);
      expect(Math.abs((input.gradients[k] as number) - numeric)).toBeLessThan(
        1e-6 * Math.max(1, Math.abs(numeric)),
      );
    }
    const along =
      (at((i) => h * (direction[i] as number)) - at((i) => -h * (direction[i] as number))) / (2 * h);
    expect(Math.abs(loss.tangent - along)).toBeLessThan(1e-6 * Math.max(1, Math.abs(along)));
  },
);
