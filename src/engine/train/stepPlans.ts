import { mixtureComponents } from '../data/mixture.ts';
import { philox, type Randomness } from '../diffusion/randomness.ts';
import { timeEmbedding } from '../diffusion/schedule.ts';
import type { Gpu } from '../gpu/device.ts';
import type { Memory } from '../gpu/memory.ts';
import type { Plan } from '../gpu/plan.ts';
import { PlanBuilder } from '../gpu/planBuilder.ts';
import { Tensor } from '../gpu/tensor.ts';
import { upload } from '../gpu/upload.ts';
import { gatherRows, gatherWindows } from '../kernels/data.ts';
import { adam, squareSum, squareSumSlices, stepReport } from '../kernels/optimiser.ts';
import { clockAdvance, type RandomSource } from '../kernels/random.ts';
import { methodByName } from '../methods/index.ts';
import { denoiserLoss } from '../methods/model.ts';
import type { Batch, Method, MethodTables, Model, Objective, TimestepTables } from '../methods/types.ts';
import type { Config } from './config.ts';
import { klWeights, optimiserSchedule, phases, timestepTables } from './shape.ts';

/** Rows of the loss log kept on the GPU between two readbacks. */
export const logCapacity = 1024;

/** Nats per value of a series beyond which a loss is taken to diverge; an untrained model starts below 10. */
export const divergencePerValue = 1000;

/** Windows resident on the GPU: values and observed [n, T, D]. */
export interface ResidentWindows {
  count: number;
  values: Tensor;
  observed: Tensor;
}

/** Everything on the GPU that outlives a step, beside the parameters. */
export interface TrainingState {
  /** u32 [4]; element 0 is the step, 0xffffffff before the first. */
  clock: Tensor;
  /** [steps, 4], see optimiserSchedule. */
  schedule: Tensor;
  /** [4]: clip factors of both groups, alarm, step of the alarm. */
  clip: Tensor;
  /** [logCapacity, 8], see step_report.wgsl. */
  log: Tensor;
  tables: TimestepTables & MethodTables;
  /** What the encoder says of the training windows, for the second phase: [n, Z] or [n, 2Z], see `Method.posterior`. */
  posteriors: Tensor;
}

/** Plans a named tensor outside any plan. */
export function planTensor(memory: Memory, label: string, shape: number[]): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return new Tensor(memory.storage(label, size * 4), label, shape);
}

export function planWindows(
  memory: Memory,
  label: string,
  count: number,
  seqLen: number,
  featureSize: number,
) {
  const shape = [count, seqLen, featureSize];
  return {
    count,
    values: planTensor(memory, `${label} values`, shape),
    observed: planTensor(memory, `${label} mask`, shape),
  };
}

function planTables(memory: Memory, config: Config, featureSize: number): TimestepTables & MethodTables {
  const { numTimesteps, embeddingSize } = config.diffusion;
  const { reference, lambdaCS } = config.method;
  const fitted = methodByName(config.method.name).options.includes('reference') && reference === 'fitted';
  return {
    klWeights: planTensor(memory, 'kl weights', [phases(config).total]),
    ...(fitted &&
      lambdaCS > 0 && {
        reference: planTensor(memory, 'reference mixture', [mixtureComponents, 1 + 2 * featureSize]),
      }),
    schedule: planTensor(memory, 'q-sample table', [numTimesteps + 1, 2]),
    weights: planTensor(memory, 'objective weights', [numTimesteps + 1, 2]),
    embedding: planTensor(memory, 'time embeddings', [numTimesteps + 1, embeddingSize]),
  };
}

export function planTrainingState(
  memory: Memory,
  config: Config,
  { trainCount, featureSize }: { trainCount: number; featureSize: number },
): TrainingState {
  const { headsPerLatent } = methodByName(config.method.name);
  return {
    clock: planTensor(memory, 'clock', [4]),
    schedule: planTensor(memory, 'optimiser schedule', [phases(config).total, 4]),
    clip: planTensor(memory, 'clip and alarm', [4]),
    log: planTensor(memory, 'loss log', [logCapacity, 8]),
    tables: planTables(memory, config, featureSize),
    posteriors: planTensor(memory, 'frozen posteriors', [
      trainCount,
      headsPerLatent * config.model.latentSize,
    ]),
  };
}

/** Uploads what a config fixes for the whole run: the tables by timestep, the optimiser's schedule and the KL weights. */
export function uploadConstants(gpu: Gpu, { tables, schedule }: TrainingState, config: Config): void {
  const { qSample, weights } = timestepTables(config);
  const timesteps = Array.from({ length: config.diffusion.numTimesteps + 1 }, (_, i) => i);
  upload(gpu, tables.schedule, qSample);
  upload(gpu, tables.weights, weights);
  upload(gpu, tables.embedding, timeEmbedding(timesteps, config.diffusion.embeddingSize));
  upload(gpu, schedule, optimiserSchedule(config));
  upload(gpu, tables.klWeights, klWeights(config));
}

