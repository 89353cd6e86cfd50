import { describe, expect, test } from 'vitest';
import { guessColumns } from '../../src/engine/data/columns.ts';
import { readText } from '../../src/engine/data/delimited.ts';
import { loadSeries } from '../../src/engine/data/index.ts';
import { defaults } from '../../src/engine/train/config.ts';
import { loadData } from './loadData.ts';

const options = { ...defaults.data, source: 'file.csv', window: 2, stride: 2 };
const open = (text: string) => async () => new TextEncoder().encode(text);
const load = (text: string, overrides: Partial<typeof options> = {}) =>
  loadData({ ...options, ...overrides }, open(text));
const series = (text: string, overrides: Partial<typeof options> = {}) =>
  loadSeries({ ...options, ...overrides }, open(text));
const valuesOf = async (text: string) => {
  const { set } = await series(text);
  return { features: set.features, values: Array.from(set.series[0]?.values ?? []) };
};
/** Days between the rows. */
const gapsOf = async (text: string) => {
  const times = (await series(text)).set.series[0]?.times ?? [];
  return Array.from(times, (time, t) => Number((time - (times[t - 1] ?? time)).toFixed(6))).slice(1);
};
const refusal = (text: string, overrides: Partial<typeof options> = {}) =>
  load(text, overrides).then(
    () => 'no refusal',
    (error: unknown) => `${(error as Error).name}: ${(error as Error).message}`,
  );

describe('marks in numbers', () => {
  test.each([
    [
      'commas, where another cell of the column has a fraction',
      'a;b\n1,250;1\n2,5;2\n984;3\n',
      [1.25, 2.5, 984],
    ],
    [
      'commas alone, in a file that needs none for its cells',
      'a;b\n1,250;1\n2,500;2\n3,125;3\n',
      [1.25, 2.5, 3.125],
    ],
    [
      'points, where another cell of the column has a fraction',
      'a;b\n1.250;1,5\n2.5;2,5\n9.84;3\n',
      [1.25, 2.5, 9.84],
    ],
    ['points in a file without commas', 'a;b\n1.250;1\n2.500;2\n3.125;3\n', [1.25, 2.5, 3.125]],
  ])('are fractions: %s', async (_, text, column) => {
    const { values } = await valuesOf(text);
    expect(values.filter((_value, i) => i % 2 === 0)).toEqual(column);
  });

  test.each([
    ['points beside decimal commas', 'a;b\n984;1,5\n1.211;2,5\n650;3,5\n', '1.211'],
    ['commas beside decimal points', 'a;b\n984;1.5\n1,211;2.5\n650;3.5\n', '1,211'],
    ['a point among decimal commas', 'a;b\n984,5;1\n1.211;2\n650,2;3\n', '1.211'],
    ['both', 'a;b\n984,50;1\n1.211,17;2\n650,00;3\n', '1.211,17'],
    ['points among whole numbers', 'a;b\n984;1\n1.211;2\n650;3\n', '1.211'],
    ['commas among whole numbers', 'a;b\n984;1\n1,211;2\n650;3\n', '1,211'],
    ['a comma in quotes', 'a,b\n984,1\n"1,211",2\n650,3\n', '1,211'],
    ['spaces', 'a,b\n984,1\n1 211,2\n650,3\n', '1 211'],
  ])('that may part thousands are never fractions: %s', async (_, text, cell) => {
    const { set, notes } = await series(text);
    expect(set.features).toEqual(['b']);
    const advice = /^1[.,]211$/.test(cell)
      ? 'write 1211 if it is thousands, 1.2110 if it is a fraction'
      : 'write thousands without a mark between them';
    expect(notes.join(' ')).toContain(`a (row 3: '${cell}'; ${advice})`);
    expect(await refusal(text, { features: ['a'] })).toBe(
      `DataError: Row 3, column 'a': '${cell}' is not a number: ${advice}.`,
    );
  });

  test('that may be either are read as what their advice makes of them', async () => {
    const written = async (cell: string) =>
      (await series(`a;b\n984;1\n${cell};2\n650;3\n`)).set.series[0]?.values[2];
    expect(await written('1211')).toBeCloseTo(1211);
    expect(await written('1.2110')).toBeCloseTo(1.211);
  });

  test.each([
    ['12.5%', 'write the number alone, without a sign or unit'],
    ['$12.50', 'write the number alone, without a sign or unit'],
    ['12,50 €', 'write the number alone, without a sign or unit'],
    ['true', 'write 1 and 0'],
    ['inf', 'leave the cell empty where there is no finite value'],
    ['1e400', 'leave the cell empty where there is no finite value'],
    ['0x1f', 'write it as a decimal number'],
  ])('and signs beside them are named with what to do: %s', (cell, advice) => {
    const { features, reasons } = guessColumns(readText(`a;b\n${cell};1\n${cell};2\n`));
    expect(features).toEqual(['b']);
    expect(reasons.join(' ')).toContain(`a (row 2: '${cell}'; ${advice})`);
  });

  test('words get no such advice', () => {
    const { reasons } = guessColumns(readText('a,b\nrain,1\nT2 weak,2\n'));
    expect(reasons).toContain('Left out, since it holds no numbers: a.');
  });
});

