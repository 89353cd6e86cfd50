import { PlanBuilder } from '../gpu/planBuilder.ts';
import { linearBackwardInput, linearForward } from '../kernels/linear.ts';
import { lstmGenerate, lstmStep } from '../kernels/lstm.ts';
import { tokenStep } from '../kernels/tokens.ts';
import type { DecoderEnds, GenerationOptions, Generator } from './backbone.ts';
import { add, linear } from './linear.ts';
import type { LstmWeights } from './lstm.ts';
import { recurrenceOf } from './lstmDependence.ts';
import { positionGenerator } from './positionGenerator.ts';

/** One layer: all positions in one dispatch, a plan for each way of feeding back. */
export function layerGenerator(start: PlanBuilder, ends: DecoderEnds, weights: LstmWeights): Generator {
  const { everywhere, skipHead, valueToken, head, sigma, noise, x } = ends;
  const first = linear(start, 'first input', ends.first, { weight: weights.weightIh });
  // W_ih W_x, so that a fed-back value needs one product and not two.
  const weightInput = start.tensor('W_ih W_x', [weights.weightIh.dim(0), valueToken.dim(1)]);
  linearBackwardInput(start, weights.weightIh, valueToken, { tensor: weightInput, accumulate: 0 });
  const { weight, bias: shared } = recurrenceOf(start, weights);
  // What z adds at every position is a bias of its series, in the recurrence and in the head.
  const bias = everywhere
    ? linear(start, 'bias of each series', everywhere, { weight: weights.weightIh, bias: shared })
    : shared;
  const headBias = skipHead ? add(start, 'head bias of each series', skipHead, head.bias) : head.bias;
  const tensors = { first, weight, bias, weightInput, headWeight: head.weight, headBias, noise, x };
  const plan = (options: GenerationOptions) => {
    const builder = new PlanBuilder(start.memory, 'generate');
    lstmGenerate(builder, tensors, { ...sigma, ...options });
    return builder.build();
  };
  const sample = plan({ addNoise: true, feedNoise: true });
  const notFedBack = plan({ addNoise: true, feedNoise: false });
  const mean = plan({ addNoise: false, feedNoise: false });
  return {
    plans: [sample, notFedBack, mean],
    async run(gpu, { addNoise, feedNoise }) {
      if (addNoise) (feedNoise ? sample : notFedBack).run(gpu);
      else mean.run(gpu);
    },
  };
}

/** A stack, or a layer whose positions are not drawn feature by feature: one position at a time through all layers. */
export function stackGenerator(
  start: PlanBuilder,
  ends: DecoderEnds,
  layers: readonly LstmWeights[],
): Generator {
  const [seqLen, rows] = ends.x.shape as [number, number, number];
  return positionGenerator(start.memory, ends, (builder, clock, fed) => {
    const width = ends.first.dim(1);
    let input = builder.tensor('token', [rows, width]);
    const position = builder.tensor('no positions', [seqLen, width]);
    tokenStep(builder, { clock, first: ends.first, weight: ends.valueToken, fed, position, y: input });
    if (ends.everywhere) input = add(builder, 'token with skip', input, ends.everywhere);
    const states = layers.map(({ weightIh, weightHh, biasIh, biasHh }, k) => {
      const [gates, hiddenSize] = weightHh.shape as [number, number];
      const fromInput = builder.tensor(`layer ${k} from its input`, [rows, gates]);
      const pre = builder.tensor(`layer ${k} pre-activations`, [rows, gates]);
      const cell = builder.tensor(`layer ${k} cell`, [rows, hiddenSize]);
      const hidden = builder.tensor(`layer ${k} hidden`, [rows, hiddenSize]);
      linearForward(builder, { x: input, weight: weightIh, bias: biasIh, y: fromInput });
      linearForward(builder, { x: hidden, weight: weightHh, bias: biasHh, residual: fromInput, y: pre });
      lstmStep(builder, { pre, cell, hidden });
      input = hidden;
      return [cell, hidden];
    });
    return { hidden: input, cleared: states.flat() };
  });
}
