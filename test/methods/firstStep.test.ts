import { describe, expect, test } from 'vitest';
import { RandomStream } from '../../src/engine/data/random.ts';
import { createSchedule } from '../../src/engine/diffusion/schedule.ts';
import { Memory } from '../../src/engine/gpu/memory.ts';
import { upload } from '../../src/engine/gpu/upload.ts';
import { methodByName, methods } from '../../src/engine/methods/index.ts';
import { planModel } from '../../src/engine/methods/model.ts';
import { type Config, parseConfig } from '../../src/engine/train/config.ts';
import { initialParameters } from '../../src/engine/train/parameters.ts';
import { modelShape } from '../../src/engine/train/shape.ts';
import { useGpu } from '../gpu.ts';
import { expectClose } from '../reference/expectClose.ts';
import {
  type Batch,
  type Draw,
  latentDiffusionStep,
  mutualInformationStep,
  type Objective,
  posteriorStableStep,
  type StepTerms,
  type Weights,
} from '../reference/model.ts';
import { normals, someMissing, somePositionsMissing } from '../reference/random.ts';
import { Scalars } from '../reference/scalar.ts';
import { TrainingStep } from '../trainingStep.ts';

const gpu = useGpu();
const [seqLen, batchSize, featureSize, latentSize] = [5, 3, 2, 3];
const values = normals(1, batchSize * seqLen * featureSize);
const someCells = someMissing(2, [seqLen, batchSize, featureSize]);
const somePositions = somePositionsMissing(7, [seqLen, batchSize, featureSize]);
/** [B, T, D] of [T, B, D]. */
const seriesMajor = (data: Float32Array) =>
  Float32Array.from({ length: data.length }, (_, i) => {
    const [n, rest] = [Math.floor(i / (seqLen * featureSize)), i % (seqLen * featureSize)];
    return data[
      (Math.floor(rest / featureSize) * batchSize + n) * featureSize + (rest % featureSize)
    ] as number;
  });

type Step = (weights: Weights, batch: Batch, draw: Draw, objective: Objective) => StepTerms;

interface Case {
  label: string;
  method: Partial<Config['method']> & { name: string };
  step: Step;
  /** Of the reference, beside what every case has. */
  objective?: Partial<Objective>;
  draw?: Partial<Draw>;
  /** Draws on the GPU that the reference states otherwise, by stream. */
  given?: Record<string, number[]>;
  /** What the decoder gives, where it is no Gaussian. */
  likelihood?: { components: number; full: boolean };
}

const masked = [1, 0, 0, 1, 1, 0, 0, 1, 0, 0, 1, 0]; // [T - 1, B]
const mixture = [
  [Math.log(0.4), -0.5, 0.2, -0.3, 0.1],
  [Math.log(0.6), 0.7, -0.1, 0.2, -0.4],
];
const stable = { name: 'posterior-stable', lambdaCS: 0.4, penaltyShare: 1 };
const cases: Case[] = [
  { label: 'latent-diffusion', method: { name: 'latent-diffusion' }, step: latentDiffusionStep },
  {
    label: 'kl-annealing, where the ramp starts',
    method: { name: 'kl-annealing' },
    step: latentDiffusionStep,
    objective: { klWeight: 0 },
  },
  {
    label: 'kl-annealing, logistic',
    method: { name: 'kl-annealing', klSchedule: 'logistic', klWeight: 2 },
    step: latentDiffusionStep,
    objective: { klWeight: 2 / (1 + Math.exp(6)) },
  },
  {
    label: 'variable-masking',
    method: { name: 'variable-masking', maskProbability: 0.25 },
    step: latentDiffusionStep,
    draw: { masked },
    given: { 'input mask': masked.map((hidden) => (hidden ? 16_383 : 16_384)) },
  },
  { label: 'skip-connections', method: { name: 'skip-connections' }, step: latentDiffusionStep },
  {
    label: 'mutual-information, K = 3',
    method: { name: 'mutual-information', importanceSamples: 3, mutualInformation: 0.3 },
    step: mutualInformationStep,
    objective: { mutualInformation: 0.3 },
  },
  {
    label: 'inverse-lipschitz',
    method: { name: 'inverse-lipschitz', inverseLipschitz: 0.6 },
    step: latentDiffusionStep,
    objective: { inverseLipschitz: 0.6 },
  },
  {
    label: 'vae',
    method: { name: 'vae', klWeight: 0.5 },
    step: latentDiffusionStep,
    objective: { klWeight: 0.5 },
  },
  { label: 'posterior-stable', method: stable, step: posteriorStableStep },
  {
    label: 'posterior-stable, perm',
    method: { ...stable, negatives: 'perm' },
    step: posteriorStableStep,
    draw: { negatives: { first: 0, offset: [1, 2, 1] } },
    given: { negative: [1, 2, 1] },
  },
  {
    label: 'posterior-stable, mix',
    method: { ...stable, negatives: 'mix' },
    step: posteriorStableStep,
    draw: { negatives: { first: 2, offset: [2] } },
    given: { negative: [2] },
  },
  {
    label: 'posterior-stable, fitted reference',
    method: { ...stable, reference: 'fitted' },
    step: posteriorStableStep,
    objective: { mixture },
  },
  {
    label: 'posterior-stable, mixture',
    method: stable,
    step: posteriorStableStep,
    likelihood: { components: 3, full: false },
  },
  {
    label: 'skip-connections, mixture of full covariance',
    method: { name: 'skip-connections' },
    step: latentDiffusionStep,
    likelihood: { components: 2, full: true },
  },
  {
    label: 'posterior-stable, lambda_CS = 0',
    method: { ...stable, lambdaCS: 0 },
    step: posteriorStableStep,
  },
  {
    label: 'posterior-stable, a part of the batch penalised',
    method: { ...stable, penaltyShare: 0.4 },
    step: posteriorStableStep,
  },
  {
    label: 'posterior-stable, perm on a part of the batch',
    method: { ...stable, negatives: 'perm', penaltyShare: 0.4 },
    step: posteriorStableStep,
    draw: { negatives: { first: 0, offset: [2, 1] } },
    given: { negative: [2, 1] },
  },
];

