import { readdirSync, readFileSync } from 'node:fs';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { bytesSource } from '../../src/engine/data/index.ts';
import { readSource } from '../../src/engine/data/readSource.ts';
import { DataError } from '../../src/engine/data/types.ts';
import { damaged, fuzz } from './fuzz.ts';

const file = new Uint8Array(
  parquetWriteBuffer({
    columnData: [
      { name: 'time', data: Array.from({ length: 30 }, (_, n) => n), type: 'INT32' },
      { name: 'load', data: Array.from({ length: 30 }, (_, n) => Math.sin(n)), type: 'DOUBLE' },
      { name: 'site', data: Array.from({ length: 30 }, (_, n) => `site ${n % 3}`), type: 'STRING' },
    ],
    codec: 'SNAPPY',
    rowGroupSize: 10,
  }),
);
const open = (bytes: Uint8Array) => readSource(bytesSource(bytes));

test('the file that is damaged below is whole', async () => {
  expect((await open(file)).columns.length).toBe(3);
});

const footer = footerOf(file);
test('Parquet with a damaged footer is read or refused', () =>
  fuzz(damaged(file, footer), open, [DataError]));

const golden = new URL('../golden/parquet/', import.meta.url);
const files: [string, Uint8Array][] = [
  ['hyparquet-writer', file],
  ...readdirSync(golden).map((name): [string, Uint8Array] => [
    name,
    new Uint8Array(readFileSync(new URL(name, golden))),
  ]),
];
test.each(files)('%s with damaged pages is read or refused', (_, whole) =>
  fuzz(damagedPages(whole), open, [DataError]),
);

/** The file with other bytes before its footer, which still fits them. */
function damagedPages(whole: Uint8Array) {
  const end = footerOf(whole);
  return damaged(whole.subarray(0, end)).map((pages) => {
    const copy = whole.slice();
    copy.fill(0, 4, end);
    copy.set(pages.subarray(4, end), 4);
    return copy;
  });
}

/** Where the footer begins. */
function footerOf({ buffer, byteOffset, length }: Uint8Array): number {
  return length - 8 - new DataView(buffer, byteOffset).getUint32(length - 8, true);
}
