import { expect, test } from 'vitest';
import { seriesTable } from '../../src/app/export/seriesTable.ts';
import { toCsv } from '../../src/app/figures/tables.ts';

test('series from a bundle are a row a position, and a feature that is called as a column of the table is named apart', () => {
  const values = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const table = seriesTable({ count: 2, seqLen: 2, featureSize: 2, values }, ['series', 'x']);
  expect(toCsv(table)).toBe('series,position,series (data),x\n1,1,1,2\n1,2,3,4\n2,1,5,6\n2,2,7,8\n');
});
