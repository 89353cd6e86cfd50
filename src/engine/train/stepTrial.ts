import type { PreparedData } from '../data/types.ts';
import type { Gpu } from '../gpu/device.ts';
import type { Config } from './config.ts';
import type { StepTrial } from './protocol.ts';
import { planRun } from './runPlans.ts';
import { workOf } from './work.ts';

/** Milliseconds that are long enough to be timed by the clock of a page. */
const longEnough = 20;

/**
 * Takes a few training steps on buffers of zeros, which it then frees, to see how long one lasts on this GPU before anybody asks
 * for a run: what a kernel costs does not depend on the values. Compiles what is not compiled yet.
 * @throws GpuError when the adapter cannot hold the run
 */
export async function tryStep(gpu: Gpu, config: Config, data: PreparedData): Promise<StepTrial> {
  const { memory, joint } = planRun(config, data);
  await memory.allocate(gpu);
  try {
    await joint.compile(gpu);
    await timeOf(gpu, () => joint.run(gpu)); // which also pays for the buffers
    for (let steps = 1; ; steps *= 4) {
      const time = await timeOf(gpu, () => joint.run(gpu, steps));
      if (time >= longEnough || steps >= 64) return { time: time / steps, work: workOf(joint) };
    }
  } finally {
    memory.destroy();
  }
}

/** Milliseconds until the GPU is done with it. */
async function timeOf({ device }: Gpu, submit: () => void): Promise<number> {
  await device.queue.onSubmittedWorkDone();
  const begun = performance.now();
  submit();
  await device.queue.onSubmittedWorkDone();
  return performance.now() - begun;
}
