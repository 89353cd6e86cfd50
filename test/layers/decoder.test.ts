import { describe, expect, test } from 'vitest';
import type { WindowSet } from '../../src/engine/data/types.ts';
import { Memory } from '../../src/engine/gpu/memory.ts';
import { attentionForward, attentionTangent } from '../../src/engine/kernels/attention.ts';
import { attention as attentionLayer } from '../../src/engine/layers/attention.ts';
import { methodByName } from '../../src/engine/methods/index.ts';
import { planModel } from '../../src/engine/methods/model.ts';
import { type Config, parseConfig } from '../../src/engine/train/config.ts';
import { Evaluator } from '../../src/engine/train/evaluator.ts';
import type { NamedArrays } from '../../src/engine/train/parameters.ts';
import { modelShape } from '../../src/engine/train/shape.ts';
import { useGpu } from '../gpu.ts';
import { Recorded } from '../kernels/recorded.ts';
import { expectClose } from '../reference/expectClose.ts';
import { linear } from '../reference/layers.ts';
import { recurrent, transformer } from '../reference/model.ts';
import { normals } from '../reference/random.ts';
import { Scalars } from '../reference/scalar.ts';

const gpu = useGpu();
// Longer than the 16 cached positions that go by at a time in generation.
const [seqLen, featureSize, hiddenSize, latentSize, series] = [18, 2, 8, 3, 3];
const heads = 2;
const latents = normals(101, series * latentSize);
const windows: WindowSet = {
  count: series,
  seqLen,
  featureSize,
  values: normals(100, series * seqLen * featureSize),
  mask: new Float32Array(series * seqLen * featureSize).fill(1),
  ids: Array.from({ length: series }, (_, n) => String(n)),
};

describe.each([
  { backbone: 'transformer', layers: 2 },
  { backbone: 'lstm', layers: 1 },
  { backbone: 'lstm', layers: 2 },
])('a decoder of $backbone, $layers layers', ({ backbone, layers }) => {
  const config = parseConfig({
    model: { backbone, layers, hiddenSize, latentSize, tokenSize: 5, heads },
    diffusion: { width: 16, blocks: 1 },
    evaluate: { dependenceSeries: series, count: 8 },
  });
  const weights = parameters(config);
  const references = new Map([...weights].map(([name, { shape, data }]) => [name, Scalars.of(shape, data)]));
  const reference = (name: string) => references.get(name) as Scalars;
  const open = () => Evaluator.create(gpu(), config, { seqLen, featureSize }, weights);

  test('dependence: rows of the matrix add up to 1, the curves are its first column and its diagonal', async () => {
    const evaluator = await open();
    const parts = await evaluator.dependenceCurve(windows, latents, 16);
    const matrix = await evaluator.dependenceMatrix(windows, latents, parts.quadrature);
    evaluator.destroy();
    const ratio = (numerators: Float64Array) =>
      Array.from(numerators, (value, i) => value / (parts.denominator[i] as number));
    const rows = Array.from({ length: series * seqLen }, (_, row) => row);
    const sums = rows.map((row) =>
      matrix.subarray(row * seqLen, (row + 1) * seqLen).reduce((a, b) => a + b, 0),
    );
    const ones = rows.map(() => 1);
    expectClose(sums, ones, { absolute: 2e-3, relative: 0, label: 'sums' });
    expectClose(
      ratio(parts.numeratorGlobal),
      rows.map((row) => matrix[row * seqLen] as number),
    );
    expectClose(
      ratio(parts.numeratorLocal),
      rows.map((row) => matrix[row * seqLen + (row % seqLen)] as number),
    );
  });

  /** mu and sigma after the given inputs (z's token, then values fed back), in float64. */
  function headAfter(z: Float32Array, fed: readonly (readonly number[])[]) {
    const token = (values: ArrayLike<number>, name: string) =>
      linear(Scalars.of([1, values.length], values), reference(`decoder.${name}_token.weight`));
    const tokens = [token(z, 'latent'), ...fed.map((values) => token(values, 'value'))];
    const width = tokens[0]?.items.length as number;
    const input = new Scalars(
      [tokens.length, 1, width],
      tokens.flatMap(({ items }) => items),
    );
    const hidden =
      backbone === 'lstm'
        ? recurrent(references, 'decoder.lstm', input)
        : transformer(references, 'decoder', input, heads, (t, key) => key <= t);
    const last = new Scalars([1, hiddenSize], hidden.items.slice(-hiddenSize));
    const { values } = linear(last, reference('decoder.head.weight'), reference('decoder.head.bias'));
    return {
      mean: values.slice(0, featureSize),
      sigma: values.slice(featureSize).map((raw) => Math.exp(-3 + 4 / (1 + Math.exp(-raw)))),
    };
  }

  test('generation equals decoding everything again at each position, in all three modes', async () => {
    const evaluator = await open();
    const runs = {
      apart: await evaluator.generate(latents, { mode: 'noise-not-fed-back', seed: 4 }),
      mean: await evaluator.generate(latents, { mode: 'mean', seed: 4 }),
      sample: await evaluator.generate(latents, { mode: 'sample', seed: 4 }),
    };
    evaluator.destroy();
    for (let n = 0; n < series; n++) {
      const z = latents.subarray(n * latentSize, (n + 1) * latentSize);
      const at = (values: Float32Array, t: number) =>
        Array.from(values.subarray((n * seqLen + t) * featureSize, (n * seqLen + t + 1) * featureSize));
      const [means, drawn]: [number[][], number[][]] = [[], []];
      for (let t = 0; t < seqLen; t++) {
        const free = headAfter(z, means);
        const label = `series ${n} at ${t}`;
        expectClose(at(runs.mean, t), free.mean, { absolute: 1e-4, relative: 1e-3, label });
        // With the means fed back in both, what is added there is the noise; the same seed draws it again for `sample`.
        const epsilon = at(runs.apart, t).map(
          (x, d) => (x - (free.mean[d] as number)) / (free.sigma[d] as number),
        );
        means.push(free.mean);
        const { mean, sigma } = headAfter(z, drawn);
        drawn.push(mean.map((mu, d) => mu + (sigma[d] as number) * (epsilon[d] as number)));
        expectClose(at(runs.sample, t), drawn[t] as number[], { absolute: 1e-3, relative: 1e-3, label });
      }
    }
    expect(runs.apart.some((x, i) => Math.abs(x - (runs.mean[i] as number)) > 0.01)).toBe(true);
  });
});

