import type { NetworkShape } from '../../layers/backbone.ts';
import type { ExportedRun, Weights } from '../exportedRun.ts';
import { type Dimension, Graph } from './graph.ts';
import { Layers } from './layers.ts';
import { block, transformerNorm } from './transformer.ts';

/** Below every score: a key with it gets no weight. */
const nothing = -1e30;

/** A tensor that one decoder step leaves for the next: input `name`, output `next_name`, zeros at the start. */
export interface StateTensor {
  name: string;
  shape: readonly Dimension[];
}

/** What the step carries on: hidden state and cell of each LSTM layer, or keys and values of each block. */
export function decoderState({ backbone, layers, hiddenSize, heads, seqLen }: NetworkShape): StateTensor[] {
  const lstm = backbone === 'lstm';
  const names = lstm ? ['hidden', 'cell'] : ['key', 'value'];
  const shape = lstm ? [1, 'batch', hiddenSize] : ['batch', heads, seqLen, hiddenSize / heads];
  return Array.from({ length: layers }, (_, k) =>
    names.map((name) => ({ name: `${name}_${k}`, shape })),
  ).flat();
}

/**
 * decoder.onnx, one position: z [batch, Z], x [batch, D] (what position - 1 fed back; not read at position 0), position
 * int64 [1] from 0, and the state -> p(x_t | z, x_<t) as mean and log_sigma [batch, D] or as a mixture, and the state after.
 */
export function decoderGraph(run: ExportedRun, weights: Weights): Uint8Array {
  const { featureSize, latentSize, wiring, backbone } = run.shape;
  const graph = new Graph('decoder step');
  const layers = new Layers(graph, weights);
  const z = graph.input('z', ['batch', latentSize]);
  const x = graph.input('x', ['batch', featureSize]);
  const position = graph.input('position', [1], 'int64');
  const state = decoderState(run.shape);
  for (const { name, shape } of state) graph.input(name, shape);

  const entered = wiring.inverseLipschitz === null ? z : brenier(layers, z, wiring.inverseLipschitz);
  const first = graph.op('Equal', [position, graph.integers([0])]);
  let token = graph.op('Where', [
    first,
    layers.linear(entered, 'decoder.latent_token', false),
    layers.linear(x, 'decoder.value_token', false),
  ]);
  if (wiring.skip) token = graph.op('Add', [token, layers.linear(entered, 'decoder.skip_token', false)]);
  const { hidden, after } =
    backbone === 'transformer'
      ? transformerStep(layers, run.shape, token, position)
      : lstmStep(layers, run.shape, token);
  let head = layers.linear(hidden, 'decoder.head');
  if (wiring.skip) head = graph.op('Add', [head, layers.linear(entered, 'decoder.skip_head', false)]);
  if (run.shape.likelihood === 'gaussian') gaussianHead(layers, run, head);
  else mixtureHead(layers, run, head);
  for (const [k, { name, shape }] of state.entries()) graph.output(`next_${name}`, after[k] as string, shape);
  return graph.encode(
    run.version,
    'One position of the decoder: p(x_t | z, x_<t) and the state for the next position. The state starts at zeros.',
  );
}

/** mean and log_sigma = low + range sigmoid(raw), from the head's [mu, raw]. */
function gaussianHead(layers: Layers, { shape }: ExportedRun, head: string): void {
  const { graph } = layers;
  const { featureSize, sigma } = shape;
  const [mean, raw] = layers.split(head, [featureSize, featureSize]) as [string, string];
  graph.output('mean', mean, ['batch', featureSize]);
  graph.output('log_sigma', logDeviation(layers, sigma, raw), ['batch', featureSize]);
}

/**
 * log_weights [batch, K], means and log_sigmas [batch, K, D] and, where features covary, coupling [batch, K, D (D - 1) / 2]: the
 * entries of B row by row, bounded by 4 tanh(. / 4). (I - B)(x - m) / s is standard normal.
 */
