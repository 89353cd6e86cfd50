import type { Gpu } from '../gpu/device.ts';
import { Memory } from '../gpu/memory.ts';
import type { Plan } from '../gpu/plan.ts';
import { PlanBuilder } from '../gpu/planBuilder.ts';
import { Readback } from '../gpu/readback.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { upload } from '../gpu/upload.ts';
import { mergeRuns, quantileDistance, quantileParts } from '../kernels/distances.ts';
import { linearForward } from '../kernels/linear.ts';
import { BySize } from './bySize.ts';
import type { Between } from './types.ts';

/** Points, row-major: [.., dimensions]. */
export type Points = Float32Array | Float64Array;

/** Directions of one submit: it lasts some tens of ms on a software adapter, and its projections take little memory. */
const blockSize = 128;

/** What is planned for two sets of one size and some directions. */
interface Projections {
  memory: Memory;
  plan: Plan;
  readback: Readback;
  /** [n, dimensions] and [m, dimensions] */
  points: [Tensor, Tensor];
  /** [block, dimensions] */
  directions: Tensor;
  /** [parts, block]: W_2^2 of the projections on each direction, in parts to be added. */
  distance: Tensor;
}

/**
 * Sliced Wasserstein-2 (Rabin et al. 2011; Bonneel et al. 2015): the root of the mean, over directions, of W_2^2 between the
 * projections. Sets of unequal size are compared exactly. Projections are one product, then every direction's are sorted.
 */
export class SlicedDistance {
  readonly #gpu: Gpu;
  readonly #plans = new BySize<Projections>(({ memory }) => memory.destroy());

  constructor(gpu: Gpu) {
    this.#gpu = gpu;
  }

  /** @param a points [n, dimensions] @param b points [m, dimensions] @param directions unit vectors [.., dimensions] */
  async between(
    a: Points,
    b: Points,
    dimensions: number,
    directions: Float64Array,
    pause?: Between,
  ): Promise<number> {
    const gpu = this.#gpu;
    const planned = await this.#planned(a.length, b.length, dimensions, directions.length / dimensions);
    const { plan, readback, points, distance } = planned;
    const width = distance.dim(1);
    upload(gpu, points[0], Float32Array.from(a));
    upload(gpu, points[1], Float32Array.from(b));
    const count = directions.length / dimensions;
    let sum = 0;
    for (let done = 0; done < count; done += width) {
      await pause?.();
      const now = Math.min(width, count - done);
      const block = directions.subarray(done * dimensions, (done + now) * dimensions);
      upload(gpu, planned.directions, Float32Array.from(block));
      plan.run(gpu);
      const parts = await readback.read(gpu, distance);
      sum += parts.reduce((total, part, i) => (i % width < now ? total + part : total), 0);
    }
    return Math.sqrt(sum / count);
  }

  destroy(): Promise<void> {
    return this.#plans.destroy();
  }

  #planned(sizeA: number, sizeB: number, dimensions: number, count: number): Promise<Projections> {
    const shape = [sizeA / dimensions, sizeB / dimensions, dimensions, Math.min(blockSize, count)] as const;
    return this.#plans.get(shape, () => planProjections(this.#gpu, ...shape));
  }
}

async function planProjections(
  gpu: Gpu,
  countA: number,
  countB: number,
  dimensions: number,
  block: number,
): Promise<Projections> {
  const memory = new Memory();
  const builder = new PlanBuilder(memory, 'sliced Wasserstein');
  const points: [Tensor, Tensor] = [
    builder.tensor('points a', [countA, dimensions]),
    builder.tensor('points b', [countB, dimensions]),
  ];
  const directions = builder.tensor('directions', [block, dimensions]);
  const sorted = (x: Tensor) => {
    const count = x.dim(0);
    let input = builder.tensor(`${x.label} projected`, [count, block]);
    let output = builder.tensor(`${x.label} merged`, [count, block]);
    linearForward(builder, { x, weight: directions, y: input });
    for (let run = 1; run < count; run *= 2) {
      mergeRuns(builder, { input, output }, run);
      [input, output] = [output, input];
    }
    return input;
  };
  const distance = builder.tensor('distance', [quantileParts(countA), block]);
  quantileDistance(builder, { a: sorted(points[0]), b: sorted(points[1]), distance });
  const readback = new Readback(memory, builder.label, distance.bytes, 1);
  const plan = builder.build();
  await memory.allocateFor(gpu, async () => {
    await plan.compile(gpu);
  });
  return { memory, plan, readback, points, directions, distance };
}
