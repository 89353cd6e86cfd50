import backwardKeySource from '../../../shaders/attention_backward_key.wgsl?raw';
import backwardQuerySource from '../../../shaders/attention_backward_query.wgsl?raw';
import forwardSource from '../../../shaders/attention_forward.wgsl?raw';
import keysSource from '../../../shaders/attention_keys.wgsl?raw';
import positionsSource from '../../../shaders/attention_positions.wgsl?raw';
import stepSource from '../../../shaders/attention_step.wgsl?raw';
import tangentSource from '../../../shaders/attention_tangent.wgsl?raw';
import validSource from '../../../shaders/valid_positions.wgsl?raw';
import { lanesTaken } from '../gpu/device.ts';
import { defineKernel, type Prelude } from '../gpu/kernel.ts';
import { elementwise, type PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { observed } from './observed.ts';
import { spread } from './spread.ts';

/** `spread`, what the passes over all positions have in common, and how many threads hand positions round: LANES. */
const passes: Prelude = (gpu) => {
  const lanes = gpu.subgroups ? Math.min(gpu.subgroupSize, lanesTaken) : 1;
  return `${spread(gpu)}const LANES = ${lanes}u;\n${positionsSource}`;
};

/** The same for passes by query: which keys each sees. */
const passesByQuery: Prelude = (gpu) => passes(gpu) + keysSource;

const forwardKernel = defineKernel('attention_forward', forwardSource, passesByQuery);
const backwardQueryKernel = defineKernel('attention_backward_query', backwardQuerySource, passesByQuery);
const backwardKeyKernel = defineKernel('attention_backward_key', backwardKeySource, passes);
const tangentKernel = defineKernel('attention_tangent', tangentSource, passes);
const stepKernel = defineKernel('attention_step', stepSource);
const validKernel = defineKernel('valid_positions', validSource, observed);

/** Positions that a workgroup owns at least and at most, and four-column sums that its memory holds: 16 KiB. */
const [fewestPositions, mostPositions, mostSums] = [8, 64, 1024];
/** attention_step: threads of a workgroup, about, and the shader's `tileSize`. */
const [stepThreads, stepTile] = [64, 16];

/** Which keys a query sees: those up to itself, or all the valid ones, `valid` [T, rows]. */
export type AttentionScope = { causal: true } | { causal: false; valid: Tensor };

/** The tensors of a pass over the whole sequence. */
export interface AttentionTensors {
  /** [T, rows, 3H]: q, k and v of all heads side by side. */
  qkv: Tensor;
  /** [T, rows, H] */
  output: Tensor;
  /** log sum over keys of exp(score), [T, rows, heads]. */
  logSumExp: Tensor;
}

/** @param sums four-column sums a thread keeps for each block of columns */
function sizes({ output, logSumExp }: Pick<AttentionTensors, 'output' | 'logSumExp'>, sums: 1 | 2 = 1) {
  const [seqLen, rows, heads] = logSumExp.shape as [number, number, number];
  const blocks = output.dim(2) / heads / 4;
  if (!Number.isInteger(blocks)) throw new Error(`attention: ${output} is no ${heads} heads of 4n columns`);
  // A multiple of the positions that are handed round at a time, so that there are as many threads to read them.
  const octets = Math.min(
    Math.ceil(seqLen / fewestPositions),
    Math.floor(mostSums / (sums * blocks) / fewestPositions),
  );
  const owned = Math.min(octets * fewestPositions, mostPositions);
  if (owned === 0) throw new Error(`attention: ${output} has heads too wide for the memory of a workgroup`);
  return {
    params: { seqLen, rows, heads, blocks, scale: 1 / Math.sqrt(4 * blocks) },
    constants: { BLOCKS: blocks, OWNED: owned },
    workgroups: [Math.ceil(seqLen / owned), heads, rows] as const,
  };
}

function scopeOf(builder: PlanBuilder, scope: AttentionScope) {
  return {
    valid: scope.causal ? builder.none : scope.valid,
    constants: { CAUSAL: Number(scope.causal), MASKED: Number(!scope.causal) },
  };
}

/** Multi-head attention of all positions: `output` and `logSumExp` from `qkv`. */
export function attentionForward(
  builder: PlanBuilder,
  tensors: AttentionTensors,
  scope: AttentionScope,
): void {
  const { params, constants, workgroups } = sizes(tensors);
  const { valid, constants: which } = scopeOf(builder, scope);
  builder.dispatch(forwardKernel, {
    tensors: { ...tensors, valid },
    params,
    constants: { ...constants, ...which },
    workgroups,
  });
}

/** dQkv [T, rows, 3H], stored, from dOutput; `inner` [T, rows, heads] is scratch. Two dispatches: by query, then by key. */
export function attentionBackward(
  builder: PlanBuilder,
  tensors: AttentionTensors & { dOutput: Tensor; inner: Tensor; dQkv: Tensor },
  scope: AttentionScope,
): void {
  const { params, constants, workgroups } = sizes(tensors);
  const { valid, constants: which } = scopeOf(builder, scope);
  builder.dispatch(backwardQueryKernel, {
    tensors: { ...tensors, valid },
    params,
    constants: { ...constants, ...which },
    workgroups,
  });
  const { output: _, ...others } = tensors;
  const byKey = sizes(tensors, 2);
  builder.dispatch(backwardKeyKernel, {
    tensors: { ...others, valid },
    params,
    constants: { ...byKey.constants, ...which },
    workgroups: byKey.workgroups,
  });
}

/**
 * The tangent tOutput [T, rows, H] of causal attention in the direction tQkv [T, rows, 3H].
 * @param local each position's tangent enters that position alone
 */
export function attentionTangent(
  builder: PlanBuilder,
  tensors: AttentionTensors & { tQkv: Tensor; tOutput: Tensor },
  local: boolean,
): void {
  const { params, constants, workgroups } = sizes(tensors);
  builder.dispatch(tangentKernel, {
    tensors: { ...tensors },
    params,
    constants: { ...constants, LOCAL: Number(local) },
    workgroups,
  });
}

/** Attention of the clock's one position: qkv [rows, 3H], output [rows, H]; cache [T, rows, 2H] takes its key and value. */
export function attentionStep(
  builder: PlanBuilder,
  tensors: { clock: Tensor; qkv: Tensor; cache: Tensor; output: Tensor },
  heads: number,
): void {
  const [rows, hiddenSize] = tensors.output.shape as [number, number];
  const blocks = hiddenSize / heads / 4;
  const owned = Math.min(rows, Math.max(1, Math.floor(stepThreads / blocks)));
  builder.dispatch(stepKernel, {
    tensors,
    params: { rows, heads, blocks, tile: stepTile, scale: 1 / Math.sqrt(4 * blocks) },
    constants: { ROWS: owned, BLOCKS: blocks },
    workgroups: [Math.ceil(rows / owned), heads],
  });
}

/** valid [T, rows]: 1 where any feature of mask [T, rows, D] is observed. */
export function validPositions(builder: PlanBuilder, tensors: { mask: Tensor; valid: Tensor }): void {
  const count = tensors.valid.size;
  builder.dispatch(validKernel, {
    tensors,
    params: { count, featureSize: tensors.mask.dim(2) },
    workgroups: elementwise(count),
  });
}
