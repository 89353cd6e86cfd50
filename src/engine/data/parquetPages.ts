import type { ColumnMetaData, DataReader, Encoding, PageHeader, SchemaTree } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { decompressPage } from 'hyparquet/src/datapage.js';
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js';
import { getMaxDefinitionLevel, getMaxRepetitionLevel, isFlatColumn } from 'hyparquet/src/schema.js';
import { readVarInt } from 'hyparquet/src/thrift.js';
import { compressors } from 'hyparquet-compressors';

/** Values that the last run of packed ones may be filled up with: DuckDB fills it to 256. */
const padding = 1024;

/** The values of a page behind its levels. */
interface Values {
  reader: DataReader;
  encoding: Encoding;
  /** How many there are, missing ones apart. */
  count: number;
}

/**
 * Looks through the pages of a column before they are decoded. hyparquet believes the counts, run lengths and prefixes that it
 * finds in them, and a damaged one would keep it busy for minutes or fill the memory.
 * @param bytes of the column in one row group @param chunk what the footer says of them @param path from the root of the schema
 * @throws Error in a few words, where they claim more than there can be
 */
export function checkPages(bytes: Uint8Array, chunk: ColumnMetaData, path: SchemaTree[]): void {
  const reader = readerOf(bytes);
  let left = Number(chunk.num_values);
  // Of a flat column hyparquet stops at the last value, of a nested one at the last byte.
  while (reader.offset < bytes.length - 1 && (left > 0 || !isFlatColumn(path))) {
    const header = parquetHeader(reader);
    const page = bytes.subarray(reader.offset, reader.offset + header.compressed_page_size);
    if (page.length !== header.compressed_page_size) throw new Error('a page is longer than its column');
    reader.offset += page.length;
    if (header.type === 'DICTIONARY_PAGE') continue;
    const first = header.type === 'DATA_PAGE';
    const count = (first ? header.data_page_header : header.data_page_header_v2)?.num_values ?? -1;
    if (count < 0 || count > left) throw new Error('a page has more values than its column');
    left -= count;
    checkValues(
      first ? valuesOf(page, header, chunk, path) : valuesOfSecond(page, header, chunk, path),
      chunk,
    );
  }
}

/** Checks the levels of a page of the first version, which are compressed with its values. @returns the values */
function valuesOf(
  page: Uint8Array,
  header: PageHeader,
  { codec }: ColumnMetaData,
  path: SchemaTree[],
): Values {
  const { num_values, encoding } = header.data_page_header as NonNullable<PageHeader['data_page_header']>;
  const reader = readerOf(decompressPage(page, header.uncompressed_page_size, codec, compressors));
  const [repetition, definition] = [getMaxRepetitionLevel(path), getMaxDefinitionLevel(path)];
  if (repetition) checkSizedRuns(reader, widthOf(repetition), num_values);
  let count = num_values;
  if (definition) {
    const { offset } = reader;
    checkSizedRuns(reader, widthOf(definition), num_values);
    const levels = new Array<number>(num_values);
    readRleBitPackedHybrid({ view: reader.view, offset }, widthOf(definition), levels);
    count = levels.reduce((sum, level) => sum + Number(level === definition), 0);
  }
  return { reader, encoding, count };
}

/** Checks the levels of a page of the second version, which stand before its values. @returns the values */
function valuesOfSecond(
  page: Uint8Array,
  header: PageHeader,
  { codec }: ColumnMetaData,
  path: SchemaTree[],
): Values {
  const {
    num_values,
    num_nulls,
    encoding,
    is_compressed,
    repetition_levels_byte_length: repetitionBytes,
    definition_levels_byte_length: definitionBytes,
  } = header.data_page_header_v2 as NonNullable<PageHeader['data_page_header_v2']>;
  const count = num_values - num_nulls;
  if (!(count >= 0 && count <= num_values)) throw new Error('a page has more missing values than values');
  const levelBytes = repetitionBytes + definitionBytes;
  const [repetition, definition] = [getMaxRepetitionLevel(path), getMaxDefinitionLevel(path)];
  if (repetition) checkRuns(readerOf(page), widthOf(repetition), num_values);
  if (definition) checkRuns(readerOf(page.subarray(repetitionBytes)), widthOf(definition), num_values);
  const rest = page.subarray(levelBytes);
  const values =
    is_compressed === false
      ? rest
      : decompressPage(rest, header.uncompressed_page_size - levelBytes, codec, compressors);
  return { reader: readerOf(values), encoding, count };
}

/** Checks what an encoding repeats or counts; the others have bytes for every value. */
function checkValues({ reader, encoding, count }: Values, { type }: ColumnMetaData): void {
  if (encoding === 'DELTA_BYTE_ARRAY') checkPrefixes(reader, count);
  else if (encoding.startsWith('DELTA_')) checkBlocks(reader);
  else if (encoding === 'RLE' || encoding.endsWith('_DICTIONARY')) {
    if (type === 'BOOLEAN') checkSizedRuns(reader, 1, count);
    else checkRuns(reader, reader.view.getUint8(reader.offset++), count);
  }
}

/** Checks runs that their length in bytes stands before, and goes to their end. */
function checkSizedRuns(reader: DataReader, width: number, count: number): void {
  const end = reader.offset + 4 + reader.view.getUint32(reader.offset, true);
  reader.offset += 4;
  checkRuns(reader, width, count);
  reader.offset = end;
}

/**
 * Checks that runs of one value and runs of packed values are of no more than `count` values together.
 * @param width bits of a value
 */
function checkRuns(reader: DataReader, width: number, count: number): void {
  let left = count;
  while (left > 0 && reader.offset < reader.view.byteLength) {
    const run = readVarInt(reader);
    const packed = (run & 1) === 1;
    // Packed values come by eights.
    const length = (run >>> 1) * (packed ? 8 : 1);
    if (length > left + (packed ? padding : 0)) throw new Error('a run has more values than its page');
    reader.offset += packed ? (length / 8) * width : Math.ceil(width / 8);
    left -= length;
  }
}

/** Checks that differences come in blocks that have a size: the decoder would go backwards in others, for ever. */
function checkBlocks({ view, offset }: DataReader): void {
  const reader = { view, offset };
  if (readVarInt(reader) <= 0 || readVarInt(reader) <= 0) throw new Error('a page has blocks of no size');
}

/** Checks that no text begins with more of the one before it than that has. */
function checkPrefixes(reader: DataReader, count: number): void {
  const unpack = () => {
    checkBlocks(reader);
    const lengths = new Int32Array(count);
    deltaBinaryUnpack(reader, count, lengths);
    return lengths;
  };
  const [prefixes, suffixes] = [unpack(), unpack()];
  let before = 0;
  for (const [at, prefix] of prefixes.entries()) {
    if (prefix < 0 || prefix > before) throw new Error('a text begins with more than the one before it');
    before = prefix + (suffixes[at] as number);
  }
}

const readerOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataReader => ({
  view: new DataView(buffer, byteOffset, byteLength),
  offset: 0,
});

/** Bits of levels from 0 to `highest`. */
const widthOf = (highest: number) => 32 - Math.clz32(highest);