test.each(['#N/A', 'NaT', '<NA>', '--'])('%s is missing', async (cell) => {
  const { set } = await series(`a,b\n1,2\n${cell},4\n5,6\n`);
  expect(Array.from(set.series[0]?.mask ?? [])).toEqual([1, 1, 0, 1, 1, 1]);
});

describe('how times are written', () => {
  test.each([
    ['with points, the day first', ['31.12.2023', '1.1.2024', '13.01.2024'], [1, 12]],
    [
      'with points and a time',
      ['31.01.2024 23:30', '01.02.2024 00:00', '01.02.2024 06:00:00'],
      [0.020833, 0.25],
    ],
    ['without zeros in front', ['2024-3-30 9:00', '2024-3-31 9:00', '2024-3-31 21:00'], [1, 0.5]],
    [
      '24:00, the end of a day',
      ['2024-01-31 23:00', '2024-01-31 24:00', '2024-02-01 01:00'],
      [0.041667, 0.041667],
    ],
    [
      'a zone of hours alone',
      ['2024-01-01 00:00:00+00', '2024-01-01 00:00:00-01', '2024-01-01 03:00:00+01'],
      [0.041667, 0.041667],
    ],
    [
      'UTC by name',
      ['2024-01-01 00:00:00 UTC', '2024-01-01 12:00:00 UTC', '2024-01-02 00:00:00 UTC'],
      [0.5, 0.5],
    ],
    [
      'zones that change in spring',
      ['2024-03-31T01:30+01:00', '2024-03-31T03:00+02:00', '2024-03-31T03:30+02:00'],
      [0.020833, 0.020833],
    ],
    [
      'microseconds since 1970',
      ['1704067200000000', '1704070800000000', '1704153600000000'],
      [0.041667, 0.958333],
    ],
    [
      'nanoseconds since 1970',
      ['1704067200000000000', '1704070800000000000', '1704153600000000000'],
      [0.041667, 0.958333],
    ],
    ['dates as numbers', ['20240131', '20240201', '20240301'], [1, 29]],
    ['dates and times as numbers', ['20240131233000', '20240201000000', '20240201120000'], [0.020833, 0.5]],
  ])('%s', async (_, cells, gaps) => {
    const rows = cells.map((cell, row) => `${cell},${row * row}\n`).join('');
    expect(await gapsOf(`time,x\n${rows}`)).toEqual(gaps);
  });

  test.each([
    [
      'a day that is not',
      'time,x\n2024-02-28,1\n2024-02-30,2\n2024-03-02,4\n',
      "Row 3, column 'time': '2024-02-30' is not a time.",
    ],
    [
      'such a day with a time',
      'time,x\n2024-02-28 00:00,1\n2024-02-30 00:00,2\n2024-03-02 00:00,4\n',
      "Row 3, column 'time': '2024-02-30 00:00' is not a time.",
    ],
    [
      '29 February of another year',
      'time,x\n2023-02-28 00:00,1\n2023-02-29 00:00,2\n2023-03-02 00:00,4\n',
      "Row 3, column 'time': '2023-02-29 00:00' is not a time.",
    ],
    [
      'an hour beyond 24:00',
      'time,x\n2024-01-01 23:00,1\n2024-01-01 24:30,2\n2024-01-02 02:00,4\n',
      "Row 3, column 'time': '2024-01-01 24:30' is not a time.",
    ],
    [
      'a zone that is missing once',
      'time,x\n2024-01-01T00:00-05:00,1\n2024-01-01T01:00-05:00,2\n2024-01-01T07:00,4\n',
      "Row 4, column 'time': '2024-01-01T07:00' has no zone, but the times above it have one: write all of them in one way.",
    ],
    [
      'a zone that is there once',
      'time,x\n2024-01-01 00:00,1\n2024-01-01 01:00,2\n2024-01-01 07:00Z,4\n',
      "Row 4, column 'time': '2024-01-01 07:00Z' has a zone, but the times above it have none: write all of them in one way.",
    ],
  ])('%s is refused', async (_, text, message) => {
    expect(await refusal(text)).toBe(`DataError: ${message}`);
  });

  test('leap days are days', async () => {
    expect(await gapsOf('time,x\n2024-02-29 00:00,1\n2024-03-01 00:00,2\n2024-03-31 00:00,4\n')).toEqual([
      1, 30,
    ]);
  });

  test('an order that is wrong is said as the file writes times', async () => {
    expect(await refusal('t,x\n02.01.2024 00:00,1\n01.01.2024 00:00,2\n03.01.2024 00:00,4\n')).toContain(
      "Row 3, column 't': 01.01.2024 00:00 is earlier",
    );
    expect(
      await refusal('t,x\n2024-01-02 03:00+01:00,1\n2024-01-02 03:30+02:00,2\n2024-01-03 00:00+01:00,4\n'),
    ).toContain("Row 3, column 't': 2024-01-02 01:30Z is earlier");
  });

  test.each(['08:30', '1/2/2024', '2024-01-01 00:00 CET'])(
    '%s is not understood, and that is said',
    (cell) => {
      const { time, reasons } = guessColumns(readText(`time,x\n${cell},1\n${cell},2\n`));
      expect(time).toBeNull();
      expect(reasons.at(-1)).toMatch(/^'time' could be dates; .*, so the rows are taken in their order\.$/);
    },
  );
});

