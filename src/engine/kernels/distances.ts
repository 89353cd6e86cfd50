import digitChoiceSource from '../../../shaders/digit_choice.wgsl?raw';
import digitCountsSource from '../../../shaders/digit_counts.wgsl?raw';
import kernelSumsSource from '../../../shaders/kernel_sums.wgsl?raw';
import mergeRunsSource from '../../../shaders/merge_runs.wgsl?raw';
import pairDistancesSource from '../../../shaders/pair_distances.wgsl?raw';
import quantileDistanceSource from '../../../shaders/quantile_distance.wgsl?raw';
import { defineKernel } from '../gpu/kernel.ts';
import type { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { spread } from './spread.ts';

const mergeRunsKernel = defineKernel('merge_runs', mergeRunsSource);
const quantileDistanceKernel = defineKernel('quantile_distance', quantileDistanceSource);
const pairDistancesKernel = defineKernel('pair_distances', pairDistancesSource, spread);
const digitCountsKernel = defineKernel('digit_counts', digitCountsSource);
const digitChoiceKernel = defineKernel('digit_choice', digitChoiceSource);
const kernelSumsKernel = defineKernel('kernel_sums', kernelSumsSource);

/** One level of a merge sort: sorted runs of `run` values in every column of input [n, columns] become runs of twice as many. */
export function mergeRuns(
  builder: PlanBuilder,
  tensors: { input: Tensor; output: Tensor },
  run: number,
): void {
  const [count, columns] = tensors.input.shape as [number, number];
  builder.dispatch(mergeRunsKernel, {
    tensors,
    params: { count, columns, run },
    workgroups: [Math.ceil(columns / 64), Math.ceil(count / (2 * run))],
  });
}

/** Values of `a` in one part of {@link quantileDistance}. */
const partSize = 64;

/** Parts of {@link quantileDistance} for `countA` values. */
export const quantileParts = (countA: number): number => Math.ceil(countA / partSize);

/**
 * distance [parts, columns], whose columns add up to W_2^2 between the samples in the columns of a [n, columns] and of
 * b [m, columns], all sorted; n m below 2^32.
 */
export function quantileDistance(
  builder: PlanBuilder,
  tensors: { a: Tensor; b: Tensor; distance: Tensor },
): void {
  const [countA, columns] = tensors.a.shape as [number, number];
  const countB = tensors.b.dim(0);
  if (countA * countB >= 2 ** 32) throw new RangeError(`samples of ${countA} and ${countB} are too large`);
  builder.dispatch(quantileDistanceKernel, {
    tensors,
    params: { countA, countB, columns },
    workgroups: [Math.ceil(columns / 64), quantileParts(countA)],
  });
}

/** distances [n, n], where i < j, = squared distances of points [n, dimensions]; dimensions a multiple of 4. */
export function pairDistances(builder: PlanBuilder, tensors: { points: Tensor; distances: Tensor }): void {
  const [count, dimensions] = tensors.points.shape as [number, number];
  if (dimensions % 4 !== 0) throw new Error(`pairDistances: ${tensors.points} is no multiple of 4 wide`);
  builder.dispatch(pairDistancesKernel, {
    tensors,
    params: { count, blocks: dimensions / 4 },
    workgroups: [Math.ceil(count / 64), Math.ceil(count / 16)],
  });
}

/** Bits that a digit of {@link selectRanks} has. */
const digitBits = 8;

/**
 * Turns searches u32 [s, 2], rows (0, rank), into rows (bits, ..): the bits of the distance that has this rank (from 0 on) among
 * the distances [n, n] of all pairs i < j; counts u32 [s, 256] must be zero and are left so.
 */
export function selectRanks(
  builder: PlanBuilder,
  { distances, searches, counts }: { distances: Tensor; searches: Tensor; counts: Tensor },
): void {
  const base = 2 ** digitBits;
  for (let shift = 32 - digitBits; shift >= 0; shift -= digitBits) {
    builder.dispatch(digitCountsKernel, {
      tensors: { distances, searches, counts },
      params: { count: distances.dim(0), shift },
      workgroups: [32, searches.dim(0)],
    });
    builder.dispatch(digitChoiceKernel, {
      tensors: { searches, counts },
      params: { searches: searches.dim(0), shift, base },
      workgroups: [Math.ceil(searches.dim(0) / 64)],
    });
  }
}

/**
 * sums [n, 2] of exp(-distance / (2 median)) over the pairs i < j of each i: with points of its own side, of which the first has
 * `countA`, and with those of the other; middle [2, 2], its first column the two middle distances.
 */
export function kernelSums(
  builder: PlanBuilder,
  tensors: { distances: Tensor; middle: Tensor; sums: Tensor },
  countA: number,
): void {
  const count = tensors.distances.dim(0);
  builder.dispatch(kernelSumsKernel, { tensors, params: { count, countA }, workgroups: [count] });
}
