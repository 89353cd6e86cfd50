import { qSample } from '../diffusion/qSample.ts';
import type { Randomness } from '../diffusion/randomness.ts';
import type { Memory } from '../gpu/memory.ts';
import { ParameterArena, type ParameterSpec } from '../gpu/parameterArena.ts';
import type { PlanBuilder } from '../gpu/planBuilder.ts';
import { Tensor } from '../gpu/tensor.ts';
import { gatherRows } from '../kernels/data.ts';
import { mseBackward, mseForward } from '../kernels/objective.ts';
import { decoderParameters } from '../layers/decoder.ts';
import { denoiser, denoiserParameters } from '../layers/denoiser.ts';
import { encoderParameters } from '../layers/encoder.ts';
import type { Method, Model, ModelShape, TimestepTables } from './types.ts';

/** Every parameter of a method's networks: encoder, decoder and, unless it samples the prior, denoiser. */
function modelParameters(method: Method, shape: ModelShape): ParameterSpec[] {
  return [
    ...encoderParameters(shape, method.headsPerLatent * shape.latentSize),
    ...decoderParameters(shape),
    ...(method.sampler === 'diffusion' ? denoiserParameters(shape.denoiser) : []),
  ];
}

/** Plans a model's memory. @param training whether gradients and moments are planned too */
export function planModel(memory: Memory, method: Method, shape: ModelShape, training: boolean): Model {
  const arena = new ParameterArena(memory, modelParameters(method, shape), training);
  const runningShape = [2, shape.latentSize];
  const running = new Tensor(
    memory.storage('running statistics', 8 * shape.latentSize),
    'running',
    runningShape,
  );
  return { shape, arena, running };
}

/**
 * Records L_DM = mean (eps - epsilonHat(z_i, i))^2, i uniform on {1, ..., L}, on detached latents [B, Z].
 * @returns the loss of each row, [B]
 */
export function denoiserLoss(
  builder: PlanBuilder,
  model: Model,
  latents: Tensor,
  randomness: Randomness,
  tables: TimestepTables,
  numTimesteps: number,
): Tensor {
  const rows = latents.dim(0);
  const timestep = randomness.integers('denoiser timestep', [{ count: rows, low: 1, high: numTimesteps }]);
  const noise = randomness.normal('denoiser noise', latents.shape);
  const z = qSample(
    builder,
    'z for the denoiser',
    { v: latents, noise, timestep, schedule: tables.schedule },
    true,
  );
  const embedding = builder.tensor('time embedding', [rows, tables.embedding.dim(1)]);
  gatherRows(builder, { rows: tables.embedding, index: timestep, output: embedding });
  const prediction = denoiser(builder, model.arena, model.shape.denoiser, z, embedding);
  const loss = builder.tensor('denoiser loss', [rows]);
  mseForward(builder, { expected: noise, prediction, loss });
  builder.onBackward(() => {
    const dPrediction = builder.gradientTarget(prediction);
    if (dPrediction) mseBackward(builder, { expected: noise, prediction, dPrediction: dPrediction.tensor });
  });
  return loss;
}