function mixtureHead(layers: Layers, { shape }: ExportedRun, head: string): void {
  const { graph } = layers;
  const { components, featureSize, headSize, sigma } = shape;
  const size = components * featureSize;
  const entries = headSize - components - 2 * size;
  const sizes = [components, size, size, ...(entries > 0 ? [entries] : [])];
  const [logits, means, raw, lower] = layers.split(head, sizes) as [string, string, string, string];
  const byComponent = (name: string, value: string, width: number) =>
    graph.output(name, layers.reshape(value, [-1, components, width]), ['batch', components, width]);
  graph.output('log_weights', graph.op('LogSoftmax', [logits], { axis: -1 }), ['batch', components]);
  byComponent('means', means, featureSize);
  byComponent('log_sigmas', logDeviation(layers, sigma, raw), featureSize);
  if (entries === 0) return;
  const bounded = graph.op('Tanh', [graph.op('Mul', [lower, graph.scalar(0.25)])]);
  byComponent('coupling', graph.op('Mul', [bounded, graph.scalar(4)]), entries / components);
}

/** log sigma = low + range sigmoid(raw) */
function logDeviation({ graph }: Layers, sigma: NetworkShape['sigma'], raw: string): string {
  const spread = graph.op('Mul', [graph.op('Sigmoid', [raw]), graph.scalar(sigma.logSigmaRange)]);
  return graph.op('Add', [spread, graph.scalar(sigma.logSigmaLow)]);
}

function lstmStep(layers: Layers, shape: NetworkShape, token: string) {
  const { graph } = layers;
  const after: string[] = [];
  let input = graph.op('Unsqueeze', [token, graph.integers([0])]);
  for (let k = 0; k < shape.layers; k++) {
    const [all, hidden, cell] = layers.lstm(input, 'decoder.lstm', k, [`hidden_${k}`, `cell_${k}`]);
    input = all;
    after.push(hidden, cell);
  }
  return { hidden: graph.op('Squeeze', [input, graph.integers([0])]), after };
}

/** The cache has room for every position from the start, so that shapes stay; places not reached yet are barred. */
function transformerStep(layers: Layers, shape: NetworkShape, token: string, position: string) {
  const { graph } = layers;
  const { seqLen } = shape;
  const places = graph.integers(Array.from({ length: seqLen }, (_, t) => t));
  const here = layers.reshape(graph.op('Equal', [places, position]), [1, 1, seqLen, 1]);
  const later = graph.op('Cast', [graph.op('Greater', [places, position])], { to: 1 });
  const bias = graph.op('Mul', [later, graph.scalar(nothing)]);
  const after: string[] = [];
  const placed = graph.op('Gather', [layers.parameter('decoder.position.weight'), position], { axis: 0 });
  let stream = graph.op('Unsqueeze', [graph.op('Add', [token, placed]), graph.integers([1])]);
  for (let k = 0; k < shape.layers; k++) {
    const attended = (ownKey: string, ownValue: string) => {
      const key = graph.op('Where', [here, ownKey, `key_${k}`]);
      const value = graph.op('Where', [here, ownValue, `value_${k}`]);
      after.push(key, value);
      return { key, value, bias };
    };
    stream = block(layers, 'decoder', k, shape, stream, attended, 1);
  }
  const hidden = transformerNorm(layers, 'decoder', stream);
  return { hidden: graph.op('Squeeze', [hidden, graph.integers([1])]), after };
}

/** A1' (s1 (P' s2)) + A2' s2 + L z, the gradient of a convex network + L/2 |z|^2; see layers/brenier. */
function brenier(layers: Layers, z: string, inverseLipschitz: number): string {
  const { graph } = layers;
  const { shape, data } = layers.weight('decoder.brenier.positive.weight');
  const width = shape[0] as number;
  const positive = Float64Array.from(
    data,
    (raw) => Math.log1p(Math.exp(-Math.abs(raw))) + Math.max(raw, 0),
  ).map((value) => value / width);
  const forward = graph.constant('P', [width, width], positive);
  const back = graph.op('Transpose', [forward], { perm: [1, 0] });
  const first = layers.linear(z, 'decoder.brenier.linear1');
  const direct = layers.linear(z, 'decoder.brenier.linear2');
  const argument = graph.op('Add', [graph.op('MatMul', [graph.op('Softplus', [first]), back]), direct]);
  const slope = graph.op('Sigmoid', [argument]);
  const sum = graph.op('MatMul', [slope, forward]);
  const hidden = graph.op('Mul', [sum, graph.op('Sigmoid', [first])]);
  const gradient = graph.op('Add', [
    graph.op('MatMul', [hidden, layers.parameter('decoder.brenier.linear1.weight')]),
    graph.op('MatMul', [slope, layers.parameter('decoder.brenier.linear2.weight')]),
  ]);
  return graph.op('Add', [gradient, graph.op('Mul', [z, graph.scalar(inverseLipschitz)])]);
}