function configOf(method: Case['method'], backbone = 'lstm', likelihood?: Case['likelihood']): Config {
  return parseConfig({
    model: {
      backbone,
      hiddenSize: backbone === 'lstm' ? 4 : 8,
      heads: 2,
      layers: 1,
      latentSize,
      tokenSize: 5,
      ...(likelihood && {
        likelihood: likelihood.full ? 'mixture-full' : 'mixture',
        components: likelihood.components,
      }),
    },
    method,
    diffusion: { embeddingSize: 4, width: 6, blocks: 1 },
    train: { batchSize, steps: 10, denoiserShare: 0, clip: 1e6 },
  });
}

/** Timesteps of the latents: small for the likelihood, large for the penalty; rows by what the method draws. */
function drawOf(method: Case['method'], { draw, given }: Case) {
  const penalty = method.name === 'posterior-stable' && method.lambdaCS !== 0;
  const penalised = penalty ? Math.ceil((method.penaltyShare ?? 0.5) * batchSize) : 0;
  const rows = (method.importanceSamples ?? 1) * batchSize + penalised;
  const random = new RandomStream(5);
  const steps = (low: number, high: number, count: number) =>
    Array.from({ length: count }, () => low + random.integer(high - low + 1));
  const both: Draw = {
    latentNoise: Array.from(normals(3, rows * latentSize)),
    latentTimestep: [...steps(0, 50, batchSize), ...steps(900, 1000, penalised)],
    denoiserNoise: Array.from(normals(4, batchSize * latentSize)),
    denoiserTimestep: steps(1, 1000, batchSize),
    ...draw,
  };
  const streams = {
    'latent noise': both.latentNoise,
    ...(method.name === 'posterior-stable' && { 'latent timestep': both.latentTimestep }),
    ...(method.name !== 'vae' && {
      'denoiser noise': both.denoiserNoise,
      'denoiser timestep': both.denoiserTimestep,
    }),
    ...given,
  };
  return { draw: both, streams };
}

test('every method has a case', () => {
  expect(new Set(cases.map(({ method }) => method.name))).toEqual(new Set(methods.map(({ name }) => name)));
});

const backbones = ['lstm', 'transformer'];
/** Biases between which and the latents everything is linear. */
const shifts = new Set(['encoder.head.bias', 'encoder.transformer.norm.bias']);

