import { napping } from '../../src/node/napping.ts';
import type { Counters } from './counters.ts';
import { median, type Program, type Row, type Workload } from './workloads.ts';

/** Times a program: the first step apart, then `repeats` rounds of `stepsPerRound`; medians over the rounds. */
export async function measure(
  contestant: string,
  adapter: string,
  workload: Workload,
  counters: Counters,
  create: () => Promise<Program>,
  { repeats, stepsPerRound }: { repeats: number; stepsPerRound: number },
): Promise<Row> {
  const start = performance.now();
  const program = await create();
  await program.step();
  await napping(program.finish());
  const firstStepSeconds = (performance.now() - start) / 1000;
  await program.step(); // one more, so that nothing is measured that happens once
  await napping(program.finish());
  const wall: number[] = [];
  const cpu: number[] = [];
  const before = { ...counters };
  for (let round = 0; round < repeats; round++) {
    const cpuStart = process.cpuUsage();
    const roundStart = performance.now();
    if (program.steps) program.steps(stepsPerRound);
    else for (let step = 0; step < stepsPerRound; step++) await program.step();
    await napping(program.finish());
    wall.push((performance.now() - roundStart) / stepsPerRound);
    const { user, system } = process.cpuUsage(cpuStart);
    cpu.push((user + system) / 1000 / stepsPerRound);
  }
  if (counters.errors.length > 0) throw new Error(counters.errors[0]);
  const steps = repeats * stepsPerRound;
  return {
    contestant,
    workload: workload.name,
    adapter,
    firstStepSeconds,
    wallMilliseconds: median(wall),
    cpuMilliseconds: median(cpu),
    dispatches: (counters.dispatches - before.dispatches) / steps,
    submits: (counters.submits - before.submits) / steps,
    peakBytes: counters.peakBytes,
    steps,
    ...(program.loss && { loss: await program.loss() }),
  };
}
