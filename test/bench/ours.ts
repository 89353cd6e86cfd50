import { createSchedule, ddpmSteps } from '../../src/engine/diffusion/schedule.ts';
import type { Gpu } from '../../src/engine/gpu/device.ts';
import { Memory } from '../../src/engine/gpu/memory.ts';
import { ParameterArena, type ParameterSpec } from '../../src/engine/gpu/parameterArena.ts';
import type { Plan } from '../../src/engine/gpu/plan.ts';
import { PlanBuilder } from '../../src/engine/gpu/planBuilder.ts';
import { Readback } from '../../src/engine/gpu/readback.ts';
import type { Tensor } from '../../src/engine/gpu/tensor.ts';
import { upload } from '../../src/engine/gpu/upload.ts';
import { diffusionStep } from '../../src/engine/kernels/diffusion.ts';
import { poolBackward, poolForward } from '../../src/engine/kernels/encoder.ts';
import { stableObjective, standardLogDensity } from '../../src/engine/kernels/objective.ts';
import { adam, squareSum, squareSumSlices, stepReport } from '../../src/engine/kernels/optimiser.ts';
import { clockAdvance, fillNormal } from '../../src/engine/kernels/random.ts';
import { logLikelihood } from '../../src/engine/layers/decoder.ts';
import { linear, linearParameters, linearWeights } from '../../src/engine/layers/linear.ts';
import { lstm, lstmParameters, lstmWeights } from '../../src/engine/layers/lstm.ts';
import { normals } from '../reference/random.ts';
import type { Program, Workload } from './workloads.ts';

/** The engine's program for a workload. */
export async function ours(gpu: Gpu, workload: Workload): Promise<Program> {
  if (workload.name === 'W2') return lstmForward(gpu, workload);
  if (workload.name === 'W5') return reverseDiffusion(gpu, workload);
  return autoencoder(gpu, workload);
}

const finish = (gpu: Gpu) => () => gpu.device.queue.onSubmittedWorkDone();

async function start(gpu: Gpu, memory: Memory, plan: Plan, arena: ParameterArena): Promise<void> {
  await memory.allocate(gpu);
  await plan.compile(gpu);
  for (const [seed, { name, shape, bound }] of arena.specs.entries()) {
    upload(
      gpu,
      arena.get(name),
      normals(
        seed,
        shape.reduce((a, b) => a * b, 1),
        bound,
      ),
    );
  }
}

async function lstmForward(gpu: Gpu, { B, T, D, H }: Workload): Promise<Program> {
  const memory = new Memory();
  const arena = new ParameterArena(memory, lstmParameters('lstm', D, H), false);
  const builder = new PlanBuilder(memory, 'W2');
  const x = builder.tensor('x', [T, B, D]);
  lstm(builder, 'lstm', { tokens: x }, lstmWeights(arena, 'lstm'));
  const plan = builder.build();
  await start(gpu, memory, plan, arena);
  upload(gpu, x, normals(99, T * B * D));
  const run = (count: number) => plan.run(gpu, count);
  return { step: () => run(1), steps: run, finish: finish(gpu) };
}

function autoencoderParameters(D: number, H: number, Z: number): ParameterSpec[] {
  return [
    ...lstmParameters('encoder', D, H),
    ...linearParameters('latent', 'model', 2 * H, Z), // of [last hidden ; mean of hidden]
    ...linearParameters('token', 'model', Z, D),
    ...lstmParameters('decoder', D, H),
    ...linearParameters('head', 'model', H, 2 * D),
  ];
}

