import type { Gpu } from '../gpu/device.ts';
import { Memory } from '../gpu/memory.ts';
import type { Plan } from '../gpu/plan.ts';
import { PlanBuilder } from '../gpu/planBuilder.ts';
import { Readback } from '../gpu/readback.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { upload } from '../gpu/upload.ts';
import { kernelSums, pairDistances, selectRanks } from '../kernels/distances.ts';
import { BySize } from './bySize.ts';
import type { Points } from './slicedDistance.ts';

/** What is planned for two sets of one size. */
interface Pairs {
  memory: Memory;
  plan: Plan;
  readback: Readback;
  /** [n + m, dimensions up to a multiple of 4] */
  points: Tensor;
  /** u32 [2, 2]: the search for each of the two middle distances. */
  searches: Tensor;
  /** [n + m, 2]: of each point the kernel with the later ones of its own set, and with those of the other. */
  sums: Tensor;
}

/**
 * Maximum mean discrepancy under k(x, y) = exp(-|x - y|^2 / (2 s^2)), s the median distance between two different points of both
 * sets together (Gretton et al. 2012, the biased estimate, which is never below 0). Of every pair there is one distance; the
 * median is found by its digits, and each point's sum is taken on the GPU.
 */
export class Discrepancy {
  readonly #gpu: Gpu;
  readonly #plans = new BySize<Pairs>(({ memory }) => memory.destroy());

  constructor(gpu: Gpu) {
    this.#gpu = gpu;
  }

  /** @param a points [n, dimensions] @param b points [m, dimensions] */
  async between(a: Points, b: Points, dimensions: number): Promise<number> {
    const gpu = this.#gpu;
    const [n, m] = [a.length / dimensions, b.length / dimensions];
    const { plan, readback, points, searches, sums } = await this.#planned(n, m, dimensions);
    upload(gpu, points, padded([a, b], dimensions, points.dim(1)));
    const last = ((n + m) * (n + m - 1)) / 2 - 1;
    upload(gpu, searches, Uint32Array.of(0, Math.floor(last / 2), 0, Math.ceil(last / 2)));
    plan.run(gpu);
    const read = await readback.read(gpu, sums);
    // In float64: the discrepancy is what is left of sums that nearly cancel.
    let [withinA, withinB, across] = [0, 0, 0];
    for (let i = 0; i < n + m; i++) {
      if (i < n) withinA += read[2 * i] as number;
      else withinB += read[2 * i] as number;
      across += read[2 * i + 1] as number;
    }
    const meanWithin = (count: number, pairs: number) => (count + 2 * pairs) / count ** 2; // k(x, x) = 1
    return Math.sqrt(Math.max(0, meanWithin(n, withinA) + meanWithin(m, withinB) - (2 * across) / (n * m)));
  }

  destroy(): Promise<void> {
    return this.#plans.destroy();
  }

  #planned(countA: number, countB: number, dimensions: number): Promise<Pairs> {
    const shape = [countA, countB, dimensions] as const;
    return this.#plans.get(shape, () => planPairs(this.#gpu, ...shape));
  }
}

async function planPairs(gpu: Gpu, countA: number, countB: number, dimensions: number): Promise<Pairs> {
  const memory = new Memory();
  const builder = new PlanBuilder(memory, 'maximum mean discrepancy');
  const count = countA + countB;
  const points = builder.tensor('points', [count, 4 * Math.ceil(dimensions / 4)]);
  const distances = builder.tensor('distances', [count, count]);
  pairDistances(builder, { points, distances });
  const searches = builder.tensor('searches', [2, 2]);
  selectRanks(builder, { distances, searches, counts: builder.tensor('counts', [2, 256]) });
  const sums = builder.tensor('sums', [count, 2]);
  kernelSums(builder, { distances, middle: searches, sums }, countA);
  const readback = new Readback(memory, builder.label, sums.bytes, 1);
  const plan = builder.build();
  await memory.allocateFor(gpu, async () => {
    await plan.compile(gpu);
  });
  return { memory, plan, readback, points, searches, sums };
}

/** Points of both sets under each other, each with zeros up to `width`. */
function padded(sets: readonly Points[], dimensions: number, width: number): Float32Array {
  const rows = sets.reduce((sum, set) => sum + set.length / dimensions, 0);
  const result = new Float32Array(rows * width);
  let at = 0;
  for (const set of sets) {
    for (let start = 0; start < set.length; start += dimensions, at += width)
      result.set(set.subarray(start, start + dimensions), at);
  }
  return result;
}