/** Weights of a trained size: norms near 1, the rest large enough for gates and attention to bend. */
function parameters(config: Config): NamedArrays {
  const method = methodByName(config.method.name);
  const { arena } = planModel(new Memory(), method, modelShape(config, { seqLen, featureSize }), false);
  const arrays: NamedArrays = new Map();
  for (const [seed, { name, shape, centre = 0 }] of arena.specs.entries()) {
    const size = shape.reduce((product, length) => product * length, 1);
    arrays.set(name, { shape: [...shape], data: normals(seed, size, 0.35).map((value) => value + centre) });
  }
  for (const [value, name] of ['running_mean', 'running_var'].entries()) {
    const data = new Float32Array(latentSize).fill(value);
    arrays.set(`encoder.norm.${name}`, { shape: [latentSize], data });
  }
  return arrays;
}

test('attention over 1024 positions: the forward pass in float64, and the backward pass adjoint to the tangent', async () => {
  const [length, size] = [1024, 4];
  const values = normals(1, length * 3 * size);
  const [direction, seeds] = [normals(2, values.length), normals(3, length * size)];
  const run = new Recorded(gpu());
  const qkv = run.input('qkv', [length, 1, 3 * size], values);
  const output = attentionLayer(run.builder, 'attention', qkv, 1, { causal: true });
  run.seed(output, seeds);
  run.backward();
  const again = run.output('again', [length, 1, size]);
  const logSumExp = run.output('log-sum-exp', [length, 1, 1]);
  const tOutput = run.output('tangent', [length, 1, size]);
  attentionForward(run.builder, { qkv, output: again, logSumExp }, { causal: true });
  const tQkv = run.input('direction', [length, 1, 3 * size], direction);
  attentionTangent(run.builder, { qkv, tQkv, output: again, logSumExp, tOutput }, false);
  await run.run();
  const part = (t: number, which: number) =>
    values.subarray((3 * t + which) * size, (3 * t + which + 1) * size);
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Array.from(a).reduce((sum, v, i) => sum + v * (b[i] as number), 0);
  const expected = Array.from({ length }, (_, t) => {
    const p = Array.from({ length: t + 1 }, (_, j) =>
      Math.exp(dot(part(t, 0), part(j, 1)) / Math.sqrt(size)),
    );
    const total = p.reduce((a, b) => a + b);
    return [0, 1, 2, 3].map((k) => p.reduce((sum, v, j) => sum + (v / total) * (part(j, 2)[k] as number), 0));
  });
  expectClose(await run.read(output), expected.flat(), { label: 'output' });
  const [along, back] = [dot(seeds, await run.read(tOutput)), dot(direction, await run.readGradient(qkv))];
  expect(Math.abs(along - back)).toBeLessThan(1e-3 + 1e-4 * Math.abs(along));
});
