import { median } from './workloads.ts';

/** Milliseconds on the clock, and of all this process's threads: on a software adapter the latter is the work. */
export interface Cost {
  wall: number;
  cpu: number;
}

/** Milliseconds that a round should last, so that waiting for the device and the clock's own grain are a small part of it. */
const roundLength = 100;
/** Steps of a round: so many fit into the tables of a training step. */
const [fewestSteps, mostSteps] = [4, 64];

/** How many steps a round is of, where one takes so many milliseconds. */
export const stepsOfRound = (milliseconds: number): number =>
  Math.max(fewestSteps, Math.min(mostSteps, Math.ceil(roundLength / milliseconds)));

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
