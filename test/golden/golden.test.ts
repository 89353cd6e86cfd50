import { describe, expect, test } from 'vitest';
import { Memory } from '../../src/engine/gpu/memory.ts';
import { lstm } from '../../src/engine/layers/lstm.ts';
import { methodByName } from '../../src/engine/methods/index.ts';
import { planModel } from '../../src/engine/methods/model.ts';
import { parseConfig } from '../../src/engine/train/config.ts';
import { Evaluator } from '../../src/engine/train/evaluator.ts';
import { initialParameters } from '../../src/engine/train/parameters.ts';
import { modelShape } from '../../src/engine/train/shape.ts';
import { useGpu } from '../gpu.ts';
import { Recorded } from '../kernels/recorded.ts';
import { expectClose } from '../reference/expectClose.ts';
import { TrainingStep } from '../trainingStep.ts';
import { type GoldenArray, loadGolden } from './load.ts';

const gpu = useGpu();
const largest = (values: readonly number[]) => Math.max(...values.map(Math.abs));
const tolerance = { absolute: 1e-5, relative: 1e-4 };

/** [T, B, D] to [B, T, D]. */
function seriesMajor({ shape, data }: GoldenArray): Float32Array {
  const [seqLen, batch, width] = shape as [number, number, number];
  return Float32Array.from({ length: data.length }, (_, i) => {
    const [n, t, d] = [Math.floor(i / (seqLen * width)), Math.floor(i / width) % seqLen, i % width];
    return data[(t * batch + n) * width + d] as number;
  });
}

test('an LSTM layer: hidden states and all gradients', async () => {
  type Named = Record<string, { value: GoldenArray; gradient: GoldenArray }>;
  const golden = loadGolden<Record<'x' | 'seed' | 'hidden' | 'dX', GoldenArray> & { parameters: Named }>(
    'lstm',
  );
  const run = new Recorded(gpu());
  const parameter = (name: string) => {
    const { shape, data } = (golden.parameters[`${name}_l0`] as Named[string]).value;
    return run.input(name, shape, data);
  };
  const tensors = {
    weightIh: parameter('weight_ih'),
    weightHh: parameter('weight_hh'),
    biasIh: parameter('bias_ih'),
    biasHh: parameter('bias_hh'),
  };
  const tokens = run.input('x', golden.x.shape, golden.x.data);
  const hidden = lstm(run.builder, 'lstm', { tokens }, tensors);
  run.seed(hidden, golden.seed.data);
  run.backward();
  await run.run();
  expectClose(await run.read(hidden), golden.hidden.data, { ...tolerance, label: 'hidden' });
  expectClose(await run.readGradient(tokens), golden.dX.data, { ...tolerance, label: 'dX' });
  for (const tensor of Object.values(tensors)) {
    const { gradient } = golden.parameters[`${tensor.label}_l0`] as Named[string];
    expectClose(await run.readGradient(tensor), gradient.data, { ...tolerance, label: tensor.label });
  }
});

interface TrainingGolden {
  sizes: Record<string, number>;
  train: Record<string, number>;
  /** Settings of the method beside its defaults. */
  method?: Record<string, number>;
  x: GoldenArray;
  mask: GoldenArray;
  initial: Record<string, GoldenArray>;
  first: { logLikelihood: GoldenArray; gradients: Record<string, GoldenArray> };
  steps: { draw: Record<string, GoldenArray>; losses: Record<string, number> }[];
}

