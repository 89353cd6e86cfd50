import { BinaryWriter } from '@bufbuild/protobuf/wire';

/** A field of a message: its number in onnx.proto, and what it holds. Repeated fields take arrays. */
type Field = [number: number, kind: 'int64' | 'float' | 'string' | 'bytes' | Message];
interface Message {
  [field: string]: Field;
}

/** What is written: nested plain objects under the names of onnx.proto. */
export interface Fields {
  [field: string]: Value | readonly Value[] | undefined;
}
type Value = number | string | Uint8Array | Fields;

// The part of onnx.proto (github.com/onnx/onnx, onnx/onnx.proto) that these graphs need. enums are int64 on the wire.
const dimension: Message = { dim_value: [1, 'int64'], dim_param: [2, 'string'] };
const tensorType: Message = { elem_type: [1, 'int64'], shape: [2, { dim: [1, dimension] }] };
const valueInfo: Message = { name: [1, 'string'], type: [2, { tensor_type: [1, tensorType] }] };
const tensor: Message = {
  dims: [1, 'int64'],
  data_type: [2, 'int64'],
  name: [8, 'string'],
  raw_data: [9, 'bytes'],
};
const attribute: Message = {
  name: [1, 'string'],
  f: [2, 'float'],
  i: [3, 'int64'],
  ints: [8, 'int64'],
  type: [20, 'int64'],
};
const node: Message = {
  input: [1, 'string'],
  output: [2, 'string'],
  name: [3, 'string'],
  op_type: [4, 'string'],
  attribute: [5, attribute],
};
const graph: Message = {
  node: [1, node],
  name: [2, 'string'],
  initializer: [5, tensor],
  doc_string: [10, 'string'],
  input: [11, valueInfo],
  output: [12, valueInfo],
};
const model: Message = {
  ir_version: [1, 'int64'],
  producer_name: [2, 'string'],
  producer_version: [3, 'string'],
  graph: [7, graph],
  opset_import: [8, { domain: [1, 'string'], version: [2, 'int64'] }],
};

/** A ModelProto as bytes. @throws Error on a field that the table above does not have */
export function encodeModel(fields: Fields): Uint8Array {
  const writer = new BinaryWriter();
  writeMessage(writer, model, fields);
  return writer.finish();
}

function writeMessage(writer: BinaryWriter, message: Message, fields: Fields): void {
  for (const [name, value] of Object.entries(fields)) {
    const field = message[name];
    if (!field) throw new Error(`onnx.proto's subset has no field '${name}' here`);
    if (value === undefined) continue;
    for (const item of Array.isArray(value) ? value : [value]) writeField(writer, field, item as Value);
  }
}

function writeField(writer: BinaryWriter, [number, kind]: Field, value: Value): void {
  const [varint, lengthDelimited, fixed32] = [0, 2, 5];
  if (kind === 'int64') writer.tag(number, varint).int64(value as number);
  else if (kind === 'float') writer.tag(number, fixed32).float(value as number);
  else if (kind === 'string') writer.tag(number, lengthDelimited).string(value as string);
  else if (kind === 'bytes') writer.tag(number, lengthDelimited).bytes(value as Uint8Array);
  else {
    writer.tag(number, lengthDelimited).fork();
    writeMessage(writer, kind, value as Fields);
    writer.join();
  }
}
