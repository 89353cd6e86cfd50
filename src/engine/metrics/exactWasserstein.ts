import { cheapestAssignment } from './assignment.ts';
import { squaredDistances } from './squaredDistances.ts';
import type { PlainMetric } from './types.ts';

/** Windows on each side at the most: the assignment takes seconds there, and eight times as long for twice as many. */
const mostAssigned = 1000;

/** Wasserstein-2 of two sets of as many points, a and b [n, d], by the cheapest assignment. */
export function exactWasserstein2(a: ArrayLike<number>, b: ArrayLike<number>, dimensions: number): number {
  const n = a.length / dimensions;
  const cost = squaredDistances(a, b, dimensions);
  const sum = cheapestAssignment(cost, n).reduce((total, j, i) => total + (cost[i * n + j] as number), 0);
  return Math.sqrt(sum / n);
}

/** Exact Wasserstein-2 of whole windows. In so many dimensions a blurred mean may lie nearer to data than data do: read its floor and zero. */
export const exactWasserstein: PlainMetric = {
  name: 'exactWasserstein',
  label: 'Exact Wasserstein-2',
  direction: 'lower',
  help: 'Distance between generated and real windows under the cheapest one-to-one assignment, of up to 1,000 windows a side; missing values count as 0 on both sides.',
  costly: true,
  score(generated, real) {
    const dimensions = real.seqLen * real.featureSize;
    const size = Math.min(generated.count, real.count, mostAssigned) * dimensions;
    return exactWasserstein2(generated.values.subarray(0, size), real.values.subarray(0, size), dimensions);
  },
};