const lstmMethods = [
  'posterior-stable',
  'latent-diffusion',
  'skip-connections',
  'mutual-information',
  'inverse-lipschitz',
];
describe.each([
  ...lstmMethods.map((name) => ({ backbone: 'lstm', name, file: name })),
  { backbone: 'lstm', name: 'posterior-stable', file: 'lstm-stack-posterior-stable' },
  ...lstmMethods.slice(0, 3).map((name) => ({ backbone: 'transformer', name, file: `transformer-${name}` })),
])('$file against PyTorch', ({ backbone, name, file }) => {
  test('log-likelihood and all gradients of the first step, then the losses of ten', async () => {
    const golden = loadGolden<TrainingGolden>(file);
    const { seqLen, batchSize, featureSize, hiddenSize, latentSize, tokenSize, layers, heads, ...denoiser } =
      golden.sizes as Record<string, number> & Record<'seqLen' | 'batchSize' | 'featureSize', number>;
    const config = parseConfig({
      model: { backbone, hiddenSize, latentSize, tokenSize, layers, heads },
      // The golden step has a penalty row for every series.
      method: { name, penaltyShare: 1, ...golden.method },
      diffusion: denoiser,
      train: { ...golden.train, batchSize, denoiserShare: 0 },
    });
    const batch = { seqLen, batchSize, featureSize };
    const step = await TrainingStep.create(
      gpu(),
      config,
      { ...batch, values: seriesMajor(golden.x), mask: seriesMajor(golden.mask) },
      new Map(
        Object.entries(golden.initial).map(([key, { shape, data }]) => [
          key,
          { shape, data: Float32Array.from(data) },
        ]),
      ),
    );
    for (const [index, { draw, losses: expected }] of golden.steps.entries()) {
      const row = await step.run(
        Object.fromEntries(Object.entries(draw).map(([stream, { data }]) => [stream, data])),
      );
      for (const [term, value] of Object.entries(expected)) {
        const actual = (row as unknown as Record<string, number>)[term] as number;
        expectClose([actual], [value], { ...tolerance, label: `${term} of step ${index}` });
      }
      if (index > 0) continue;
      expectClose(await step.logLikelihood(), golden.first.logLikelihood.data, {
        ...tolerance,
        label: 'log-likelihood',
      });
      for (const [key, { data }] of Object.entries(golden.first.gradients)) {
        // A bias in front of batch normalisation has no gradient: what is left is the rounding of terms as large as its weight's.
        const vanishes = largest(data) < 1e-9;
        // A float32 sum rounds by its largest terms, which elsewhere in the same tensor can be seen.
        const absolute = tolerance.absolute * Math.max(1, largest(data));
        const terms = golden.first.gradients[key.replace(/bias$/, 'weight')] as GoldenArray;
        expectClose(await step.gradient(key), data, {
          ...tolerance,
          absolute: vanishes ? 1e-4 * largest(terms.data) : absolute,
          label: `gradient of ${key}`,
        });
      }
    }
    expect(step.losses.readUpTo).toBe(10);
    step.destroy();
  });
});

test.each([
  { file: 'dependence', kind: { backbone: 'lstm', layers: 1 } },
  { file: 'lstm-stack-dependence', kind: { backbone: 'lstm', layers: 2 } },
  { file: 'transformer-dependence', kind: { backbone: 'transformer', layers: 2, heads: 2 } },
])('$file: forward mode equals PyTorch in reverse mode on the whole matrix', async ({ file, kind }) => {
  type Golden = {
    z: GoldenArray;
    x: GoldenArray;
    parameters: Record<string, GoldenArray>;
    quadrature: number;
    matrix: GoldenArray;
  };
  const golden = loadGolden<Golden>(file);
  const [seqLen, count, featureSize] = golden.x.shape as [number, number, number];
  const shapeOf = (name: string) => (golden.parameters[name] as GoldenArray).shape as [number, number];
  const [tokenSize, latentSize] = shapeOf('decoder.latent_token.weight');
  const hiddenSize = shapeOf('decoder.head.weight')[1];
  const config = parseConfig({
    model: { ...kind, hiddenSize, latentSize, tokenSize },
    evaluate: { dependenceSeries: count },
  });
  const method = methodByName(config.method.name);
  const model = planModel(new Memory(), method, modelShape(config, { seqLen, featureSize }), false);
  const parameters = initialParameters(method, model, 0);
  for (const [key, { shape, data }] of Object.entries(golden.parameters)) {
    parameters.set(key, { shape, data: Float32Array.from(data) });
  }
  const evaluator = await Evaluator.create(gpu(), config, { seqLen, featureSize }, parameters);
  const values = seriesMajor(golden.x);
  const windows = {
    count,
    seqLen,
    featureSize,
    values,
    mask: new Float32Array(values.length).fill(1),
    ids: [],
  };
  const matrix = await evaluator.dependenceMatrix(
    windows,
    Float32Array.from(golden.z.data),
    golden.quadrature,
  );
  expectClose(matrix, golden.matrix.data, { absolute: 1e-4, relative: 0, label: 'm' });
  evaluator.destroy();
});
