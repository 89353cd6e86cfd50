import { expect, test } from 'vitest';
import type { ParameterArena } from '../../src/engine/gpu/parameterArena.ts';
import { brenierMap, brenierParameters, brenierTangent } from '../../src/engine/layers/brenier.ts';
import { useGpu } from '../gpu.ts';
import { Recorded } from '../kernels/recorded.ts';
import { expectClose } from '../reference/expectClose.ts';
import { add, linear, map } from '../reference/layers.ts';
import { brenier } from '../reference/model.ts';
import { normals } from '../reference/random.ts';
import { Scalars, sum } from '../reference/scalar.ts';

const gpu = useGpu();
const [rows, latentSize, width, inverseLipschitz] = [7, 5, 6, 0.4];
const specs = brenierParameters(latentSize, width);
const values = new Map(
  specs.map(({ name, shape }, seed) => [
    name,
    normals(20 + seed, (shape[0] as number) * (shape[1] ?? 1), 1.5),
  ]),
);

function references(): Map<string, Scalars> {
  return new Map(specs.map(({ name, shape }) => [name, Scalars.of(shape, values.get(name) as Float32Array)]));
}

/** The layer's parameters as inputs of a recording. */
function inputs(run: Recorded) {
  const tensors = new Map(
    specs.map(({ name, shape }) => [name, run.input(name, [...shape], values.get(name) as Float32Array)]),
  );
  return { tensors, arena: { get: (name: string) => tensors.get(name) } as unknown as ParameterArena };
}

async function mapped(z: Float32Array, bound: number): Promise<Float32Array> {
  const run = new Recorded(gpu(), false);
  const { arena } = inputs(run);
  const { y } = brenierMap(run.builder, arena, run.input('z', [z.length / latentSize, latentSize], z), bound);
  await run.run();
  return run.read(y);
}

test('the map is the gradient of its convex function', async () => {
  const weights = references();
  const zValues = normals(1, rows * latentSize);
  const z = Scalars.of([rows, latentSize], zValues);
  const part = (name: string) => weights.get(`decoder.brenier.${name}`) as Scalars;
  const layer = (name: string) => linear(z, part(`${name}.weight`), part(`${name}.bias`));
  const soft = (x: Scalars) => map(x, (item) => item.softplus());
  const positive = map(soft(part('positive.weight')), (item) => item.dividedBy(width));
  const psi = soft(add(linear(soft(layer('linear1')), positive), layer('linear2')));
  const square = z.items.map((item) => item.times(item).times(inverseLipschitz / 2));
  sum([...psi.items, ...square]).backward();
  expectClose(await mapped(zValues, inverseLipschitz), z.gradients);
  expectClose(brenier(references(), z, inverseLipschitz).values, z.gradients, { absolute: 1e-12 });
});

test('the gradients of latents and parameters', async () => {
  const weights = references();
  const [zValues, seeds] = [normals(1, rows * latentSize), normals(2, rows * latentSize)];
  const z = Scalars.of([rows, latentSize], zValues);
  brenier(weights, z, inverseLipschitz).backward(seeds);

  const run = new Recorded(gpu());
  const { tensors, arena } = inputs(run);
  const input = run.input('z', [rows, latentSize], zValues);
  const { y } = brenierMap(run.builder, arena, input, inverseLipschitz);
  run.seed(y, seeds);
  run.backward();
  await run.run();
  expectClose(await run.readGradient(input), z.gradients, { label: 'dZ' });
  for (const [name, tensor] of tensors)
    expectClose(await run.readGradient(tensor), (weights.get(name) as Scalars).gradients, { label: name });
});

test('the tangent', async () => {
  const [zValues, tangents] = [normals(1, rows * latentSize), normals(3, rows * latentSize)];
  const expected = brenier(
    references(),
    Scalars.of([rows, latentSize], zValues, tangents),
    inverseLipschitz,
  ).tangents;
  const run = new Recorded(gpu(), false);
  const { arena } = inputs(run);
  const pass = brenierMap(run.builder, arena, run.input('z', [rows, latentSize], zValues), inverseLipschitz);
  const tY = brenierTangent(run.builder, arena, pass, run.input('tZ', [rows, latentSize], tangents));
  await run.run();
  expectClose(await run.read(tY), expected);
});

test.each([0.4, 3])(
  'no two points come closer than L = %d times their distance, near or far',
  async (bound) => {
    const pairs = 300;
    const from = normals(4, pairs * latentSize, 2);
    const direction = normals(5, pairs * latentSize);
    const distances = Array.from({ length: pairs }, (_, n) => 10 ** ((n % 5) - 2)); // from 0.01 to 100
    const to = from.map((value, i) => {
      const n = Math.floor(i / latentSize);
      return value + (direction[i] as number) * (distances[n] as number);
    });
    const [a, b] = [await mapped(from, bound), await mapped(to, bound)];
    const length = (x: Float32Array, y: Float32Array, n: number) =>
      Math.hypot(
        ...Array.from(x.subarray(n * latentSize, (n + 1) * latentSize), (value, j) => {
          return value - (y[n * latentSize + j] as number);
        }),
      );
    const quotients = Array.from({ length: pairs }, (_, n) => length(a, b, n) / length(from, to, n));
    // Below L by no more than the rounding of float32 at the shortest distances.
    expect(Math.min(...quotients)).toBeGreaterThan(bound * (1 - 1e-3));
    expect(Math.max(...quotients)).toBeGreaterThan(bound * 1.2); // and the map is not the mere multiple
  },
);
