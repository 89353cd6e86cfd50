import { median } from './workloads.ts';

/** Milliseconds on the clock, and of all this process's threads: on a software adapter the latter is the work. */
export interface Cost {
  wall: number;
  cpu: number;
}

/** What `work` costs, which does something `times` times. */
export async function costOf(work: () => unknown, times = 1): Promise<Cost> {
  const [start, usage] = [performance.now(), process.cpuUsage()];
  await work();
  const wall = (performance.now() - start) / times;
  const { user, system } = process.cpuUsage(usage);
  return { wall, cpu: (user + system) / 1000 / times };
}

export const medianCost = (costs: readonly Cost[]): Cost => ({
  wall: median(costs.map(({ wall }) => wall)),
  cpu: median(costs.map(({ cpu }) => cpu)),
});