describe.each(cases.flatMap((one) => backbones.map((backbone) => ({ ...one, backbone }))))(
  '$label with $backbone',
  ({ backbone, ...one }) => {
    test('the terms of the first step and the gradient of every weight are those of the float64 model', async () => {
      const config = configOf(one.method, backbone, one.likelihood);
      const mask = one.likelihood?.full ? somePositions : someCells;
      const heads = backbone === 'lstm' ? undefined : config.model.heads;
      const method = methodByName(config.method.name);
      const shape = modelShape(config, { seqLen, featureSize });
      const initial = initialParameters(method, planModel(new Memory(), method, shape, false), 3);
      // Larger than at the start of a training, so that gates, softplus and hinge bend.
      const parameters = new Map(
        [...initial].map(([name, array]) => [
          name,
          { shape: array.shape, data: name.includes('norm') ? array.data : array.data.map((v) => 1.3 * v) },
        ]),
      );
      const { draw, streams } = drawOf(one.method, one);
      const weights = new Map(
        [...parameters].map(([name, array]) => [name, Scalars.of(array.shape, array.data)]),
      );
      const { alphaBar } = createSchedule(config.diffusion);
      const expected = one.step(
        weights,
        { seqLen, batchSize, x: Array.from(values), mask: Array.from(mask), heads, mixture: one.likelihood },
        draw,
        { alphaBar, gamma: 2, eta: 1, lambda: config.method.lambdaCS, ...one.objective },
      );
      expected.total.backward();

      const batch = { seqLen, batchSize, featureSize, values: seriesMajor(values), mask: seriesMajor(mask) };
      const step = await TrainingStep.create(gpu(), config, batch, parameters);
      const { reference } = step.state.tables;
      if (reference) {
        const filler = [-1e3, ...new Array(2 * featureSize).fill(0)];
        const rows = Array.from({ length: reference.dim(0) }, (_, k) => mixture[k] ?? filler);
        upload(gpu(), reference, Float32Array.from(rows.flat()));
      }
      const row = await step.run(streams);
      for (const term of ['total', 'vi', 'cs', 'dm', 'kl'] as const)
        expectClose([row[term]], [expected[term].value], { label: term });
      for (const { name } of step.model.arena.specs) {
        const { gradients } = weights.get(name) as Scalars;
        // What only shifts the latents has no gradient in front of batch normalisation: what is left is rounding. And a float32
        // sum rounds by its largest terms, which elsewhere in the same tensor can be seen.
        const size = Math.max(1, ...gradients.map(Math.abs));
        const absolute = method.normalised && shifts.has(name) ? 1e-4 : 1e-5 * size;
        expectClose(await step.gradient(name), gradients, { absolute, label: `gradient of ${name}` });
      }
      step.destroy();
    });
  },
);

test('with K = 1 the mutual information constraint is a beta-VAE, beta = 1 - lambda: the objective and all gradients', async () => {
  const lambda = 0.3;
  // The sampled KL is a quadratic in the noise, so its mean over noise 1 and -1 is its expectation, the KL of a beta-VAE.
  const mean = async (method: Case['method']) => {
    const config = configOf(method);
    const parameters = initialParameters(
      methodByName(method.name),
      planModel(new Memory(), methodByName(method.name), modelShape(config, { seqLen, featureSize }), false),
      3,
    );
    const sums = new Map<string, number[]>();
    for (const sign of [1, -1]) {
      const { streams } = drawOf(method, { label: '', method, step: latentDiffusionStep });
      const batch = {
        seqLen,
        batchSize,
        featureSize,
        values: seriesMajor(values),
        mask: seriesMajor(someCells),
      };
      const step = await TrainingStep.create(gpu(), config, batch, parameters);
      const row = await step.run({ ...streams, 'latent noise': streams['latent noise'].map(() => sign) });
      const add = (name: string, found: ArrayLike<number>) =>
        sums.set(
          name,
          Array.from(found, (value, i) => (sums.get(name)?.[i] ?? 0) + value / 2),
        );
      add('total', [row.total]);
      for (const { name } of step.model.arena.specs) add(name, await step.gradient(name));
      step.destroy();
    }
    return sums;
  };
  const constrained = await mean({
    name: 'mutual-information',
    importanceSamples: 1,
    mutualInformation: lambda,
  });
  const beta = await mean({ name: 'latent-diffusion', klWeight: 1 - lambda });
  expect([...constrained.keys()]).toEqual([...beta.keys()]);
  for (const [name, found] of constrained) expectClose(found, beta.get(name) as number[], { label: name });
});
