import { generate } from '../../src/engine/data/generators.ts';
import { prepare } from '../../src/engine/data/windows.ts';
import { closeGpu, type Gpu, reopening } from '../../src/engine/gpu/device.ts';
import { parseConfig } from '../../src/engine/train/config.ts';
import { type LastingEvent, LastingRun } from '../../src/engine/train/lastingRun.ts';
import { checkpointInterval } from '../../src/engine/train/recovery.ts';
import { openNodeGpu } from '../../src/node/gpu.ts';

const config = parseConfig({
  data: { window: 8, stride: 8 },
  model: { hiddenSize: 8, latentSize: 4, tokenSize: 8 },
  diffusion: { width: 16, blocks: 1, sampleSteps: 5 },
  train: { steps: 80, batchSize: 8, denoiserBatchSize: 8, warmup: 2, validations: 3 },
  evaluate: { times: 2, dependenceSeries: 4, count: 8, quadrature: 8, costly: false },
});
const data = prepare(generate('sines', { seed: 1, count: 40, seqLen: 8 }), config.data);

/** Destroys the device of a run at a random step, `count` times. @returns whether every run ended as if nothing had been */
export async function loseDevices(count: number, random: () => number): Promise<boolean> {
  const { log: expectedLog, file: expected } = await train();
  let [same, recovered, worst, sum] = [0, 0, 0, 0];
  for (let n = 0; n < count; n++) {
    const at = 1 + Math.floor(random() * (config.train.steps - 1));
    const { log, file, lostAt } = await train(at);
    const back = Number(/Going on from step (\d+) on a new device/.exec(log.join('\n'))?.[1]);
    if (!Number.isNaN(back)) recovered++;
    const repeated = lostAt - back;
    worst = Math.max(worst, repeated);
    sum += repeated;
    // What was validated twice, before the loss and after it, was said twice.
    const said = new Set(log.filter((line) => !line.includes('on a new device')));
    if (file.equals(expected) && [...said].join() === expectedLog.join()) same++;
    else console.log(`destroyed at step ${lostAt}: another end than without`);
  }
  const { steps } = checkpointInterval(config);
  console.log(
    `device.destroy() at ${count} random steps of ${config.train.steps}, checkpoints every ${steps}:`,
  );
  console.log(`recovered ${recovered}, same bits at the end ${same} of ${count};`);
  console.log(`steps trained again: ${(sum / count).toFixed(1)} on average, ${worst} at the most.`);
  return same === count && recovered === count && worst <= steps;
}

/** @param destroyAt step after which the device is destroyed */
async function train(destroyAt = Number.POSITIVE_INFINITY) {
  const opened: Gpu[] = [];
  const openGpu = reopening(async () => {
    const gpu = await openNodeGpu();
    opened.push(gpu);
    return gpu;
  });
  let lostAt = Number.NaN;
  const log: string[] = [];
  const onEvent = (event: LastingEvent) => {
    if (event.type === 'log') log.push(event.message);
    if (event.type === 'failed') throw new Error(`${event.failure.message} ${event.failure.saved}`);
  };
  const run = await LastingRun.create({ openGpu, config, data, onEvent });
  run.trainer.limitSpeed(1000); // a step a submit
  const training = run.trainer.run();
  let over = false;
  void training.finally(() => {
    over = true;
  });
  while (!over && Number.isNaN(lostAt)) {
    if (run.trainer.completedSteps >= destroyAt) {
      lostAt = run.trainer.completedSteps;
      opened[0]?.device.destroy();
    } else await new Promise(setImmediate);
  }
  await training;
  const parameters = await run.trainer.parameters();
  run.trainer.destroy();
  for (const gpu of opened) closeGpu(gpu);
  const arrays = [...parameters.values()].map((array) => Buffer.from(array.data.slice().buffer));
  return { log, file: Buffer.concat(arrays), lostAt };
}