/** A batch gathered by an index tensor: x and mask [T, B, D]. */
export function recordBatch(
  builder: PlanBuilder,
  model: Model,
  windows: ResidentWindows,
  index: Tensor,
): Batch {
  const { seqLen, featureSize } = model.shape;
  const shape = [seqLen, index.size, featureSize];
  const batch = { x: builder.tensor('x', shape), mask: builder.tensor('mask', shape) };
  gatherWindows(builder, { values: windows.values, observed: windows.observed, index, ...batch });
  return batch;
}

/**
 * One step of everything: batch, objective, denoiser, gradients, clipping, Adam.
 * @param draws where the random tensors come from; Philox, unless a test gives its own
 */
export function jointStep(
  memory: Memory,
  method: Method,
  model: Model,
  config: Config,
  windows: ResidentWindows,
  state: TrainingState,
  draws: (builder: PlanBuilder, source: RandomSource) => Randomness = philox,
): Plan {
  const builder = new PlanBuilder(memory, 'joint step', true);
  const { numTimesteps } = config.diffusion;
  const randomness = draws(builder, { clock: state.clock, seed: config.train.seed });
  clockAdvance(builder, state.clock);
  const index = randomness.integers('batch', [
    { count: config.train.batchSize, low: 0, high: windows.count - 1 },
  ]);
  const batch = recordBatch(builder, model, windows, index);
  const { tables } = state;
  const objective = method.record({
    builder,
    model,
    batch,
    randomness,
    tables,
    clock: state.clock,
    numTimesteps,
    options: config.method,
  });
  const denoiser =
    method.sampler === 'diffusion'
      ? denoiserLoss(builder, model, objective.latents, randomness, tables, numTimesteps)
      : undefined;
  builder.backward();
  recordUpdate(builder, model, config, state, objective, denoiser);
  return builder.build();
}

/** One step of the denoiser alone, on latents of the frozen posteriors: of q(z | X) each is drawn anew. */
export function denoiserStep(
  memory: Memory,
  method: Method,
  model: Model,
  config: Config,
  state: TrainingState,
): Plan {
  const builder = new PlanBuilder(memory, 'denoiser step', true);
  const randomness = philox(builder, { clock: state.clock, seed: config.train.seed });
  clockAdvance(builder, state.clock);
  const rows = config.train.denoiserBatchSize;
  const index = randomness.integers('batch', [{ count: rows, low: 0, high: state.posteriors.dim(0) - 1 }]);
  const posterior = builder.tensor('posterior', [rows, state.posteriors.dim(1)]);
  gatherRows(builder, { rows: state.posteriors, index, output: posterior });
  const drawn = method.headsPerLatent === 2;
  const noise = drawn ? randomness.normal('latent noise', [rows, model.shape.latentSize]) : undefined;
  const latents = method.latents(builder, posterior, noise);
  const loss = denoiserLoss(builder, model, latents, randomness, state.tables, config.diffusion.numTimesteps);
  builder.backward();
  recordUpdate(builder, model, config, state, undefined, loss);
  return builder.build();
}

/** Norms, report, Adam. Without an objective only the denoiser moves, without the denoiser's loss only the model. */
function recordUpdate(
  builder: PlanBuilder,
  { arena, shape }: Model,
  config: Config,
  { clock, schedule, clip, log, tables }: TrainingState,
  objective: Objective | undefined,
  denoiserLossRows: Tensor | undefined,
): void {
  const { gradients, moment1, moment2, values: parameters } = arena;
  if (!gradients || !moment1 || !moment2) throw new Error('the arena was planned without gradients');
  const groups = [
    { range: arena.range('model'), group: 0 as const, trains: objective !== undefined },
    { range: arena.range('denoiser'), group: 1 as const, trains: denoiserLossRows !== undefined },
  ].filter(({ trains }) => trains);
  const partial = builder.tensor('squares of gradients', [2, squareSumSlices]);
  for (const { range, group } of groups) {
    squareSum(builder, { values: gradients, partial }, { ...range, slot: group });
  }
  const likelihoodLoss = objective?.likelihoodLoss ?? builder.none;
  const klLoss = objective?.klLoss ?? builder.none;
  stepReport(
    builder,
    {
      clock,
      likelihoodLoss,
      klLoss,
      klWeights: tables.klWeights,
      denoiserLoss: denoiserLossRows ?? builder.none,
      partial,
      clip,
      log,
    },
    {
      series: config.train.batchSize,
      rows: likelihoodLoss.size,
      lambda: objective?.lambda ?? 0,
      limit: config.train.clip,
      divergence: divergencePerValue * shape.seqLen * shape.featureSize,
      modelTrains: objective !== undefined,
    },
  );
  for (const { range, group } of groups) {
    adam(builder, { clock, schedule, clip, gradients, moment1, moment2, parameters }, { ...range, group });
  }
}
