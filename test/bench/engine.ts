import { generate } from '../../src/engine/data/generators.ts';
import { firstWindows } from '../../src/engine/data/selectWindows.ts';
import { prepare } from '../../src/engine/data/windows.ts';
import { type Gpu, submittedWorkDone } from '../../src/engine/gpu/device.ts';
import { Memory } from '../../src/engine/gpu/memory.ts';
import type { Dispatch, Plan } from '../../src/engine/gpu/plan.ts';
import { PlanBuilder } from '../../src/engine/gpu/planBuilder.ts';
import { profile } from '../../src/engine/gpu/profiler.ts';
import { upload } from '../../src/engine/gpu/upload.ts';
import { linearForward } from '../../src/engine/kernels/linear.ts';
import { methodByName } from '../../src/engine/methods/index.ts';
import { planModel } from '../../src/engine/methods/model.ts';
import { type Config, parseConfig } from '../../src/engine/train/config.ts';
import { Evaluator } from '../../src/engine/train/evaluator.ts';
import { initialParameters, loadParameters } from '../../src/engine/train/parameters.ts';
import { modelShape } from '../../src/engine/train/shape.ts';
import {
  jointStep,
  planTrainingState,
  planWindows,
  uploadConstants,
} from '../../src/engine/train/stepPlans.ts';
import { multiplyAdds } from '../../src/engine/train/work.ts';
import { nodeGpu, openNodeGpu } from '../../src/node/gpu.ts';
import { type Cost, costOf, medianCost, stepsOfRound } from './cost.ts';
import { instrument } from './counters.ts';
import { scoreCosts } from './scores.ts';
import { sizeCosts } from './sizes.ts';

type Backbone = Config['model']['backbone'];

/** What the engine's own parts cost: steps and kernels, steps against their sizes, or the scores. */
export async function main([rounds = '7', what]: string[]): Promise<number> {
  const counters = instrument(await nodeGpu());
  const gpu = await openNodeGpu({
    subgroups: what !== 'alone',
    ...(what === 'eight' && { recurrentRows: 8 }),
    ...((what === 'coarse' || what === 'fine') && { fine: what === 'fine' }),
  });
  console.log(
    `Adapter: ${gpu.adapterName}, ${gpu.subgroups ? 'with' : 'without'} subgroups, ${gpu.fine ? 'cut fine' : `${gpu.recurrentRows} rows a workgroup of the LSTM`}\n`,
  );
  if (what === 'scores') await scoreCosts(gpu, Number(rounds));
  else if (what === 'sizes') await sizeCosts(gpu, counters, Number(rounds));
  else await stepCosts(gpu, Number(rounds), what === 'transformer' ? what : 'lstm');
  return 0;
}

/** A step of each of two methods, one dependence evaluation, each kernel. */
async function stepCosts(gpu: Gpu, count: number, backbone: Backbone): Promise<void> {
  const stable = await method(gpu, 'posterior-stable', backbone);
  const plain = await method(gpu, 'latent-diffusion', backbone);
  // Taken in turns, so that whatever else the machine does falls on both alike.
  const times = { stable: [] as Cost[], plain: [] as Cost[], evaluation: [] as Cost[] };
  for (let round = 0; round < count; round++) {
    times.stable.push(await stable.step());
    times.plain.push(await plain.step());
    if (round < 3) times.evaluation.push(await stable.evaluate());
  }
  const plainStep = medianCost(times.plain);
  const report = (what: string, cost: Cost) => {
    const cells = [
      cost.wall.toFixed(2),
      cost.cpu.toFixed(2),
      (cost.wall / plainStep.wall).toFixed(2),
      (cost.cpu / plainStep.cpu).toFixed(2),
    ];
    console.log(`| ${what} | ${cells.join(' | ')} |`);
  };
  console.log(`Default sizes (${backbone}, B 64, T 24, D 5, H 64), medians of ${count} rounds\n`);
  console.log('| what | wall ms | CPU ms | wall, in steps of latent diffusion | CPU, likewise |');
  console.log('| --- | --- | --- | --- | --- |');
  report('step, latent diffusion', plainStep);
  report('step, posterior-stable', medianCost(times.stable));
  report('dependence, 64 series, 32 nodes, both curves', medianCost(times.evaluation));
  console.log();
  await kernels(gpu, stable.plan);
}

