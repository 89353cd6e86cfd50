import type { PlanBuilder } from '../gpu/planBuilder.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { validPositions } from '../kernels/attention.ts';
import { tokenSequenceForward } from '../kernels/tokens.ts';
import type { Backbone, NetworkShape, Networks, Tokens } from './backbone.ts';
import { descriptions } from './descriptions.ts';
import { add, foldGradient, linear, linearParameters, linearWeights, passGradient } from './linear.ts';
import { pool } from './pool.ts';
import { transformer, transformerParameters, transformerWeights } from './transformer.ts';
import { transformerDependence } from './transformerDependence.ts';
import { transformerGenerator } from './transformerGenerator.ts';

type Part = 'encoder' | 'decoder';

const weightsOf = ({ arena, shape }: Networks, part: Part) =>
  transformerWeights(arena, `${part}.transformer`, shape);

/** Learned positions, `part.position.weight` [T, H] as in nn.Embedding, and the blocks. */
function partParameters(part: Part, { seqLen, hiddenSize, layers }: NetworkShape) {
  const position = {
    name: `${part}.position.weight`,
    group: 'model' as const,
    shape: [seqLen, hiddenSize],
    bound: 1 / Math.sqrt(hiddenSize),
  };
  return [position, ...transformerParameters(`${part}.transformer`, hiddenSize, layers)];
}

/** Tokens of one width, causal attention in the decoder, masked attention and mean pooling in the encoder. */
export const transformerBackbone: Backbone = {
  ...descriptions.transformer,

  // Between tokens and blocks there is nothing but a sum, so that another width would be a product of two matrices.
  tokenSize: ({ hiddenSize }) => hiddenSize,

  pooledSize: ({ hiddenSize }) => hiddenSize,

  encoderParameters: (shape) => [
    ...linearParameters('encoder.input', 'model', shape.featureSize, shape.hiddenSize),
    ...partParameters('encoder', shape),
  ],

  decoderParameters: (shape) => partParameters('decoder', shape),

  encode(builder, networks, x, mask) {
    const tokens = linear(builder, 'encoder tokens', x, linearWeights(networks.arena, 'encoder.input'));
    const placed = placeTokens(
      builder,
      'encoder input',
      { first: tokens, rest: tokens },
      networks,
      'encoder',
    );
    const valid = builder.tensor('valid positions', [x.dim(0), x.dim(1)]);
    validPositions(builder, { mask, valid });
    const scope = { causal: false as const, valid };
    const hidden = transformer(builder, 'encoder', placed, weightsOf(networks, 'encoder'), scope);
    return pool(builder, hidden, mask, 'mean');
  },

  decode(builder, networks, tokens) {
    const placed = placeTokens(builder, 'decoder input', tokens, networks, 'decoder');
    return transformer(builder, 'decoder', placed, weightsOf(networks, 'decoder'), { causal: true });
  },

  dependence: (path, tangents, networks, tokens) =>
    transformerDependence(path, tangents, tokens, {
      hidden: (label, from) => {
        const placed = placeTokens(path, `${label} input`, from, networks, 'decoder');
        return transformer(path, label, placed, weightsOf(networks, 'decoder'), { causal: true });
      },
      position: networks.arena.get('decoder.position.weight'),
      weights: weightsOf(networks, 'decoder'),
    }),

  generator: (start, networks, ends) =>
    transformerGenerator(start, ends, {
      position: networks.arena.get('decoder.position.weight'),
      weights: weightsOf(networks, 'decoder'),
    }),
};

/** [T, rows, H]: tokens, learned positions, what is added everywhere. In the encoder `first` and `rest` are one whole sequence. */
function placeTokens(
  builder: PlanBuilder,
  label: string,
  { first, rest, everywhere }: Tokens,
  { arena, shape }: Networks,
  part: Part,
): Tensor {
  const position = arena.get(`${part}.position.weight`);
  const whole = first === rest;
  const rows = whole ? first.dim(1) : first.dim(0);
  const width = shape.hiddenSize;
  const y = builder.tensor(label, [shape.seqLen, rows, width], true);
  tokenSequenceForward(builder, { first, rest, position, y }, whole ? 1 : 0);
  builder.onBackward(() => {
    const dY = builder.gradient(y);
    if (!dY) return;
    const length = rows * width;
    const fold = (target: Tensor, positions: number, width: number, start: number) =>
      foldGradient(builder, dY, target, { positions, length, width, start });
    fold(position, shape.seqLen, width, 0);
    if (whole) {
      passGradient(builder, y, first);
      return;
    }
    fold(first, 1, length, 0);
    fold(rest, shape.seqLen - 1, rest.dim(1) * width, length);
  });
  return everywhere ? add(builder, `${label} with skip`, y, everywhere) : y;
}
