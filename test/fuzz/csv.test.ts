import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { test } from 'vitest';
import { bytesSource, guessTable, prepare, seriesOf } from '../../src/engine/data/index.ts';
import { readSource } from '../../src/engine/data/readSource.ts';
import { DataError } from '../../src/engine/data/types.ts';
import { damaged, fuzz } from './fuzz.ts';

const options = {
  layout: 'windows' as const,
  window: 4,
  stride: 2,
  gap: 'none' as const,
  shuffle: false,
  seed: 0,
  split: { train: 0.6, validation: 0.2, test: 0.2 },
};

/** The whole way of a file: bytes, cells, columns, series, windows. */
async function open(input: Uint8Array): Promise<void> {
  const table = await readSource(bytesSource(input));
  const { items = [], ...guess } = guessTable(table, 'auto');
  const chosen = { form: 'auto', items: items.slice(0, 3).map(({ item }) => item), bin: 1 } as const;
  prepare(seriesOf(table, { ...guess, ...chosen }).set, options);
}

const valid = new TextEncoder().encode(
  [
    'station;when;temp;"wind, m/s"',
    ...Array.from({ length: 100 }, (_, n) => {
      const day = String((n % 20) + 1).padStart(2, '0');
      return `${'abcde'[Math.floor(n / 20)]};2024-01-${day};${(n * 0.37).toFixed(2).replace('.', ',')};${n % 7 || 'NA'}`;
    }),
  ].join('\r\n'),
);

const cell = fc.oneof(
  fc.double().map(String),
  fc.integer().map(String),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom(
    '',
    'NA',
    'nan',
    '-',
    '"',
    '""',
    '"a',
    "'",
    '1,5',
    '1.234,5',
    '1e400',
    '0x10',
    '#',
    '\0',
    '\ufeff',
    '<b>',
  ),
  fc.string({ maxLength: 12 }),
);
const madeUp = fc
  .record({
    rows: fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 30 }),
    delimiter: fc.constantFrom(',', ';', '\t', '|', ' '),
    line: fc.constantFrom('\n', '\r\n', '\r'),
  })
  .map(({ rows, delimiter, line }) =>
    new TextEncoder().encode(rows.map((row) => row.join(delimiter)).join(line)),
  );

const parquet = new Uint8Array(
  parquetWriteBuffer({
    columnData: [
      { name: 'station', data: Array.from({ length: 120 }, (_, n) => 'abcdef'[Math.floor(n / 20)] ?? '') },
      { name: 'x', data: Array.from({ length: 120 }, (_, n) => Math.sin(n)) },
    ],
  }),
);

test('the file that is damaged below is whole', () => open(valid));
test('damaged CSV is read or refused', () => fuzz(damaged(valid), open, [DataError]));
test('damaged gzip is read or refused', () => fuzz(damaged(gzipSync(valid)), open, [DataError]));
test('damaged Parquet is read or refused', () => fuzz(damaged(parquet), open, [DataError]));
test('text that is nearly CSV is read or refused', () => fuzz(madeUp, open, [DataError]));
