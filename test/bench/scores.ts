import type { Gpu } from '../../src/engine/gpu/device.ts';
import { GpuScores } from '../../src/engine/metrics/gpuScores.ts';
import { directionSource } from '../../src/engine/metrics/scores.ts';
import { maximumMeanDiscrepancy, slicedWasserstein2 } from '../reference/distances.ts';
import { normals } from '../reference/random.ts';
import { type Cost, costOf, medianCost } from './cost.ts';

const dimensions = 24 * 5;

/** What the distances between sets cost on the adapter and in float64 on one thread of the CPU, taken in turns. */
export async function scoreCosts(gpu: Gpu, rounds: number): Promise<void> {
  const scores = new GpuScores(gpu);
  const unit = directionSource(0, 1000)(dimensions);
  console.log(`Windows of 24 x 5 against as many; medians of ${rounds} rounds, after one\n`);
  console.log(
    '| score | windows a side | adapter, wall ms | CPU ms | float64, wall ms | CPU ms | CPU, of float64 | difference |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const count of [50, 150, 500, 1000]) {
    const [a, b] = [normals(1, count * dimensions), normals(2, count * dimensions, 1.2)];
    const rows = [
      {
        name: 'sliced Wasserstein-2',
        ours: () => scores.slicedWasserstein(a, b, dimensions, unit),
        reference: () => slicedWasserstein2(a, b, dimensions, unit),
      },
      {
        name: 'MMD',
        ours: () => scores.discrepancy(a, b, dimensions),
        reference: () => maximumMeanDiscrepancy(a, b, dimensions),
      },
    ];
    for (const { name, ours, reference } of rows) {
      const difference = Math.abs((await ours()) / reference() - 1); // and everything is compiled
      const [onGpu, onCpu]: [Cost[], Cost[]] = [[], []];
      for (let round = 0; round < rounds; round++) {
        onGpu.push(await costOf(ours));
        onCpu.push(await costOf(reference));
      }
      const [mine, theirs] = [medianCost(onGpu), medianCost(onCpu)];
      const cells = [
        ...[mine.wall, mine.cpu, theirs.wall, theirs.cpu].map((value) => value.toFixed(0)),
        (mine.cpu / theirs.cpu).toFixed(2),
        difference.toExponential(0),
      ];
      console.log(`| ${name} | ${count} | ${cells.join(' | ')} |`);
    }
  }
  await scores.destroy();
}
