import gates from '../../../shaders/gates.wgsl?raw';
import backwardSource from '../../../shaders/lstm_backward.wgsl?raw';
import backwardCoarse from '../../../shaders/lstm_backward_coarse.wgsl?raw';
import backwardFine from '../../../shaders/lstm_backward_fine.wgsl?raw';
import exchange from '../../../shaders/lstm_exchange.wgsl?raw';
import forwardSource from '../../../shaders/lstm_forward.wgsl?raw';
import forwardCoarse from '../../../shaders/lstm_forward_coarse.wgsl?raw';
import forwardFine from '../../../shaders/lstm_forward_fine.wgsl?raw';
import generateSource from '../../../shaders/lstm_generate.wgsl?raw';
import stepSource from '../../../shaders/lstm_step.wgsl?raw';
import tangentSource from '../../../shaders/lstm_tangent.wgsl?raw';
import tangentLayerSource from '../../../shaders/lstm_tangent_layer.wgsl?raw';
import { defineKernel, type Prelude } from '../gpu/kernel.ts';
import { elementwise, type PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { cut, spread, tileOf } from './spread.ts';

const recurrence = tileOf(({ recurrentRows }) => recurrentRows);

/** Workgroups for the fewest rows that one may own: a plan is recorded before its device is known. The rest find no rows. */
const recurrenceGroups = (rows: number) => [Math.ceil(rows / 4)] as const;

/** `sigmoid` and `tanhSafe` of four rows, after another prelude: directives come first. */
const gated =
  (other: Prelude): Prelude =>
  (gpu) =>
    other(gpu) + gates;

const forwardKernel = defineKernel(
  'lstm_forward',
  forwardSource,
  gated(cut(forwardCoarse, exchange + forwardFine, recurrence)),
);
const backwardKernel = defineKernel(
  'lstm_backward',
  backwardSource,
  cut(backwardCoarse, exchange + backwardFine, recurrence),
);
const tangentKernel = defineKernel('lstm_tangent', tangentSource, gated(spread));
const tangentLayerKernel = defineKernel('lstm_tangent_layer', tangentLayerSource, gated(spread));
const stepKernel = defineKernel('lstm_step', stepSource);
const generateKernel = defineKernel('lstm_generate', generateSource, () => gates);

export interface LstmForward {
  /** Pre-activations W_ih x + b_ih of position 0, [rows, 4H]. */
  first: Tensor;
  /** Those of the other positions, [positions, restRows, 4H]; row r reads row r mod restRows. */
  rest: Tensor;
  /** 0: `rest` starts at position 1. 1: it starts at position 0 too. */
  restShift: 0 | 1;
  /** W_hh transposed, [H, 4H]. */
  weight: Tensor;
  /** b_hh for all rows, [4H], or what is added at every position of each row, [biasRows, 4H]; row r reads r mod biasRows. */
  bias: Tensor;
  hidden: Tensor;
  cell: Tensor;
  gates: Tensor;
}

/** All positions in one dispatch: hidden and cell [T, rows, H], gates [T, rows, 4H] after their activations. */
export function lstmForward(builder: PlanBuilder, { restShift, ...tensors }: LstmForward): void {
  const [seqLen, rows, HIDDEN] = tensors.hidden.shape as [number, number, number];
  builder.dispatch(forwardKernel, {
    tensors,
    params: {
      seqLen,
      rows,
      restRows: tensors.rest.dim(1),
      restShift,
      biasRows: tensors.bias.size / (4 * HIDDEN),
      blocks: HIDDEN / 4,
      gateCount: 4,
      once: 1,
    },
    constants: { HIDDEN, THREADS: HIDDEN / 4 },
    workgroups: recurrenceGroups(rows),
  });
}

/** dPre [T, rows, 4H] from dHidden [T, rows, H] and what the forward pass kept. */
export function lstmBackward(
  builder: PlanBuilder,
  tensors: { dHidden: Tensor; weightHh: Tensor; cell: Tensor; gates: Tensor; dPre: Tensor },
): void {
  const [seqLen, rows, HIDDEN] = tensors.cell.shape as [number, number, number];
  builder.dispatch(backwardKernel, {
    tensors,
    params: { seqLen, rows, gateBlocks: HIDDEN, once: 1 },
    constants: { HIDDEN, THREADS: HIDDEN / 4 },
    workgroups: recurrenceGroups(rows),
  });
}

export interface LstmTangent {
  /** W_ih token_0 at every node and its tangent, no bias, [2, nodes * series, 4H]; with a skip [4, ...], the same of it. */
  latent: Tensor;
  /** W_ih token_t, no bias, [T - 1, series, 4H]. */
  rest: Tensor;
  /** W_hh transposed, [H, 4H]. */
  weight: Tensor;
  /** b_ih + b_hh, [4H]. */
  bias: Tensor;
  /** [4 + nodes]: ranges [start, end) of the positions that seed the two carried directions, then the nodes in [0, 1]. */
  path: Tensor;
  /** h_t(x) - h_t(0), [T, series, H]. */
  delta: Tensor;
  /** Scratch, [rows rounded up to 4, 21, H]. */
  state: Tensor;
  /** <D_t, tangent of h_t> for both directions and for the last input alone, [nodes * series, T, 3]. */
  products: Tensor;
}

/** Forward-mode tangents of h_t along the path from the zero baseline to the input, contracted with D_t. */
export function lstmTangent(builder: PlanBuilder, tensors: LstmTangent): void {
  const [seqLen, series, hiddenSize] = tensors.delta.shape as [number, number, number];
  const nodes = tensors.path.size - 4;
  builder.dispatch(tangentKernel, {
    tensors: { ...tensors },
    params: { seqLen, nodes, series, blocks: hiddenSize / 4, gateCount: 4 },
    constants: { THREADS: hiddenSize / 4, SKIP: tensors.latent.dim(0) === 4 ? 1 : 0 },
    workgroups: [Math.ceil((nodes * series) / 4)],
  });
}

/**
 * One layer of a stack with three tangents: hidden [4, T, rows, H] from pre [4, T, rows, 4H], W_ih times the input of the
 * layer and of each tangent; pre is overwritten. Tangents 1 and 2 are carried, 3 is local.
 * @param tensors weight [H, 4H] is W_hh transposed, bias [4H] is b_ih + b_hh, cell [3, rows, H] is scratch
 */
export function lstmTangentLayer(
  builder: PlanBuilder,
  tensors: Record<'weight' | 'bias' | 'pre' | 'cell' | 'hidden', Tensor>,
): void {
  const [, seqLen, rows, hiddenSize] = tensors.hidden.shape as [number, number, number, number];
  const blocks = hiddenSize / 4;
  builder.dispatch(tangentLayerKernel, {
    tensors,
    params: { seqLen, rows, blocks, gateCount: 4, carried: 3 },
    constants: { THREADS: blocks },
    workgroups: [Math.ceil(rows / 4)],
  });
}

/** One position: cell and hidden [rows, H] move on by the complete pre-activations [rows, 4H]. */
export function lstmStep(builder: PlanBuilder, tensors: { pre: Tensor; cell: Tensor; hidden: Tensor }): void {
  const count = tensors.hidden.size;
  builder.dispatch(stepKernel, {
    tensors,
    params: { count, hiddenSize: tensors.hidden.dim(1) },
    workgroups: elementwise(count),
  });
}

export interface LstmGenerate {
  /** W_ih W_z z, no bias, [rows, 4H]. */
  first: Tensor;
  /** W_hh transposed, [H, 4H]. */
  weight: Tensor;
  /** b_ih + b_hh, [4H], or a row for each series, [rows, 4H]. */
  bias: Tensor;
  /** W_ih W_x, [4H, D]. */
  weightInput: Tensor;
  headWeight: Tensor;
  /** [2D], or a row for each series, [rows, 2D]. */
  headBias: Tensor;
  /** Standard normals, [T, rows, D]. */
  noise: Tensor;
  /** The series, [T, rows, D]. */
  x: Tensor;
}

/** Whether {@link lstmGenerate} fits the 16 KiB of workgroup memory that every adapter has: four rows of h_t and x_t. */
export const generatesAtOnce = (hiddenSize: number, featureSize: number): boolean =>
  16 * (hiddenSize + featureSize) <= 16_384;

/** Free-running generation. Sigma is exp(low + range sigmoid(raw)); `addNoise` draws x, `feedNoise` feeds the draw back. */
export function lstmGenerate(
  builder: PlanBuilder,
  tensors: LstmGenerate,
  options: { logSigmaLow: number; logSigmaRange: number; addNoise: boolean; feedNoise: boolean },
): void {
  const [seqLen, rows, FEATURES] = tensors.x.shape as [number, number, number];
  const HIDDEN = tensors.headWeight.dim(1);
  const { logSigmaLow, logSigmaRange } = options;
  builder.dispatch(generateKernel, {
    tensors: { ...tensors },
    params: {
      seqLen,
      hiddenSize: HIDDEN,
      features: FEATURES,
      rows,
      biasRows: tensors.bias.size / (4 * HIDDEN),
      headBiasRows: tensors.headBias.size / (2 * FEATURES),
      addNoise: Number(options.addNoise),
      feedNoise: Number(options.feedNoise),
      logSigmaLow,
      logSigmaRange,
    },
    constants: { HIDDEN, FEATURES },
    workgroups: [Math.ceil(rows / 4)],
  });
}
