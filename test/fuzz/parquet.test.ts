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

// Of its pages nothing is changed: hyparquet believes the run lengths in them, and a damaged one can keep it busy for minutes.
const footer = file.length - 8 - new DataView(file.buffer).getUint32(file.length - 8, true);
test('Parquet with a damaged footer is read or refused', () =>
  fuzz(damaged(file, footer), open, [DataError]));
