import type { ParameterArena, ParameterSpec } from '../gpu/parameterArena.ts';
import type { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { transpose } from '../kernels/elementwise.ts';
import { linearBackwardWeight } from '../kernels/linear.ts';
import { lstmBackward, lstmForward } from '../kernels/lstm.ts';
import { foldGradient, linear } from './linear.ts';

/** One layer of PyTorch's nn.LSTM; gates in the order i, f, g, o. */
export interface LstmWeights {
  weightIh: Tensor; // [4H, inSize]
  weightHh: Tensor; // [4H, H]
  biasIh: Tensor; // [4H]
  biasHh: Tensor; // [4H]
}

/**
 * Layer k is called `prefix.weight_ih_lk` and so on; from layer 1 on the input is the layer below.
 * @param forgetBias about which the forget gates' biases start; above 0 the gates start open, so that what comes first is not
 * forgotten before anything has been learnt (Gers et al. 2000; Jozefowicz et al. 2015)
 */
export function lstmParameters(
  prefix: string,
  inSize: number,
  hiddenSize: number,
  { layers = 1, forgetBias = 0 }: { layers?: number; forgetBias?: number } = {},
): ParameterSpec[] {
  const bound = 1 / Math.sqrt(hiddenSize);
  const layer = (k: number) => {
    const declare = (name: string, ...shape: number[]): ParameterSpec => ({
      name: `${prefix}.${name}_l${k}`,
      group: 'model',
      shape,
      bound,
    });
    return [
      declare('weight_ih', 4 * hiddenSize, k === 0 ? inSize : hiddenSize),
      declare('weight_hh', 4 * hiddenSize, hiddenSize),
      { ...declare('bias_ih', 4 * hiddenSize), centre: forgetBias, centred: [hiddenSize, 2 * hiddenSize] },
      declare('bias_hh', 4 * hiddenSize),
    ] satisfies ParameterSpec[];
  };
  return Array.from({ length: layers }, (_, k) => layer(k)).flat();
}

export function lstmWeights(arena: ParameterArena, prefix: string, layer = 0): LstmWeights {
  const get = (name: string) => arena.get(`${prefix}.${name}_l${layer}`);
  return {
    weightIh: get('weight_ih'),
    weightHh: get('weight_hh'),
    biasIh: get('bias_ih'),
    biasHh: get('bias_hh'),
  };
}

/** The layer's input: one sequence per row, or a first input per row before a sequence that several rows share. */
export type LstmInput =
  | { tokens: Tensor } // [T, rows, inSize]
  | {
      first: Tensor; // [rows, inSize]
      rest: Tensor; // [T - 1, series, inSize]; row r reads series r mod `series`
      everywhere?: Tensor; // [rows, inSize]: added to the row's input at every position
    };

/** Runs the layer over all positions. @returns hidden states [T, rows, H] */
export function lstm(builder: PlanBuilder, label: string, input: LstmInput, weights: LstmWeights): Tensor {
  const { weightIh, weightHh, biasIh, biasHh } = weights;
  const hiddenSize = weightHh.dim(1);
  const project = (name: string, tokens: Tensor) =>
    linear(builder, `${label} ${name}`, tokens, { weight: weightIh, bias: biasIh });
  const shared = 'first' in input;
  const first = project('first input', shared ? input.first : input.tokens);
  const rest = shared ? project('inputs', input.rest) : first;
  const seqLen = shared ? rest.dim(0) + 1 : rest.dim(0);
  const rows = shared ? first.dim(0) : first.dim(1);

  // An input that is the same at every position is a bias of its row: projected once, whatever the length.
  const everywhere = shared ? input.everywhere : undefined;
  const bias = everywhere
    ? linear(builder, `${label} input everywhere`, everywhere, { weight: weightIh, bias: biasHh })
    : biasHh;

  const weight = builder.tensor(`${label} W_hh^T`, [hiddenSize, 4 * hiddenSize]);
  const hidden = builder.tensor(`${label} hidden`, [seqLen, rows, hiddenSize], true);
  const cell = builder.tensor(`${label} cell`, [seqLen, rows, hiddenSize]);
  const gates = builder.tensor(`${label} gates`, [seqLen, rows, 4 * hiddenSize]);
  transpose(builder, { x: weightHh, y: weight });
  lstmForward(builder, { first, rest, restShift: shared ? 0 : 1, weight, bias, hidden, cell, gates });

  builder.onBackward(() => {
    const dHidden = builder.gradient(hidden);
    if (!dHidden) return;
    // With one sequence per row, dPre is the gradient of the projection itself; else it is folded onto both inputs.
    const whole = shared ? undefined : builder.gradientTarget(first);
    const dPre = whole?.tensor ?? builder.tensor(`d ${label} pre-activations`, gates.shape);
    lstmBackward(builder, { dHidden, weightHh, cell, gates, dPre });
    const dWeightHh = builder.gradientTarget(weightHh);
    const dBiasHh = everywhere ? undefined : builder.gradientTarget(biasHh);
    if (dWeightHh) linearBackwardWeight(builder, dPre, hidden, dWeightHh, dBiasHh, rows);
    if (!shared) return;
    const length = first.size;
    const width = rest.dim(1) * 4 * hiddenSize;
    if (everywhere) {
      foldGradient(builder, dPre, bias, { positions: 1, length: dPre.size, width: length, start: 0 });
    }
    foldGradient(builder, dPre, first, { positions: 1, length, width: length, start: 0 });
    foldGradient(builder, dPre, rest, { positions: seqLen - 1, length, width, start: length });
  });
  return hidden;
}

/** Layers one above the other. @returns hidden states of the last, [T, rows, H] */
export function lstmStack(
  builder: PlanBuilder,
  label: string,
  input: LstmInput,
  [first, ...others]: readonly [LstmWeights, ...LstmWeights[]],
): Tensor {
  let hidden = lstm(builder, label, input, first);
  for (const [k, weights] of others.entries()) {
    hidden = lstm(builder, `${label} layer ${k + 1}`, { tokens: hidden }, weights);
  }
  return hidden;
}
