import type { Tensor } from '../gpu/tensor.ts';
import { dependenceDelta } from '../kernels/dependence.ts';
import { generatesAtOnce } from '../kernels/lstm.ts';
import type { Backbone, Networks } from './backbone.ts';
import { descriptions } from './descriptions.ts';
import { type LstmWeights, lstmParameters, lstmStack, lstmWeights } from './lstm.ts';
import { layerTangents, stackTangents } from './lstmDependence.ts';
import { layerGenerator, stackGenerator } from './lstmGenerator.ts';
import { pool } from './pool.ts';

/** One or more recurrences over tokens of a width of their own; the encoder pools its last state and the mean of all. */
export const lstmBackbone: Backbone = {
  ...descriptions.lstm,

  tokenSize: ({ tokenSize }) => tokenSize,

  pooledSize: ({ hiddenSize }) => 2 * hiddenSize,

  encoderParameters: ({ featureSize, hiddenSize, layers }) =>
    lstmParameters('encoder.lstm', featureSize, hiddenSize, { layers }),

  decoderParameters: ({ tokenSize, hiddenSize, layers, forgetBias }) =>
    lstmParameters('decoder.lstm', tokenSize, hiddenSize, { layers, forgetBias }),

  encode(builder, networks, x, mask) {
    const hidden = lstmStack(builder, 'encoder', { tokens: x }, weightsOf(networks, 'encoder'));
    return pool(builder, hidden, mask, 'last and mean');
  },

  decode: (builder, networks, tokens) =>
    lstmStack(builder, 'decoder', tokens, weightsOf(networks, 'decoder')),

  dependence(path, tangents, networks, tokens) {
    const weights = weightsOf(networks, 'decoder');
    const hidden = lstmStack(path, 'path end', tokens.end, weights);
    const baseline = lstmStack(path, 'path start', tokens.start, weights);
    const delta: Tensor = path.tensor('D', hidden.shape);
    dependenceDelta(path, { hidden, baseline, delta });
    return weights.length === 1
      ? layerTangents(path, tangents, tokens, delta, weights[0])
      : stackTangents(path, tangents, tokens, delta, weights);
  },

  generator(start, networks, ends) {
    const weights = weightsOf(networks, 'decoder');
    const { hiddenSize, featureSize } = networks.shape;
    return weights.length === 1 && ends.likelihood.drawnByFeature && generatesAtOnce(hiddenSize, featureSize)
      ? layerGenerator(start, ends, weights[0])
      : stackGenerator(start, ends, weights);
  },
};

function weightsOf({ arena, shape }: Networks, part: 'encoder' | 'decoder') {
  const layer = (k: number) => lstmWeights(arena, `${part}.lstm`, k);
  const others = Array.from({ length: shape.layers - 1 }, (_, k) => layer(k + 1));
  return [layer(0), ...others] as [LstmWeights, ...LstmWeights[]];
}
