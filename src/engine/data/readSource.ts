import type { ByteSource } from './byteSource.ts';
import type { Table } from './cells.ts';
import { DelimitedReader, notText } from './delimited.ts';
import { fileKind, kindBytes } from './fileKind.ts';
import { DataError } from './types.ts';

/** Bytes read at a time: large enough to be quick, small enough to be forgotten soon. */
const pieceBytes = 2 ** 20;
/** Milliseconds between two reports. */
const reportEvery = 100;

/** How far a file has been read. */
export interface ReadProgress {
  /** Bytes of the file, compressed where it is, so far and in all. */
  bytes: number;
  size: number;
  rows: number;
  secondsLeft: number;
}

export interface ReadOptions {
  onProgress?(progress: ReadProgress): void;
  /** Aborting ends the reading with the signal's reason. */
  signal?: AbortSignal;
}

/**
 * Reads a table: delimited text, the same in gzip, or Parquet, told by the first bytes. The source is read piece by piece,
 * and only the columns in their typed arrays stay.
 * @throws DataError in one sentence, with row and column where they apply; the signal's reason where it was aborted
 */
export async function readSource(source: ByteSource, options: ReadOptions = {}): Promise<Table> {
  const kind = fileKind(await source.slice(0, kindBytes));
  const report = reporter(source.size, options);
  if (kind === 'parquet') {
    const { readParquet } = await import('./parquet.ts');
    return readParquet(source, report);
  }
  const open = () => (kind === 'gzip' ? inflated(source, report) : pieces(source, report));
  try {
    return await readTextPieces(open(), 'utf-8', report);
  } catch (error) {
    if (!(error instanceof NotUtf8)) throw error;
    // Spreadsheets of older days write Latin-1.
    return readTextPieces(open(), 'windows-1252', report);
  }
}

/** Told how much has been read; throws when the reading was cancelled. */
export interface Report {
  bytes: number;
  rows: number;
  /** To be called between pieces. */
  update(): void;
}

function reporter(size: number, { onProgress, signal }: ReadOptions): Report {
  const began = performance.now();
  let reported = began;
  return {
    bytes: 0,
    rows: 0,
    update() {
      signal?.throwIfAborted();
      const now = performance.now();
      if (!onProgress || now - reported < reportEvery) return;
      reported = now;
      const { bytes, rows } = this;
      const left = bytes > 0 ? ((now - began) * (size - bytes)) / bytes / 1000 : Number.NaN;
      onProgress({ bytes, size, rows, secondsLeft: left });
    },
  };
}

class NotUtf8 extends Error {}

type Pieces = AsyncIterable<Uint8Array<ArrayBuffer>>;

async function* pieces(source: ByteSource, report: Report): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let start = 0; start < source.size; start += pieceBytes) {
    const piece = await source.slice(start, Math.min(source.size, start + pieceBytes));
    if (piece.length === 0) throw new DataError('The file has changed while it was read: open it again.');
    report.bytes = start + piece.length;
    yield piece;
  }
}

/** @throws DataError where the archive is damaged, or holds something other than text */
async function* inflated(
  source: ByteSource,
  report: Report,
): Pieces & AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const packed = pieces(source, report);
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const { done, value } = await packed.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
  const reader = stream.pipeThrough(new DecompressionStream('gzip')).getReader();
  let first = true;
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        if (error instanceof DataError) throw error;
        throw new DataError('The gzip file is damaged or cut off: fetch or compress it again.');
      });
      if (done) return;
      if (first && fileKind(value) !== 'text')
        throw new DataError('The gzip file holds another compressed file: unpack it once.');
      first = false;
      yield value as Uint8Array<ArrayBuffer>;
    }
  } finally {
    await reader.cancel().catch(() => {}); // of a stream that has failed there is nothing to cancel
  }
}

type Decoder = InstanceType<typeof TextDecoder>;

async function readTextPieces(
  input: AsyncIterable<Uint8Array<ArrayBuffer>>,
  encoding: 'utf-8' | 'windows-1252',
  report: Report,
): Promise<Table> {
  const reader = new DelimitedReader();
  let decoder: Decoder | undefined;
  const decode = (piece?: Uint8Array<ArrayBuffer>) => {
    try {
      return (decoder ?? new TextDecoder()).decode(piece, { stream: piece !== undefined });
    } catch {
      throw new NotUtf8();
    }
  };
  for await (const piece of input) {
    const first = decoder === undefined;
    decoder ??= decoderOf(piece, encoding);
    const text = decode(piece);
    // In Latin-1 every byte is a letter; a beginning of control characters is no text at all.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    if (first && encoding !== 'utf-8' && /[\x01-\x08\x0e-\x1f]/.test(text.slice(0, 65_536))) throw notText();
    reader.feed(text);
    report.rows = reader.rows;
    report.update();
  }
  reader.feed(decode());
  return reader.end();
}

/** @param piece the first one */
function decoderOf(piece: Uint8Array, encoding: 'utf-8' | 'windows-1252'): Decoder {
  // Spreadsheets save "Unicode text" in UTF-16, with a byte-order mark in front.
  const mark = ((piece[0] ?? 0) << 8) | (piece[1] ?? 0);
  if (mark === 0xfffe) return new TextDecoder('utf-16le');
  if (mark === 0xfeff) return new TextDecoder('utf-16be');
  const zero = piece.subarray(0, 65_536).indexOf(0);
  if (zero >= 0) throw notText(1 + piece.subarray(0, zero).filter((byte) => byte === 10).length);
  return new TextDecoder(encoding, { fatal: encoding === 'utf-8' });
}
