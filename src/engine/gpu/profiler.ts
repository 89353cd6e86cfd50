import { type Gpu, submittedWorkDone } from './device.ts';
import type { Plan } from './plan.ts';

/** Time of one dispatch of a plan, measured alone. */
export interface DispatchTime {
  kernel: string;
  index: number;
  workgroups: readonly [number, number, number];
  /** Wall milliseconds a dispatch, the mean of `repeats` in one submit. */
  milliseconds: number;
}

/**
 * Times every dispatch of a compiled plan by itself, `repeats` times in one submit after one to warm up. Values in the
 * plan's buffers change as they would in a run.
 */
export async function profile(gpu: Gpu, plan: Plan, repeats = 5): Promise<DispatchTime[]> {
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
    const start = performance.now();
    await submit(repeats);
    times.push({
      kernel: kernel.name,
      index,
      workgroups,
      milliseconds: (performance.now() - start) / repeats,
    });
  }
  return times;
}
