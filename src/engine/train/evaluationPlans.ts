import { philox } from '../diffusion/randomness.ts';
import { ddimSteps, ddpmSteps } from '../diffusion/schedule.ts';
import type { Memory } from '../gpu/memory.ts';
import type { Plan } from '../gpu/plan.ts';
import { PlanBuilder } from '../gpu/planBuilder.ts';
import { Readback } from '../gpu/readback.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { gatherRows } from '../kernels/data.ts';
import { diffusionStep } from '../kernels/diffusion.ts';
import { clockAdvance, fillNormal } from '../kernels/random.ts';
import { decoder, decoderDependence, decoderGenerator, logLikelihood } from '../layers/decoder.ts';
import { denoiser } from '../layers/denoiser.ts';
import { likelihoodByName } from '../layers/likelihoods/index.ts';
import type { Method, Model } from '../methods/types.ts';
import type { Config } from './config.ts';
import { timestepTables } from './shape.ts';
import { planTensor } from './stepPlans.ts';

// Philox keys of the three uses of noise in generation; the user's seed is in the clock.
const [initialNoiseSeed, reverseNoiseSeed, observationNoiseSeed] = [1, 2, 3];

/** Series that the plans of an evaluation hold, at the most: more are taken in turns, and take no more memory. */
const mostSeries = 64;

/** How many latents one run of the reverse diffusion makes, and how many series one run of the free decoder. */
export interface GenerationBatches {
  latents: number;
  series: number;
}

/** Everything an evaluation replays: latents, likelihood, dependence, free decoding, reverse diffusion. */
export function recordPlans(
  memory: Memory,
  config: Config,
  method: Method,
  model: Model,
  batches: GenerationBatches,
) {
  memory.part('evaluation');
  const { seqLen, featureSize, latentSize } = model.shape;
  const rows = Math.min(config.evaluate.dependenceSeries, config.evaluate.count, mostSeries);
  const x = planTensor(memory, 'evaluation x', [seqLen, rows, featureSize]);
  const mask = planTensor(memory, 'evaluation mask', [seqLen, rows, featureSize]);
  const latents = planTensor(memory, 'evaluation latents', [rows, latentSize]);
  const record = <T>(label: string, body: (builder: PlanBuilder) => T): T & { plan: Plan } => {
    const builder = new PlanBuilder(memory, label);
    const result = body(builder);
    return { ...result, plan: builder.build() };
  };

  const encode = record('encode', (builder) => {
    const posterior = method.posterior(builder, model, { x, mask });
    return { posterior, output: method.latents(builder, posterior) };
  });
  const likelihood = record('likelihood', (builder) => {
    const head = decoder(builder, model, latents, x);
    return { head, output: logLikelihood(builder, model.shape, { head, x, mask }) };
  });
  return {
    x,
    mask,
    latents,
    encode,
    likelihood,
    dependence: recordDependence(memory, model, latents, x),
    generation: recordGeneration(memory, model, batches.series),
    reverse: recordReverse(memory, config, method, model, batches.latents),
    readback: new Readback(memory, 'evaluation', 1 << 20),
  };
}

function recordDependence(memory: Memory, model: Model, z: Tensor, x: Tensor) {
  const path = new PlanBuilder(memory, 'dependence path');
  const tangents = new PlanBuilder(memory, 'dependence tangents');
  const record = decoderDependence(path, tangents, model, z, x);
  return { ...record, path: path.build(), tangents: tangents.build() };
}

function recordGeneration(memory: Memory, model: Model, generationBatch: number) {
  const { seqLen, featureSize, latentSize, likelihood } = model.shape;
  const z = planTensor(memory, 'generation latents', [generationBatch, latentSize]);
  const clock = planTensor(memory, 'generation clock', [4]);
  const start = new PlanBuilder(memory, 'generation start');
  const x = start.tensor('generated', [seqLen, generationBatch, featureSize]);
  const noiseSize = likelihoodByName(likelihood).noiseSize(model.shape);
  const noise = start.tensor('observation noise', [seqLen, generationBatch, noiseSize]);
  fillNormal(start, { clock, seed: observationNoiseSeed }, 0, noise);
  const generator = decoderGenerator(start, model, { z, noise, x });
  return { z, clock, x, generator, start: start.build() };
}

/** The reverse diffusion from a start in N(0, I); for a method that samples its prior the start is all, with no steps. */
function recordReverse(memory: Memory, config: Config, method: Method, model: Model, batch: number) {
  const { schedule } = timestepTables(config);
  const { sampler, sampleSteps, embeddingSize } = config.diffusion;
  const diffusionSteps = () => (sampler === 'ddpm' ? ddpmSteps(schedule) : ddimSteps(schedule, sampleSteps));
  const steps = method.sampler === 'prior' ? [] : diffusionSteps();
  const clock = planTensor(memory, 'reverse clock', [4]);
  const coefficients = planTensor(memory, 'reverse coefficients', [steps.length, 4]);
  const embeddings = planTensor(memory, 'reverse time embeddings', [steps.length, embeddingSize]);
  const z = planTensor(memory, 'reverse z', [batch, model.shape.latentSize]);

  const starting = new PlanBuilder(memory, 'reverse start');
  fillNormal(starting, { clock, seed: initialNoiseSeed }, 0, z);
  const reverse = { steps, clock, coefficients, embeddings, z, start: starting.build() };
  if (steps.length === 0) return { ...reverse, plan: undefined };

  const builder = new PlanBuilder(memory, 'reverse step');
  clockAdvance(builder, clock);
  const embedding = builder.tensor('time embedding', [1, embeddingSize]);
  gatherRows(builder, { rows: embeddings, index: clock, output: embedding });
  const epsilonHat = denoiser(builder, model.arena, model.shape.denoiser, z, embedding);
  const noise =
    sampler === 'ddpm'
      ? philox(builder, { clock, seed: reverseNoiseSeed }).normal('reverse noise', z.shape)
      : builder.tensor('no noise', z.shape);
  diffusionStep(builder, { clock, coefficients, epsilonHat, noise, z });
  return { ...reverse, plan: builder.build() };
}
