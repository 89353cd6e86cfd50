import { encodeModel, type Fields } from './proto.ts';

/** The operator set that the graphs are written in: the first with LayerNormalization. */
const opset = 17;
const irVersion = 8;
const elementTypes = { float32: 1, int64: 7 } as const;
type ElementType = keyof typeof elementTypes;

/** A dimension: a number, or a name where any number will do. */
export type Dimension = number | string;

type Attributes = Record<string, number | readonly number[] | { float: number }>;

/** An ONNX graph under construction. Values are known by their names; the operators are those of opset 17. */
export class Graph {
  readonly #nodes: Fields[] = [];
  readonly #constants = new Map<string, Fields>();
  readonly #inputs: Fields[] = [];
  readonly #outputs: Fields[] = [];
  readonly #name: string;
  #made = 0;

  constructor(name: string) {
    this.#name = name;
  }

  input(name: string, shape: readonly Dimension[], type: ElementType = 'float32'): string {
    this.#inputs.push(valueInfo(name, shape, type));
    return name;
  }

  /** Declares a value to be an output of the graph, under a name of its own. */
  output(name: string, value: string, shape: readonly Dimension[]): void {
    this.op('Identity', [value], {}, name);
    this.#outputs.push(valueInfo(name, shape, 'float32'));
  }

  /** Float constants; the same name is stored once. */
  constant(name: string, shape: readonly number[], data: ArrayLike<number>): string {
    const values = Float32Array.from(data);
    return this.#constant(name, shape, 'float32', new Uint8Array(values.buffer));
  }

  scalar(value: number): string {
    return this.constant(`scalar ${value}`, [], [value]);
  }

  integers(values: readonly number[]): string {
    const data = BigInt64Array.from(values, BigInt);
    return this.#constant(`integers ${values}`, [values.length], 'int64', new Uint8Array(data.buffer));
  }

  /** Adds a node. @returns the name of its output */
  op(type: string, inputs: readonly string[], attributes: Attributes = {}, name?: string): string {
    return this.ops(type, inputs, 1, attributes, name)[0] as string;
  }

  /** Adds a node of several outputs. */
  ops(
    type: string,
    inputs: readonly string[],
    outputs: number,
    attributes: Attributes = {},
    name = `${type} ${this.#made++}`,
  ): string[] {
    const names = Array.from({ length: outputs }, (_, k) => (k === 0 ? name : `${name}:${k}`));
    const attribute = Object.entries(attributes).map(([key, value]) => attributeFields(key, value));
    this.#nodes.push({ input: inputs, output: names, name, op_type: type, attribute });
    return names;
  }

  /** The whole as a .onnx file. @param documentation a sentence or two on what it computes */
  encode(version: string, documentation: string): Uint8Array {
    return encodeModel({
      ir_version: irVersion,
      producer_name: 'posterior-lab',
      producer_version: version,
      graph: {
        node: this.#nodes,
        name: this.#name,
        initializer: [...this.#constants.values()],
        doc_string: documentation,
        input: this.#inputs,
        output: this.#outputs,
      },
      opset_import: [{ domain: '', version: opset }],
    });
  }

  #constant(name: string, dims: readonly number[], type: ElementType, raw: Uint8Array): string {
    this.#constants.set(name, { dims, data_type: elementTypes[type], name, raw_data: raw });
    return name;
  }
}

function valueInfo(name: string, shape: readonly Dimension[], type: ElementType): Fields {
  const dim = shape.map((size) => (typeof size === 'number' ? { dim_value: size } : { dim_param: size }));
  return { name, type: { tensor_type: { elem_type: elementTypes[type], shape: { dim } } } };
}

function attributeFields(name: string, value: Attributes[string]): Fields {
  const [float, int, ints] = [1, 2, 7]; // AttributeProto.AttributeType
  if (typeof value === 'number') return { name, i: value, type: int };
  if ('float' in value) return { name, f: value.float, type: float };
  return { name, ints: value, type: ints };
}
