import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { type ByteSource, bytesSource } from '../../src/engine/data/byteSource.ts';
import type { Table } from '../../src/engine/data/cells.ts';
import { DelimitedReader, readText } from '../../src/engine/data/delimited.ts';
import { PackedNumbers } from '../../src/engine/data/packedNumbers.ts';
import { type ReadProgress, readSource } from '../../src/engine/data/readSource.ts';
import { DataError } from '../../src/engine/data/types.ts';

/** One table as Arrow and DuckDB write it: see make_parquet.py. */
const golden = new URL('../golden/parquet/', import.meta.url);

const bytes = (text: string) => new TextEncoder().encode(text);
const latin = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const open = (content: Uint8Array) => readSource(bytesSource(content));
const rowsOf = ({ cells, count }: Table) =>
  Array.from({ length: count }, (_, row) => cells.map((column) => column.text(row)));
const failure = (work: Promise<unknown>) =>
  work.then(
    () => '',
    (error: unknown) => (error instanceof DataError ? error.message : `no refusal: ${error}`),
  );

test('numbers come out of their blocks as they went in', () => {
  const kinds: ((row: number) => number)[] = [
    (row) => (row % 200) / 10,
    (row) => (row % 7 === 0 ? Number.NaN : 139.1234 + row / 1e4),
    (row) => 4_102_444_800_000 + 1000 * row,
    (row) => Math.sin(row),
    () => Number.NaN,
    () => -3.25,
    (row) => (row === 5 ? 1e300 : -row),
  ];
  for (const value of kinds) {
    const packed = new PackedNumbers();
    for (let row = 0; row < 140_000; row++) packed.push(Number(value(row).toFixed(9)));
    for (const row of [0, 5, 7, 65_535, 65_536, 131_071, 131_072, 139_999])
      expect(packed.at(row)).toBe(Number(value(row).toFixed(9)));
    expect(packed.at(140_000)).toBeNaN();
  }
});