async function autoencoder(gpu: Gpu, { name, B, T, D, H, Z }: Workload): Promise<Program> {
  const memory = new Memory();
  const arena = new ParameterArena(memory, autoencoderParameters(D, H, Z), true);
  const builder = new PlanBuilder(memory, name, true);
  const input = (label: string, ...shape: number[]) => builder.tensor(label, shape);
  const [x, mask, clock, schedule] = [
    input('x', T, B, D),
    input('mask', T, B, D),
    input('clock', 4),
    input('schedule', 64, 4),
  ];
  const [clip, log, weights] = [input('clip', 4), input('log', 64, 8), input('weights', 1, 2)];
  clockAdvance(builder, clock);
  const hidden = lstm(builder, 'encoder', { tokens: x }, lstmWeights(arena, 'encoder'));
  const pooled = builder.tensor('pooled', [B, 2 * H], true);
  poolForward(builder, { hidden, mask, y: pooled });
  builder.onBackward(() => {
    const dY = builder.gradient(pooled);
    const dHidden = dY && builder.gradientTarget(hidden);
    if (dHidden) poolBackward(builder, { dY, mask, dHidden: dHidden.tensor });
  });
  const z = linear(builder, 'latent', pooled, linearWeights(arena, 'latent'));
  const first = linear(builder, 'token', z, linearWeights(arena, 'token'));
  const decoded = lstm(builder, 'decoder', { first, rest: x.prefix(T - 1) }, lstmWeights(arena, 'decoder'));
  const head = linear(builder, 'head', decoded, linearWeights(arena, 'head'));
  const likelihoodShape = {
    likelihood: 'gaussian',
    featureSize: D,
    components: 1,
    sigma: { logSigmaLow: -3, logSigmaRange: 4 },
  };
  const terms = logLikelihood(builder, likelihoodShape, { head, x, mask });
  const reference = builder.tensor('reference', [T, B]);
  standardLogDensity(builder, { x, mask, reference });
  const loss = builder.tensor('loss', [B]);
  const target = builder.gradientTarget(terms) as { tensor: Tensor };
  const timestep = builder.tensor('timestep', [B]);
  stableObjective(
    builder,
    { logLikelihood: terms, reference, mask, timestep, weights, loss, dLogLikelihood: target.tensor },
    { series: B, lambda: 0, penalty: 'hinge' },
  );
  builder.backward();
  const partial = builder.tensor('squares', [2, squareSumSlices]);
  const range = arena.range('model');
  const optimiser = {
    gradients: arena.gradients as Tensor,
    moment1: arena.moment1 as Tensor,
    moment2: arena.moment2 as Tensor,
    parameters: arena.values,
  };
  squareSum(builder, { values: optimiser.gradients, partial }, { ...range, slot: 0 });
  stepReport(
    builder,
    {
      clock,
      likelihoodLoss: loss,
      klLoss: builder.tensor('no kl', [B]),
      klWeights: builder.tensor('no kl weights', [64]),
      denoiserLoss: builder.none,
      partial,
      clip,
      log,
    },
    { series: B, rows: B, lambda: 0, limit: 1e9, divergence: 1e9, modelTrains: true },
  );
  adam(builder, { clock, schedule, clip, ...optimiser }, { ...range, group: 0 });
  const plan = builder.build();
  const readback = new Readback(memory, name, 1 << 16);
  await start(gpu, memory, plan, arena);
  upload(gpu, x, normals(99, T * B * D));
  upload(gpu, mask, new Float32Array(T * B * D).fill(1));
  upload(gpu, weights, Float32Array.of(1, 0));
  const row = (s: number) => [1e-3, 0, 1 - 0.9 ** (s + 1), 1 - 0.999 ** (s + 1)];
  upload(gpu, schedule, Float32Array.from(Array.from({ length: 64 }, (_, s) => row(s)).flat()));
  const run = (count: number) => {
    upload(gpu, clock, Uint32Array.of(0xffffffff, 0, 0, 0)); // the tables hold one round
    plan.run(gpu, count);
  };
  return {
    step: () => run(1),
    steps: run,
    finish: finish(gpu),
    loss: async () => (await readback.read(gpu, loss)).reduce((sum, value) => sum + value, 0) / B,
  };
}

async function reverseDiffusion(gpu: Gpu, { B, T, H, Z }: Workload): Promise<Program> {
  const memory = new Memory();
  const layer = (name: string, inSize: number, outSize: number) =>
    linearParameters(name, 'model', inSize, outSize);
  const arena = new ParameterArena(
    memory,
    [...layer('0', Z, H), ...layer('1', H, H), ...layer('2', H, Z)],
    false,
  );
  const builder = new PlanBuilder(memory, 'W5');
  const steps = ddpmSteps(
    createSchedule({ numTimesteps: T, schedule: 'linear', betaStart: 1e-4, betaEnd: 0.02 }),
  );
  const [clock, coefficients, z] = [
    builder.tensor('clock', [4]),
    builder.tensor('table', [T, 4]),
    builder.tensor('z', [B, Z]),
  ];
  clockAdvance(builder, clock);
  const a = linear(builder, 'a', z, linearWeights(arena, '0'), { silu: true });
  const b = linear(builder, 'b', a, linearWeights(arena, '1'), { silu: true });
  const epsilonHat = linear(builder, 'epsilonHat', b, linearWeights(arena, '2'));
  const noise = builder.tensor('noise', [B, Z]);
  fillNormal(builder, { clock, seed: 1 }, 0, noise);
  diffusionStep(builder, { clock, coefficients, epsilonHat, noise, z });
  const plan = builder.build();
  await start(gpu, memory, plan, arena);
  upload(
    gpu,
    coefficients,
    Float32Array.from(steps.flatMap(({ a: scale, b: slope, s }) => [scale, slope, s, 0])),
  );
  return {
    step: () => {
      upload(gpu, z, normals(98, B * Z));
      upload(gpu, clock, Uint32Array.of(0xffffffff, 0, 0, 0));
      for (let done = 0; done < T; done += 50) plan.run(gpu, 50);
    },
    finish: finish(gpu),
  };
}