describe('headers', () => {
  test.each([
    [
      'a row of times and numbers',
      '2024-01-01,1,2\n2024-01-02,2,4\n2024-01-03,3,9\n',
      'Row 1 holds times and numbers where',
    ],
    ['decimal commas', '1,5;2\n2,5;3\n3,5;5\n', 'Row 1 holds numbers where'],
    [
      'a row of a series',
      's0,0,23.9\ns0,1,20\ns1,0,22\n',
      "Row 1 looks like data, for its 's0' stands below it again",
    ],
  ])('missing: %s', async (_, text, message) => {
    expect(await refusal(text)).toContain(`DataError: ${message}`);
  });

  test('may be numbers beside a name', async () => {
    expect(await valuesOf('site,1990,2000\na,1,2\na,3,5\n')).toEqual({
      features: ['1990', '2000'],
      values: [1, 2, 3, 5],
    });
  });

  test('that come again are refused with their row', async () => {
    expect(await refusal('t,x\n1,1\n2,4\nt,x\n3,9\n')).toBe(
      'DataError: Row 4 repeats the header: take it out.',
    );
  });

  test('of two rows: the cell that keeps the column out is named', async () => {
    expect(await refusal('time,x,y\nUTC,degC,hPa\n2024-01-01,1,2\n2024-01-02,2,4\n2024-01-03,3,9\n')).toBe(
      "DataError: No column of numbers is left to learn from, since in row 2, column 'x', 'degC' is not a number: mend it, or take the row out.",
    );
  });

  test('a line for Excel above them is passed over, and counted', async () => {
    expect((await valuesOf('sep=;\r\na;b\r\n1,5;-2\r\n3;40\r\n')).values).toEqual([1.5, -2, 3, 40]);
    expect(await refusal('sep=;\na;b\n1;2\n3\n')).toContain('Row 4 has 1 cell');
  });

  test.each([
    ['of all rows', 'a,b,,\n1,2,,\n3,5,,\n'],
    ['of the rows alone', 'a,b\n1,2,\n3,5,\n'],
  ])('empty cells at the end %s do no harm', async (_, text) => {
    expect(await valuesOf(text)).toEqual({ features: ['a', 'b'], values: [1, 2, 3, 5] });
  });

  test('a value without a name is refused', async () => {
    expect(await refusal('a,b,,\n1,2,,\n3,5,,7\n')).toBe(
      'DataError: Column 4 has no name in the header: name it, or take the column out.',
    );
    expect(await refusal(',a\n0,1\n1,2\n')).toContain('Column 1 has no name in the header');
  });

  test('columns parted by spaces are told as such', async () => {
    expect(await refusal('t  x\n1  2\n2  4\n')).toContain("'1  2' is not a number: part columns by commas");
  });

  test('one column with decimal commas is told as such', async () => {
    expect(await refusal('x\n1,5\n2,5\n')).toContain('or write decimals with a point');
  });
});

