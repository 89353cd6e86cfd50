import { napping } from '../../src/node/napping.ts';
import { type Cost, costOf, medianCost, stepsOfRound } from './cost.ts';
import type { Counters } from './counters.ts';
import type { Program, Row, Workload } from './workloads.ts';

/**
 * Times a program: the first step apart, then `repeats` rounds; medians over the rounds. A round is one step of a contestant that
 * waits within it; of one that does not, as many as a round is long.
 */
export async function measure(
  contestant: string,
  adapter: string,
  workload: Workload,
  counters: Counters,
  create: () => Promise<Program>,
  repeats: number,
): Promise<Row> {
  const start = performance.now();
  const program = await create();
  await program.step();
  await napping(program.finish());
  const firstStepSeconds = (performance.now() - start) / 1000;
  const one = await costOf(async () => {
    await program.step(); // one more, so that nothing is measured that happens once
    await napping(program.finish());
  });
  const stepsPerRound = program.steps ? stepsOfRound(one.wall) : 1;
  const costs: Cost[] = [];
  const before = { ...counters };
  for (let round = 0; round < repeats; round++) {
    costs.push(
      await costOf(async () => {
        if (program.steps) program.steps(stepsPerRound);
        else await program.step();
        await napping(program.finish());
      }, stepsPerRound),
    );
  }
  if (counters.errors.length > 0) throw new Error(counters.errors[0]);
  const steps = repeats * stepsPerRound;
  const { wall, cpu } = medianCost(costs);
  return {
    contestant,
    workload: workload.name,
    adapter,
    firstStepSeconds,
    wallMilliseconds: wall,
    cpuMilliseconds: cpu,
    dispatches: (counters.dispatches - before.dispatches) / steps,
    submits: (counters.submits - before.submits) / steps,
    peakBytes: counters.peakBytes,
    steps,
    ...(program.loss && { loss: await program.loss() }),
  };
}
