import { describe, expect, test } from 'vitest';
import { Memory } from '../../src/engine/gpu/memory.ts';
import { methods } from '../../src/engine/methods/index.ts';
import { planModel } from '../../src/engine/methods/model.ts';
import { dependenceResidual } from '../../src/engine/metrics/dependence.ts';
import { gaussLegendre } from '../../src/engine/metrics/gaussLegendre.ts';
import { parseConfig } from '../../src/engine/train/config.ts';
import { Evaluator } from '../../src/engine/train/evaluator.ts';
import { initialParameters } from '../../src/engine/train/parameters.ts';
import { modelShape } from '../../src/engine/train/shape.ts';
import { useGpu } from '../gpu.ts';
import { expectClose } from '../reference/expectClose.ts';
import { decoderStates } from '../reference/model.ts';
import { normals } from '../reference/random.ts';
import { Scalars } from '../reference/scalar.ts';

const gpu = useGpu();
const [seqLen, featureSize, latentSize, hiddenSize, count] = [5, 2, 3, 8, 3];
const heads = 2; // of the Transformer
const quadrature = 16;
const sigma = 0.5;
const x = normals(1, count * seqLen * featureSize); // [n, T, D]
const latents = normals(2, count * latentSize);
const windowsOf = (values: Float32Array) => ({
  count,
  seqLen,
  featureSize,
  values,
  mask: new Float32Array(values.length).fill(1),
  ids: ['a', 'b', 'c'],
});

async function open(name: string, backbone = 'lstm', layers = 1) {
  const config = parseConfig({
    model: { backbone, layers, heads, hiddenSize, latentSize, tokenSize: 5, sigma },
    method: { name, inverseLipschitz: 0.6 },
    diffusion: { embeddingSize: 4, width: 6, blocks: 1, sampleSteps: 4 },
    evaluate: { dependenceSeries: 2, count: 2 },
  });
  const method = methods.find((candidate) => candidate.name === name) as (typeof methods)[number];
  const shape = modelShape(config, { seqLen, featureSize });
  const scale = backbone === 'lstm' ? 2.5 : 1.2;
  const initial = initialParameters(method, planModel(new Memory(), method, shape, false), 3);
  const parameters = new Map(
    [...initial].map(([key, array]) => [
      key,
      // Larger than at the start of a training, so that gates bend; statistics and gains stay.
      { shape: array.shape, data: key.includes('norm') ? array.data : array.data.map((v) => scale * v) },
    ]),
  );
  const evaluator = await Evaluator.create(gpu(), config, { seqLen, featureSize }, parameters);
  return {
    evaluator,
    parameters,
    heads: backbone === 'lstm' ? undefined : heads,
    inverseLipschitz: shape.wiring.inverseLipschitz ?? undefined,
  };
}

/** The dependence matrix of series n by the definition, in float64; z is input 0 by every way that it enters. */
function reference(
  { parameters, inverseLipschitz, heads: attending }: Awaited<ReturnType<typeof open>>,
  n: number,
): number[] {
  const weights = new Map([...parameters].map(([key, { shape, data }]) => [key, Scalars.of(shape, data)]));
  const part = (values: Float32Array, width: number) =>
    Array.from(values.subarray(n * width, (n + 1) * width));
  const [z, values] = [part(latents, latentSize), part(x, seqLen * featureSize)];
  const states = (s: number, moving: number) =>
    decoderStates(
      weights,
      Scalars.of(
        [1, latentSize],
        z.map((v) => s * v),
        moving === 0 ? z : undefined,
      ),
      {
        seqLen,
        batchSize: 1,
        heads: attending,
        x: Scalars.of(
          [seqLen, 1, featureSize],
          values.map((v) => s * v),
          values.map((v, i) => (Math.floor(i / featureSize) === moving - 1 ? v : 0)),
        ),
      },
      { inverseLipschitz },
    ).hidden;
  const [end, start] = [states(1, -1).values, states(0, -1).values];
  const delta = end.map((value, i) => value - (start[i] as number));
  const { nodes, weights: rule } = gaussLegendre(quadrature);
  const matrix = new Array<number>(seqLen * seqLen).fill(0);
  for (let j = 0; j < seqLen; j++) {
    for (const [q, s] of nodes.entries()) {
      const { tangents } = states(s, j);
      for (let t = j; t < seqLen; t++) {
        const at = Array.from({ length: hiddenSize }, (_, k) => t * hiddenSize + k);
        const product = at.reduce((sum, i) => sum + (delta[i] as number) * (tangents[i] as number), 0);
        const length = at.reduce((sum, i) => sum + (delta[i] as number) ** 2, 0);
        matrix[t * seqLen + j] =
          (matrix[t * seqLen + j] as number) + ((rule[q] as number) * product) / length;
      }
    }
  }
  return matrix;
}

