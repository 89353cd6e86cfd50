import { nodeGpu, openNodeGpu } from '../../src/node/gpu.ts';
import { instrument } from './counters.ts';
import { measure } from './measure.ts';
import { type Program, workloads } from './workloads.ts';

/** Measures one contestant on one workload and prints the row as JSON: contestant.ts NAME WORKLOAD ROUNDS. */
export async function main([name = '', workloadName = '', rounds = '3']: string[]): Promise<number> {
  const workload = workloads.find((candidate) => candidate.name === workloadName);
  if (!workload) throw new Error(`no workload '${workloadName}'`);
  const gpu = await nodeGpu();
  // Node has no navigator.gpu of its own, and before version 21 no navigator.
  Object.defineProperty(globalThis, 'navigator', { value: { gpu, userAgent: 'node' }, configurable: true });
  const counters = instrument(gpu);
  const { adapterName } = await openNodeGpu();
  const row = await measure(name, adapterName, workload, counters, () => create(), Number(rounds));
  console.log(`ROW ${JSON.stringify(row)}`);
  return 0;

  async function create(): Promise<Program> {
    if (!workload) throw new Error('unreachable');
    if (name === 'tfjs') return (await import('./tensorflow.ts')).tensorflow(workload);
    if (name === 'jaxjs') return (await import('./jaxjs.ts')).jaxjs(workload);
    return (await import('./ours.ts')).ours(await openNodeGpu(), workload);
  }
}
