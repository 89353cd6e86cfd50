import { writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test, vi } from 'vitest';
import { main } from '../../src/node/main.ts';
import { useFolder } from './lab.ts';

const path = useFolder();

/** What `info` says of a file, in this process. */
async function info(file: string, content: Uint8Array, ...flags: string[]) {
  await writeFile(path(file), content);
  const stderr = vi.spyOn(console, 'error').mockImplementation(() => {});
  const stdout = vi.spyOn(console, 'log').mockImplementation(() => {});
  const code = await main(['info', '--data', path(file), ...flags]);
  const result = { code, text: [...stdout.mock.calls, ...stderr.mock.calls].join('\n') };
  vi.restoreAllMocks();
  return result;
}

test('a gzipped table of measurements becomes whole series of the chosen items, by bins', async () => {
  const rows = Array.from({ length: 240 }, (_, i) => {
    const [stay, hour] = [Math.floor(i / 6), i % 6];
    return `${stay >> 1},${stay},2150-01-01 0${hour}:30:00,${i % 2 ? 220045 : 220210},${60 + ((7 * i) % 31)}`;
  });
  const text = ['subject_id,stay_id,charttime,itemid,valuenum', ...rows].join('\n');
  await writeFile(path('d_items.csv'), 'itemid,label\n220045,Pulse\n220210,Breath\n');
  const { code, text: said } = await info(
    'events',
    gzipSync(text),
    ...['--layout', 'series', '--window', '9', '--bin', '2', '--items', '220045,220210'],
    ...['--labels', path('d_items.csv')],
  );
  expect(said).toContain('Series by: stay_id; time: charttime; whole series of at most 3.');
  expect(said).toMatch(/\n {2}Pulse .*\n {2}Breath /);
  expect(said).toContain('40 series of means by the 2 hours; 100 % of the cells have a value.');
  expect(said).toContain("Series of one 'subject_id' stay in one part.");
  expect(code).toBe(0);
});

test('a Parquet file is read, whatever its name', async () => {
  const data = Array.from({ length: 200 }, (_, t) => Math.sin(t / 3));
  const file = parquetWriteBuffer({ columnData: [{ name: 'level', data, type: 'DOUBLE' }] });
  const { code, text } = await info('levels.csv', new Uint8Array(file), '--window', '8');
  expect(text).toMatch(/\n {2}level /);
  expect(code).toBe(0);
});

test('a file of another kind is named as such, and ends the command with 2', async () => {
  const { code, text } = await info(
    'book.csv',
    new TextEncoder().encode('PK\x03\x04    [Content_Types].xml'),
  );
  expect(text).toMatch(/The file is an Excel workbook: save the sheet as CSV \(UTF-8\)\.$/);
  expect(code).toBe(2);
});
