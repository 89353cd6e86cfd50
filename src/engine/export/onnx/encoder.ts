import type { ExportedRun, Weights } from '../exportedRun.ts';
import { Graph } from './graph.ts';
import { Layers } from './layers.ts';
import { block, transformerNorm } from './transformer.ts';

/** Below every score: a key with it gets no weight. */
const nothing = -1e30;

/** encoder.onnx: x, mask [batch, T, D] -> z [batch, Z], the latent without noise. */
export function encoderGraph(run: ExportedRun, weights: Weights): Uint8Array {
  const { seqLen, featureSize, latentSize, backbone } = run.shape;
  const graph = new Graph('encoder');
  const layers = new Layers(graph, weights);
  const x = graph.input('x', ['batch', seqLen, featureSize]);
  const mask = graph.input('mask', ['batch', seqLen, featureSize]);
  const observed = graph.op('Cast', [graph.op('Greater', [mask, graph.scalar(0)])], { to: 1 });
  const valid = graph.op('ReduceMax', [observed], { axes: [2], keepdims: 0 }); // [batch, T]
  const pooled =
    backbone === 'transformer'
      ? mean(layers, transformerStates(layers, run, x, valid), valid)
      : lstmPooled(layers, run, x, valid);
  const head = layers.linear(pooled, 'encoder.head');
  const z = run.normalised
    ? normalised(layers, head)
    : (layers.split(head, [latentSize, latentSize])[0] as string); // means, then log variances
  graph.output('z', z, ['batch', latentSize]);
  return graph.encode(
    run.version,
    'The latent of a scaled series x, without noise; mask is 1 where a value was observed, and x is 0 elsewhere.',
  );
}

/** [last valid hidden state ; mean of the valid ones], [batch, 2H]; zeros for a series without any value. */
function lstmPooled(layers: Layers, { shape }: ExportedRun, x: string, valid: string): string {
  const { graph } = layers;
  let hidden = graph.op('Transpose', [x], { perm: [1, 0, 2] });
  for (let k = 0; k < shape.layers; k++) [hidden] = layers.lstm(hidden, 'encoder.lstm', k);
  const states = graph.op('Transpose', [hidden], { perm: [1, 0, 2] }); // [batch, T, H]
  const counting = graph.constant(
    'positions from 1',
    [shape.seqLen],
    Array.from({ length: shape.seqLen }, (_, t) => t + 1),
  );
  const place = graph.op('Mul', [valid, counting]);
  const last = graph.op('ReduceMax', [place], { axes: [1], keepdims: 1 });
  const isLast = graph.op('Mul', [graph.op('Cast', [graph.op('Equal', [place, last])], { to: 1 }), valid]);
  return graph.op('Concat', [weighted(layers, states, isLast), mean(layers, states, valid)], { axis: 1 });
}

function transformerStates(layers: Layers, { shape }: ExportedRun, x: string, valid: string): string {
  const { graph } = layers;
  const barred = graph.op('Mul', [graph.op('Sub', [valid, graph.scalar(1)]), graph.scalar(-nothing)]);
  const bias = layers.reshape(barred, [-1, 1, 1, shape.seqLen]);
  const tokens = layers.linear(x, 'encoder.input');
  let stream = graph.op('Add', [tokens, layers.parameter('encoder.position.weight')]);
  for (let k = 0; k < shape.layers; k++) {
    stream = block(layers, 'encoder', k, shape, stream, (key, value) => ({ key, value, bias }), shape.seqLen);
  }
  return transformerNorm(layers, 'encoder', stream);
}

/** sum_t w_t h_t of states [batch, T, H] and weights [batch, T]: [batch, H]. */
function weighted({ graph }: Layers, states: string, w: string): string {
  const column = graph.op('Unsqueeze', [w, graph.integers([2])]);
  return graph.op('ReduceSum', [graph.op('Mul', [states, column]), graph.integers([1])], { keepdims: 0 });
}

function mean(layers: Layers, states: string, valid: string): string {
  const { graph } = layers;
  const count = graph.op('ReduceSum', [valid, graph.integers([1])], { keepdims: 1 });
  return graph.op('Div', [weighted(layers, states, valid), graph.op('Max', [count, graph.scalar(1)])]);
}

/** Batch normalisation by the running statistics, without affine. */
function normalised(layers: Layers, head: string): string {
  const { graph } = layers;
  const { shape, data } = layers.weight('encoder.norm.running_var');
  const scale = graph.constant(
    '1/deviation',
    shape,
    data.map((variance) => 1 / Math.sqrt(variance + 1e-5)),
  );
  const centred = graph.op('Sub', [head, layers.parameter('encoder.norm.running_mean')]);
  return graph.op('Mul', [centred, scale]);
}