async function method(gpu: Gpu, name: string, backbone: Backbone) {
  const config: Config = parseConfig({ method: { name }, model: { backbone }, train: { batchSize: 64 } });
  const data = prepare(generate('sines', { seed: 0, count: 800 }), config.data);
  const { seqLen, featureSize } = data.train;
  const memory = new Memory();
  const chosen = methodByName(name);
  const model = planModel(memory, chosen, modelShape(config, { seqLen, featureSize }), true);
  const windows = planWindows(memory, 'training', data.train.count, seqLen, featureSize);
  const state = planTrainingState(memory, config, { trainCount: data.train.count, featureSize });
  const plan = jointStep(memory, chosen, model, config, windows, state);
  const evaluator = Evaluator.plan(memory, config, chosen, model, { latents: 16, series: 16 });
  await memory.allocate(gpu);
  await Promise.all([plan.compile(gpu), evaluator.compile(gpu)]);
  loadParameters(gpu, chosen, model, initialParameters(chosen, model, 0));
  uploadConstants(gpu, state, config);
  upload(gpu, windows.values, data.train.values);
  upload(gpu, windows.observed, data.train.mask);
  const held = firstWindows(data.train, 64);
  const run = async (steps: number) => {
    upload(gpu, state.clock, Uint32Array.of(0xffffffff, 0, 0, 0));
    plan.run(gpu, steps);
    await submittedWorkDone(gpu);
  };
  await run(2);
  const steps = stepsOfRound((await costOf(() => run(1))).wall);
  const latents = await evaluator.encode(held);
  await evaluator.dependenceCurve(held, latents, 32);
  return {
    plan,
    step: () => costOf(() => run(steps), steps),
    evaluate: () => costOf(() => evaluator.dependenceCurve(held, latents, 32)),
  };
}

/** Every kernel of a step: its time, and its rate as a share of a large product on the same adapter. */
async function kernels(gpu: Gpu, plan: Plan): Promise<void> {
  const rate = await productRate(gpu);
  const sums = new Map<string, { milliseconds: number; dispatches: number; work: number }>();
  for (const { kernel, index, milliseconds } of await profile(gpu, plan)) {
    const sum = sums.get(kernel) ?? { milliseconds: 0, dispatches: 0, work: 0 };
    sum.milliseconds += milliseconds;
    sum.dispatches += 1;
    sum.work += multiplyAdds(plan.dispatches[index] as Dispatch) ?? Number.NaN;
    sums.set(kernel, sum);
  }
  console.log(
    `A step of posterior-stable, kernel by kernel; a product of 1024 x 512 x 512 runs at ${rate.toFixed(1)} GFLOP/s\n`,
  );
  console.log('| kernel | dispatches | ms | GFLOP/s | share of the product |');
  console.log('| --- | --- | --- | --- | --- |');
  for (const [kernel, { milliseconds, dispatches, work }] of [...sums].sort(
    (x, y) => y[1].milliseconds - x[1].milliseconds,
  )) {
    const speed = (2 * work) / milliseconds / 1e6;
    const share = Number.isNaN(speed)
      ? ['', '']
      : [speed.toFixed(1), `${((100 * speed) / rate).toFixed(0)} %`];
    console.log(`| ${kernel} | ${dispatches} | ${milliseconds.toFixed(3)} | ${share.join(' | ')} |`);
  }
}

/** GFLOP/s of linear_forward at a size that fills the adapter. */
async function productRate(gpu: Gpu): Promise<number> {
  const [rows, inSize, outSize] = [1024, 512, 512];
  const memory = new Memory();
  const builder = new PlanBuilder(memory, 'product');
  const tensors = {
    x: builder.tensor('x', [rows, inSize]),
    weight: builder.tensor('weight', [outSize, inSize]),
    y: builder.tensor('y', [rows, outSize]),
  };
  linearForward(builder, tensors);
  const plan = builder.build();
  await memory.allocate(gpu);
  await plan.compile(gpu);
  const [time] = await profile(gpu, plan);
  memory.destroy();
  return (2 * rows * inSize * outSize) / (time?.milliseconds ?? Number.NaN) / 1e6;
}
