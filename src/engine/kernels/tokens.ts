import observationStepSource from '../../../shaders/observation_step.wgsl?raw';
import pathSource from '../../../shaders/token_path.wgsl?raw';
import sequenceSource from '../../../shaders/token_sequence_forward.wgsl?raw';
import sequencePathSource from '../../../shaders/token_sequence_path.wgsl?raw';
import stackPathSource from '../../../shaders/token_stack_path.wgsl?raw';
import stepSource from '../../../shaders/token_step.wgsl?raw';
import { defineKernel } from '../gpu/kernel.ts';
import { elementwise, type PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import type { SigmaRange } from './objective.ts';

const onPath = () => pathSource;

const sequenceKernel = defineKernel('token_sequence_forward', sequenceSource);
const sequencePathKernel = defineKernel('token_sequence_path', sequencePathSource, onPath);
const stackPathKernel = defineKernel('token_stack_path', stackPathSource, onPath);
const stepKernel = defineKernel('token_step', stepSource);
const observationStepKernel = defineKernel('observation_step', observationStepSource);

/**
 * y [T, rows, H] = tokens plus position [T, H]: `first` [rows, H], then `rest` [.., restRows, H], where row r reads row
 * r mod restRows.
 * @param restShift 0: `rest` starts at position 1. 1: it starts at position 0 too.
 */
export function tokenSequenceForward(
  builder: PlanBuilder,
  tensors: { first: Tensor; rest: Tensor; position: Tensor; y: Tensor },
  restShift: 0 | 1,
): void {
  const [, rows, width] = tensors.y.shape as [number, number, number];
  const count = tensors.y.size;
  builder.dispatch(sequenceKernel, {
    tensors,
    params: { count, rows, restRows: tensors.rest.dim(1), restShift, width },
    workgroups: elementwise(count),
  });
}

/**
 * The sequence at points of the dependence's path, [T, nodes * series, H], with the tangents of its three directions.
 * `latent` [2 or 4, nodes * series, H]: z's token and its tangent there, and the same of what z adds everywhere.
 */
export function tokenSequencePath(
  builder: PlanBuilder,
  tensors: Record<'latent' | 'rest' | 'position' | 'path' | 'x' | 'tFirst' | 'tSecond' | 'tLocal', Tensor>,
): void {
  const [, series, width] = tensors.rest.shape as [number, number, number];
  const count = tensors.x.size;
  builder.dispatch(sequencePathKernel, {
    tensors,
    params: { count, nodes: tensors.path.size - 4, series, width },
    constants: { SKIP: tensors.latent.dim(0) === 4 ? 1 : 0 },
    workgroups: elementwise(count),
  });
}

/** The same in one tensor [4, T, nodes * series, width], without positions: the sequence, then its three directions. */
export function tokenStackPath(
  builder: PlanBuilder,
  tensors: Record<'latent' | 'rest' | 'path' | 'tokens', Tensor>,
): void {
  const [, series, width] = tensors.rest.shape as [number, number, number];
  const count = tensors.tokens.size / 4;
  builder.dispatch(stackPathKernel, {
    tensors,
    params: { count, nodes: tensors.path.size - 4, series, width },
    constants: { SKIP: tensors.latent.dim(0) === 4 ? 1 : 0 },
    workgroups: elementwise(count),
  });
}

/** y [rows, H]: the token of the clock's position, from z (`first` [rows, H]) or from the value fed back [rows, D]. */
export function tokenStep(
  builder: PlanBuilder,
  tensors: Record<'clock' | 'first' | 'weight' | 'fed' | 'position' | 'y', Tensor>,
): void {
  const { y, fed } = tensors;
  builder.dispatch(stepKernel, {
    tensors,
    params: { count: y.size, width: y.dim(1), features: fed.dim(1) },
    workgroups: elementwise(y.size),
  });
}

/**
 * Position t of x [T, rows, D] from the head [rows, 2D] and noise [T, rows, D]; clock u32 [4] holds t, whether noise is
 * added, and whether it is fed back. What is fed back is left in `fed` [rows, D].
 */
export function observationStep(
  builder: PlanBuilder,
  tensors: Record<'clock' | 'head' | 'noise' | 'x' | 'fed', Tensor>,
  sigma: SigmaRange,
): void {
  const [rows, features] = tensors.fed.shape as [number, number];
  builder.dispatch(observationStepKernel, {
    tensors,
    params: { rows, features, ...sigma },
    workgroups: elementwise(rows * features),
  });
}