test('a text is the same table wherever it is cut', () => {
  const text =
    '\uFEFFid;when;x\r\n"a; b";2024-01-01 00:00;1,5\r\n\r\n"c ""d""\r\ne";2024-01-02 00:00;-2\r\nf;;NA\r\n';
  const whole = readText(text);
  expect(rowsOf(whole)).toEqual([
    ['a; b', '2024-01-01 00:00', '1.5'],
    ['c "d"\ne', '2024-01-02 00:00', '-2'],
    ['f', '', ''],
  ]);
  expect([0, 1, 2].map(whole.line)).toEqual([2, 4, 5]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 6 }), (cuts) => {
      const reader = new DelimitedReader();
      const places = [0, ...cuts.sort((a, b) => a - b), text.length];
      for (let i = 1; i < places.length; i++) reader.feed(text.slice(places[i - 1], places[i]));
      const table = reader.end();
      expect(rowsOf(table)).toEqual(rowsOf(whole));
      expect([0, 1, 2].map(table.line)).toEqual([2, 4, 5]);
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('times keep their style, texts their letters, long tables their rows', async () => {
  const lines = Array.from({ length: 70_000 }, (_, row) => {
    const time = new Date(Date.UTC(2100, 0, 1) + 60_000 * row).toISOString().slice(0, 19).replace('T', ' ');
    return `${time},station ${row % 300},${(row / 100).toFixed(2)}`;
  });
  const table = await open(bytes(`charttime,name,x\n${lines.join('\n')}\n`));
  expect(table.count).toBe(70_000);
  for (const row of [0, 999, 1000, 65_535, 65_536, 69_999])
    expect(
      rowsOf({ ...table, count: 1, cells: table.cells })[0] && table.cells.map((c) => c.text(row)),
    ).toEqual([lines[row]?.split(',')[0], `station ${row % 300}`, String(row / 100)]);
});

test('gzip is told by its bytes, and is the same table', async () => {
  const text = `x,y\n${Array.from({ length: 300_000 }, (_, row) => `${row},${row % 7}`).join('\n')}\n`;
  const table = await open(gzipSync(bytes(text)));
  expect(table.count).toBe(300_000);
  expect([table.cells[0]?.number(299_999), table.cells[1]?.number(299_999)]).toEqual([299_999, 299_999 % 7]);
  const cut = gzipSync(bytes(text)).subarray(0, 4000);
  expect(await failure(open(cut))).toBe('The gzip file is damaged or cut off: fetch or compress it again.');
  expect(await failure(open(gzipSync(gzipSync(bytes(text)))))).toMatch(/^The gzip file holds another/);
});

describe('Parquet', () => {
  const columnData = [
    { name: 'station', data: ['a', 'a', 'b', 'b'], type: 'STRING' as const },
    {
      name: 'when',
      data: [0, 1, 0, 1].map((day) => new Date(Date.UTC(2024, 0, 1 + day))),
      type: 'TIMESTAMP' as const,
    },
    { name: 'x', data: [1.5, null, -3, 4], type: 'DOUBLE' as const },
    { name: 'n', data: [1n, 2n, 3n, 4n], type: 'INT64' as const },
    { name: 'wet', data: [true, false, true, true], type: 'BOOLEAN' as const },
  ];

  test.each(['SNAPPY', 'UNCOMPRESSED'] as const)('of every plain type, %s, in row groups', async (codec) => {
    const file = new Uint8Array(parquetWriteBuffer({ columnData, codec, rowGroupSize: 3 }));
    const table = await open(file);
    expect(table.columns).toEqual(['station', 'when', 'x', 'n', 'wet']);
    expect(rowsOf(table)).toEqual([
      ['a', '2024-01-01T00:00:00.000Z', '1.5', '1', '1'],
      ['a', '2024-01-02T00:00:00.000Z', '', '2', '0'],
      ['b', '2024-01-01T00:00:00.000Z', '-3', '3', '1'],
      ['b', '2024-01-02T00:00:00.000Z', '4', '4', '1'],
    ]);
    expect(table.line(0)).toBe(1);
  });

  test.each(readdirSync(golden))('as other writers write it: %s', async (name) => {
    const table = await open(new Uint8Array(readFileSync(new URL(name, golden))));
    expect(table.columns).toEqual(['time', 'load', 'site', 'wet', 'list']);
    expect(rowsOf(table)).toEqual(
      Array.from({ length: 600 }, (_, row) => [
        String(row),
        row % 7 === 0 ? '' : String((row % 40) / 8),
        `site ${Math.floor(row / 200)}`,
        row % 3 === 0 ? '1' : '0',
        JSON.stringify(Array(row % 3).fill(String(row % 5))),
      ]),
    );
  });

  test('a run that is longer than its page is refused before it is made', async () => {
    const file = new Uint8Array(readFileSync(new URL('arrow-none.parquet', golden)));
    // The definition levels of the first column: their length of three bytes, then 600 times the value 1.
    const at = file.findIndex((_, n) => [3, 0, 0, 0, 0xb0, 9, 1].every((byte, k) => file[n + k] === byte));
    expect(at).toBeGreaterThan(0);
    // 2^31 - 1 times it instead.
    file.set([0xfe, 0xff, 0xff, 0xff, 0x0f, 1], at + 4);
    expect(await failure(open(file))).toBe(
      'The Parquet file cannot be read (a run has more values than its page): write it again.',
    );
  });

  test('a damaged one is refused in a sentence', async () => {
    const file = new Uint8Array(parquetWriteBuffer({ columnData }));
    expect(await failure(open(file.subarray(0, file.length - 20)))).toMatch(
      /^The Parquet file cannot be read/,
    );
  });
});

test.each([
  [
    '[Content_Types].xml',
    'PK\x03\x04\x14\0\x06\0[Content_Types].xml',
    'The file is an Excel workbook: save the sheet as CSV (UTF-8).',
  ],
  ['a zip', 'PK\x03\x04\x14\0\0\0data.csv', 'The file is a zip archive: unpack it and open the CSV in it.'],
  [
    'an old workbook',
    '\xd0\xcf\x11\xe0\xa1\xb1',
    'The file is an old Excel workbook: save the sheet as CSV (UTF-8).',
  ],
  ['a PDF', '%PDF-1.7', 'The file is a PDF: it is for reading: find the table it was made from.'],
  [
    'Zstandard',
    '\x28\xb5\x2f\xfd\0',
    'The file is compressed with Zstandard: unpack it, or compress it with gzip.',
  ],
  [
    'a page',
    '<!doctype html><p>',
    'The file looks like HTML or XML, not a table: save it as CSV (UTF-8) first.',
  ],
  ['Arrow', 'ARROW1\0\0', 'The file is an Arrow or Feather file: save it as Parquet or CSV.'],
])('%s is named as what it is', async (_, start, message) => {
  expect(await failure(open(latin(`${start}\n`)))).toBe(message);
});

/** A source that grows as it is read, and tells how far it was. */
function longSource(size: number): ByteSource & { read: number } {
  const line = 'station 1,2024-01-01 00:00:00,12.25,-3\n';
  const block = bytes(line.repeat(1 + Math.ceil(2 ** 20 / line.length)));
  const header = bytes('id,t,x,y\n');
  const source = {
    size,
    read: 0,
    async slice(start: number, end: number) {
      source.read = Math.max(source.read, end);
      const piece = block.slice(start % line.length, (start % line.length) + end - start);
      if (start === 0) piece.set(header.subarray(0, piece.length));
      return piece as Uint8Array<ArrayBuffer>;
    },
  };
  return source;
}

test('a long file reports its progress and ends when it is cancelled', async () => {
  const source = longSource(2 ** 40);
  const controller = new AbortController();
  const seen: ReadProgress[] = [];
  const reading = readSource(source, {
    signal: controller.signal,
    onProgress(progress) {
      seen.push(progress);
      if (seen.length === 3) controller.abort();
    },
  });
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  expect(seen).toHaveLength(3);
  const [first, , last] = seen as [ReadProgress, ReadProgress, ReadProgress];
  expect(last.bytes).toBeGreaterThan(first.bytes);
  expect(last.rows).toBeGreaterThan(first.rows);
  expect(last.secondsLeft).toBeGreaterThan(0);
  expect(source.read).toBeLessThan(2 ** 30);
});

test('a quote that is never closed is found before it has eaten the file', async () => {
  const source = longSource(2 ** 40);
  const plain = source.slice;
  source.slice = async (start, end) => {
    const piece = await plain(start, end);
    if (start === 2 ** 20) piece[piece.indexOf(10) + 1] = 0x22; // the first letter of a line
    return piece;
  };
  expect(await failure(readSource(source))).toMatch(/^Row \d+ has a quote that is not closed/);
  expect(source.read).toBeLessThan(2 ** 26);
});

test('bytes of Latin-1 far down are read too', async () => {
  const text = `x,place\n${'1,a\n'.repeat(400_000)}2,K\xf6ln\n`;
  const table = await open(latin(text));
  expect(table.cells[1]?.text(400_000)).toBe('Köln');
});