describe('numbers that are too long or too large', () => {
  const big = (n: number) => String(2n ** 60n + BigInt(n));

  test('ids are told apart by all their digits', async () => {
    const text = `id,t,x\n${[0, 0, 1, 1].map((id, row) => `${big(id)},${row % 2},${row * row}`).join('\n')}\n`;
    const { set, mapping } = await series(text);
    expect(mapping).toMatchObject({ id: 'id', time: 't', features: ['x'] });
    expect(set.series.map(({ id, length }) => [id, length])).toEqual([
      [big(0), 2],
      [big(1), 2],
    ]);
  });

  test('values beyond single precision are refused, whatever their part', async () => {
    const rows = Array.from({ length: 40 }, (_, t) => `${t % 7},${t}`);
    const at = (row: number) =>
      `x,y\n${rows.map((cells, t) => (t === row ? `1e39,${t}` : cells)).join('\n')}\n`;
    for (const row of [3, 39])
      expect(await refusal(at(row))).toMatch(/^DataError: Column 'x' has values beyond 3\.4e38 in size/);
  });

  test('a small change about a large mean is said to be coarse', async () => {
    const text = `x,y\n${Array.from({ length: 40 }, (_, t) => `${5_600_000 + (t % 7)},${t}`).join('\n')}\n`;
    const { notes } = await load(text);
    expect(notes.join(' ')).toContain(
      "'x' varies by 2.0 about 5.60e+6, and single precision keeps it to 0.50 there: subtract a constant from it first.",
    );
    expect(notes.join(' ')).not.toContain("'y' varies");
  });
});

test('a zero byte in a text is refused with its row', async () => {
  expect(await refusal('a,b\n1,2\n3,\0\n5,6\n')).toBe(
    'DataError: The file is not text, for row 3 holds a zero byte: save it as CSV (UTF-8) first.',
  );
  expect(await refusal(`a,b\n${'1,2\n'.repeat(400_000)}3,\0\n`)).toContain(
    'for row 400002 holds a zero byte',
  );
});
