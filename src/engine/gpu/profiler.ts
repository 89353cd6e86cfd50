import { type Gpu, submittedWorkDone } from './device.ts';
import type { Plan } from './plan.ts';

/** Time of one dispatch of a plan, measured alone. */
export interface DispatchTime {
  kernel: string;
  index: number;
  workgroups: readonly [number, number, number];
  /** Wall milliseconds a dispatch, the mean of those in one submit. */
  milliseconds: number;
}

/** Milliseconds that a submit should last, so that waiting for its end is a small part of it, and its most dispatches. */
const [submitLength, mostRepeats] = [20, 2000];

/**
 * Times every dispatch of a compiled plan by itself, in one submit after one to warm up: five times, or as often as it takes for
 * the submit to last. Values in the plan's buffers change as they would in a run.
 */
export async function profile(gpu: Gpu, plan: Plan): Promise<DispatchTime[]> {
  const times: DispatchTime[] = [];
  for (const [index, { kernel, workgroups }] of plan.dispatches.entries()) {
    const submit = async (count: number) => {
      const encoder = gpu.device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      for (let i = 0; i < count; i++) plan.encode(pass, index, index + 1);
      pass.end();
      gpu.device.queue.submit([encoder.finish()]);
      await submittedWorkDone(gpu);
    };
    await submit(1);
    let [repeats, lasted] = [0, 0];
    do {
      const needed = repeats && Math.ceil((1.2 * repeats * submitLength) / lasted);
      repeats = Math.max(5, Math.min(mostRepeats, needed));
      const start = performance.now();
      await submit(repeats);
      lasted = performance.now() - start;
    } while (lasted < submitLength && repeats < mostRepeats);
    times.push({ kernel: kernel.name, index, workgroups, milliseconds: lasted / repeats });
  }
  return times;
}
