import { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { dependenceDelta } from '../kernels/dependence.ts';
import { addForward, transpose } from '../kernels/elementwise.ts';
import { linearBackwardInput } from '../kernels/linear.ts';
import { lstmGenerate, lstmTangent } from '../kernels/lstm.ts';
import type { Backbone, GenerationOptions } from './backbone.ts';
import { descriptions } from './descriptions.ts';
import { concatParts } from './latentPath.ts';
import { add, linear } from './linear.ts';
import { type LstmWeights, lstm, lstmParameters, lstmWeights } from './lstm.ts';
import { pool } from './pool.ts';

/** Nodes of the path in one submit: short enough that a pause is not kept waiting. */
const nodesPerSubmit = 8;

/** One recurrence over tokens of a width of their own; the encoder pools its last state and the mean of all. */
export const lstmBackbone: Backbone = {
  ...descriptions.lstm,

  tokenSize: ({ tokenSize }) => tokenSize,

  pooledSize: ({ hiddenSize }) => 2 * hiddenSize,

  encoderParameters: ({ featureSize, hiddenSize }) => lstmParameters('encoder.lstm', featureSize, hiddenSize),

  decoderParameters: ({ tokenSize, hiddenSize, forgetBias }) =>
    lstmParameters('decoder.lstm', tokenSize, hiddenSize, forgetBias),

  encode(builder, { arena }, x, mask) {
    const hidden = lstm(builder, 'encoder', { tokens: x }, lstmWeights(arena, 'encoder.lstm'));
    return pool(builder, hidden, mask, 'last and mean');
  },

  decode: (builder, { arena }, tokens) =>
    lstm(builder, 'decoder', tokens, lstmWeights(arena, 'decoder.lstm')),

  dependence(path, tangents, { arena }, { end, start, latents }) {
    const weights = lstmWeights(arena, 'decoder.lstm');
    const hidden = lstm(path, 'path end', end, weights);
    const [seqLen, series, hiddenSize] = hidden.shape as [number, number, number];
    const baseline = lstm(path, 'path start', start, weights);
    const delta = path.tensor('D', hidden.shape);
    dependenceDelta(path, { hidden, baseline, delta });
    const rest = linear(path, 'P rest', end.rest, { weight: weights.weightIh });
    const recurrence = recurrenceOf(path, weights);

    const rows = nodesPerSubmit * series;
    const points = tangents.tensor('path nodes', [4 + nodesPerSubmit]);
    const { first, everywhere } = latents(points);
    const project = (label: string, input: Tensor) =>
      linear(tangents, label, input, { weight: weights.weightIh }).reshape(2, rows, 4 * hiddenSize);
    const latent = concatParts(
      tangents,
      project('P first', first),
      everywhere && project('P skip', everywhere),
    );
    const state = tangents.tensor('tangent states', [4 * Math.ceil(rows / 4), 21, hiddenSize]);
    const products = tangents.tensor('products', [rows, seqLen, 3]);
    lstmTangent(tangents, { latent, rest, ...recurrence, path: points, delta, state, products });
    return { delta, points, products };
  },

  generator(start, { arena }, { first: token, everywhere, skipHead, valueToken, head, sigma, noise, x }) {
    const weights = lstmWeights(arena, 'decoder.lstm');
    const first = linear(start, 'first input', token, { weight: weights.weightIh });
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
  },
};

/** W_hh transposed [H, 4H], and b_ih + b_hh [4H]. */
function recurrenceOf(builder: PlanBuilder, { weightHh, biasIh, biasHh }: LstmWeights) {
  const [width, hiddenSize] = weightHh.shape as [number, number];
  const bias = builder.tensor('bias', [width]);
  addForward(builder, { a: biasIh, b: biasHh, y: bias });
  const weight = builder.tensor('W_hh^T', [hiddenSize, width]);
  transpose(builder, { x: weightHh, y: weight });
  return { weight, bias };
}
