import { type Weights, weightOf } from '../exportedRun.ts';
import type { Graph } from './graph.ts';

/** Layers of the networks as ONNX nodes; each reads its weights by the name they have in model.safetensors. */
export class Layers {
  readonly graph: Graph;
  readonly #weights: Weights;

  constructor(graph: Graph, weights: Weights) {
    this.graph = graph;
    this.#weights = weights;
  }

  weight(name: string) {
    return weightOf(this.#weights, name);
  }

  /** A weight as it is. */
  parameter(name: string): string {
    const { shape, data } = this.weight(name);
    return this.graph.constant(name, shape, data);
  }

  /** x W' + b over the last axis; b where there is one. */
  linear(x: string, name: string, bias = true): string {
    const product = this.graph.op('MatMul', [x, this.transposed(`${name}.weight`)]);
    return bias ? this.graph.op('Add', [product, this.parameter(`${name}.bias`)]) : product;
  }

  /** The transpose of a matrix, [out, in] to [in, out]. */
  transposed(name: string): string {
    const { shape, data } = this.weight(name);
    const [rows, columns] = shape as [number, number];
    const values = Float32Array.from(
      data,
      (_, i) => data[(i % rows) * columns + Math.floor(i / rows)] as number,
    );
    return this.graph.constant(`${name} transposed`, [columns, rows], values);
  }

  layerNorm(x: string, name: string): string {
    const inputs = [x, this.parameter(`${name}.weight`), this.parameter(`${name}.bias`)];
    return this.graph.op('LayerNormalization', inputs, { axis: -1, epsilon: { float: 1e-5 } });
  }

  /** x Phi(x), with the error function. */
  gelu(x: string): string {
    const { graph } = this;
    const error = graph.op('Erf', [graph.op('Mul', [x, graph.scalar(Math.SQRT1_2)])]);
    const distribution = graph.op('Mul', [graph.op('Add', [error, graph.scalar(1)]), graph.scalar(0.5)]);
    return graph.op('Mul', [x, distribution]);
  }

  silu(x: string): string {
    return this.graph.op('Mul', [x, this.graph.op('Sigmoid', [x])]);
  }

  /**
   * One layer of nn.LSTM over x [T, B, in].
   * @param state names of the hidden state and the cell before, [1, B, H] each; zeros if absent
   * @returns all hidden states [T, B, H], then the last hidden state and cell, [1, B, H] each
   */
  lstm(
    x: string,
    prefix: string,
    layer: number,
    state?: readonly [string, string],
  ): [string, string, string] {
    const { graph } = this;
    const at = (name: string) => `${prefix}.${name}_l${layer}`;
    const hiddenSize = this.weight(at('weight_hh')).shape[1] as number;
    const gates = (name: string) => {
      const { shape, data } = this.weight(name);
      return { width: shape[1] ?? 1, data: reordered(data, hiddenSize, shape[1] ?? 1) };
    };
    const matrix = (name: string) => {
      const { width, data } = gates(at(name));
      return graph.constant(at(name), [1, 4 * hiddenSize, width], data);
    };
    const biases = [...gates(at('bias_ih')).data, ...gates(at('bias_hh')).data];
    const inputs = [
      ...[
        x,
        matrix('weight_ih'),
        matrix('weight_hh'),
        graph.constant(at('bias'), [1, 8 * hiddenSize], biases),
      ],
      ...(state ? ['', ...state] : []),
    ];
    const outputs = graph.ops('LSTM', inputs, 3, { hidden_size: hiddenSize });
    const [all, hidden, cell] = outputs as [string, string, string];
    return [graph.op('Squeeze', [all, graph.integers([1])]), hidden, cell];
  }

  /** Columns of x: `sizes` of the last axis at a time. */
  split(x: string, sizes: readonly number[]): string[] {
    return this.graph.ops('Split', [x, this.graph.integers(sizes)], sizes.length, { axis: -1 });
  }

  reshape(x: string, shape: readonly number[]): string {
    return this.graph.op('Reshape', [x, this.graph.integers(shape)]);
  }
}

/** Gates of PyTorch, i, f, g, o, in ONNX's order: i, o, f, g. */
function reordered(data: Float32Array, hiddenSize: number, width: number): number[] {
  const size = hiddenSize * width;
  return [0, 3, 1, 2].flatMap((gate) => [...data.subarray(gate * size, (gate + 1) * size)]);
}