const backbones = [
  { backbone: 'lstm', layers: 1 },
  { backbone: 'lstm', layers: 2 },
  { backbone: 'transformer', layers: 2 },
];
describe.each(methods.flatMap(({ name }) => backbones.map((network) => ({ name, ...network }))))(
  '$name with $backbone of $layers layers',
  ({ name, backbone, layers }) => {
    test('the dependence matrix is that of the definition, its rows add up to 1, and the curves are its columns', async () => {
      const opened = await open(name, backbone, layers);
      const { evaluator } = opened;
      const matrix = await evaluator.dependenceMatrix(windowsOf(x), latents, quadrature);
      const expected = Array.from({ length: count }, (_, n) => reference(opened, n)).flat();
      expectClose(matrix, expected, { absolute: 5e-5, label: 'm' });
      const parts = await evaluator.dependenceCurve(windowsOf(x), latents, quadrature);
      expect(dependenceResidual(parts)).toBeLessThan(1e-3);
      const ratio = (numerator: Float64Array) =>
        Array.from(numerator, (value, i) => value / (parts.denominator[i] as number));
      // Where the residual asked for more nodes, the matrix is taken at as many.
      const there = await evaluator.dependenceMatrix(windowsOf(x), latents, parts.quadrature);
      const rows = Array.from({ length: count * seqLen }, (_, row) => row);
      expectClose(
        ratio(parts.numeratorGlobal),
        rows.map((row) => there[row * seqLen] as number),
        { absolute: 1e-4 },
      );
      expectClose(
        ratio(parts.numeratorLocal),
        rows.map((row) => there[row * seqLen + (row % seqLen)] as number),
        { absolute: 1e-4 },
      );
      evaluator.destroy();
    });

    test('a free run of means is what the teacher-forced decoder expects at every position', async () => {
      const { evaluator } = await open(name, backbone, layers);
      const generated = await evaluator.generate(latents, { mode: 'mean', seed: 1 });
      expect(generated.some((value) => Math.abs(value) > 0.1)).toBe(true);
      const found = await evaluator.logLikelihood(windowsOf(generated), latents);
      const highest = -featureSize * (Math.log(sigma) + 0.5 * Math.log(2 * Math.PI));
      expectClose(found, new Float32Array(found.length).fill(highest), { absolute: 1e-5, relative: 1e-5 });
      evaluator.destroy();
    });
  },
);

test('without a diffusion new latents are the draws of the prior', async () => {
  const { evaluator } = await open('vae');
  const drawn = await evaluator.sampleLatents(600, 7);
  const mean = drawn.reduce((a, b) => a + b, 0) / drawn.length;
  const variance = drawn.reduce((a, b) => a + (b - mean) ** 2, 0) / drawn.length;
  expect(Math.abs(mean)).toBeLessThan(0.08);
  expect(Math.abs(variance - 1)).toBeLessThan(0.12);
  expect(await evaluator.sampleLatents(600, 7)).toEqual(drawn);
  evaluator.destroy();
});
