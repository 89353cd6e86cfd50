import clockSource from '../../../shaders/clock_advance.wgsl?raw';
import philoxSource from '../../../shaders/philox_fill.wgsl?raw';
import { defineKernel } from '../gpu/kernel.ts';
import { elementwise, type PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';

const clockAdvanceKernel = defineKernel('clock_advance', clockSource);
const philoxKernel = defineKernel('philox_fill', philoxSource);

/** Adds one to the clock u32 [4]: the step in element 0 (start it at 0xffffffff, the first step is 0), the run in element 1. */
export function clockAdvance(builder: PlanBuilder, clock: Tensor): void {
  builder.dispatch(clockAdvanceKernel, { tensors: { clock }, workgroups: [1] });
}

/** A source of random numbers: the same seed, stream, step and run give the same numbers. */
export interface RandomSource {
  clock: Tensor;
  /** Up to 2^53. */
  seed: number;
}

/** Fills `output` with standard normals of this step. Streams tell the uses of randomness in one step apart. */
export function fillNormal(builder: PlanBuilder, source: RandomSource, stream: number, output: Tensor): void {
  fill(builder, source, output, 1, { start: 0, count: output.size, stream, low: 0, high: 0 });
}

/** Fills `count` elements of `output` (u32) from `start` on with integers uniform on {low, ..., high}, both included. */
export function fillIntegers(
  builder: PlanBuilder,
  source: RandomSource,
  output: Tensor,
  params: { start: number; count: number; stream: number; low: number; high: number },
): void {
  fill(builder, source, output, 0, params);
}

function fill(
  builder: PlanBuilder,
  { clock, seed }: RandomSource,
  output: Tensor,
  NORMAL: 0 | 1,
  params: { start: number; count: number; stream: number; low: number; high: number },
): void {
  builder.dispatch(philoxKernel, {
    tensors: { clock, output },
    params: { ...params, seedLow: seed >>> 0, seedHigh: Math.floor(seed / 2 ** 32) >>> 0 },
    constants: { NORMAL },
    workgroups: elementwise(Math.ceil(params.count / 4)),
  });
}
