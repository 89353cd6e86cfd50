/** A tensor of a file: row-major float32. */
export interface NamedArray {
  shape: number[];
  data: Float32Array;
}

/** A file that is no safetensors file, or holds something other than float32: one sentence. */
export class SafetensorsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SafetensorsError';
  }
}

/**
 * A safetensors file (github.com/huggingface/safetensors, "Format"): the header's length as a little-endian u64, the
 * header as JSON padded with spaces to 8 bytes, then the tensors' bytes in the order of the map.
 * @throws SafetensorsError when a tensor's shape does not hold its numbers
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, NamedArray>,
  metadata: Record<string, string> = {},
): Uint8Array {
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  let size = 0;
  for (const [name, { shape, data }] of tensors) {
    if (product(shape) !== data.length) {
      throw new SafetensorsError(`'${name}' has shape [${shape}], but ${data.length} numbers.`);
    }
    header[name] = { dtype: 'F32', shape, data_offsets: [size, size + data.length * 4] };
    size += data.length * 4;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerSize = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerSize + size).fill(0x20, 0, 8 + headerSize);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerSize), true);
  bytes.set(json, 8);
  let at = 8 + headerSize;
  for (const { data } of tensors.values()) {
    for (const value of data) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  return bytes;
}

/**
 * Reads a safetensors file of float32 tensors, checking every offset.
 * @throws SafetensorsError
 */
export function readSafetensors(bytes: Uint8Array): {
  tensors: Map<string, NamedArray>;
  metadata: Record<string, string>;
} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerSize = bytes.length >= 8 ? Number(view.getBigUint64(0, true)) : Number.NaN;
  if (!(8 + headerSize <= bytes.length)) {
    throw new SafetensorsError('This is not a safetensors file: its header is longer than the file.');
  }
  const header = parseHeader(bytes.subarray(8, 8 + headerSize));
  const start = 8 + headerSize;
  const tensors = new Map<string, NamedArray>();
  let read = 0;
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const { dtype, shape, begin, end } = readEntry(name, entry);
    if (dtype !== 'F32') throw new SafetensorsError(`'${name}' is ${dtype}; only F32 can be read.`);
    const size = product(shape);
    if (end - begin !== size * 4 || begin < 0 || start + end > bytes.length) {
      throw new SafetensorsError(`'${name}' does not lie where the header says: the file is cut or damaged.`);
    }
    // A small file could otherwise name its bytes so often that they fill the memory.
    read += end - begin;
    if (read > bytes.length - start)
      throw new SafetensorsError(`'${name}' lies where another tensor does: the file is damaged.`);
    const data = new Float32Array(size);
    for (let i = 0; i < size; i++) data[i] = view.getFloat32(start + begin + 4 * i, true);
    tensors.set(name, { shape, data });
  }
  return { tensors, metadata: readMetadata(header.__metadata__) };
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof header === 'object' && header !== null) return header as Record<string, unknown>;
  } catch {
    // Said below, whatever the parser found.
  }
  throw new SafetensorsError('This is not a safetensors file: its header is not JSON.');
}

function readEntry(name: string, entry: unknown) {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  if (typeof dtype !== 'string' || !areSizes(shape) || !areSizes(offsets) || offsets.length !== 2) {
    throw new SafetensorsError(`The header describes '${name}' in a way that safetensors does not know.`);
  }
  const [begin, end] = offsets as [number, number];
  return { dtype, shape, begin, end };
}

function readMetadata(metadata: unknown): Record<string, string> {
  const entries = Object.entries(metadata ?? {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function areSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function product(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}
