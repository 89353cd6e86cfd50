import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesSource } from '../../src/engine/data/byteSource.ts';
import { guessColumns } from '../../src/engine/data/columns.ts';
import { readText } from '../../src/engine/data/delimited.ts';
import { loadSeries, resolveMapping } from '../../src/engine/data/index.ts';
import { readSource } from '../../src/engine/data/readSource.ts';
import { toSeries } from '../../src/engine/data/series.ts';
import { DataError } from '../../src/engine/data/types.ts';
import { defaults } from '../../src/engine/train/config.ts';
import { loadData } from './loadData.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const options = { ...defaults.data, source: 'file.csv', window: 2, stride: 2 };
const load = (text: string | Uint8Array, overrides: Partial<typeof options> = {}) =>
  loadData({ ...options, ...overrides }, async () => (typeof text === 'string' ? bytes(text) : text));
const series = (text: string, overrides: Partial<typeof options> = {}) =>
  loadSeries({ ...options, ...overrides }, async () => bytes(text));

describe('the gap before the first row of a series', () => {
  const table = (times: readonly number[]) =>
    `id,t,x\n${[0, 1, 2]
      .flatMap((id) => times.map((t, row) => `${id},${t + (row > 0 ? id : 0)},${id + row * row}`))
      .join('\n')}\n`;
  const firstGaps = async (times: readonly number[]) => {
    const choice = { id: 'id', time: 't', features: ['x'], gap: 'linear' as const, window: 3, stride: 3 };
    const { train } = await load(table(times), choice);
    return Array.from({ length: train.count }, (_, n) => train.mask[n * 6]);
  };

  test('is the time since its start where times count from there', async () => {
    expect(await firstGaps([0.5, 1, 2])).toEqual([1]);
  });

  test.each([
    ['years', [1990, 1991, 1993]],
    ['times before 0', [-5, 1, 2]],
  ])('is missing where they do not: %s', async (_, times) => {
    expect(await firstGaps(times)).toEqual([0]);
  });
});

describe('what a file may look like', () => {
  const expected = [1.5, -2, 3, 40];
  test.each([
    ['commas', 'a,b\n1.5,-2\n3,40\n'],
    ['semicolons and decimal commas', 'a;b\n1,5;-2\n3;40\n'],
    ['tabs, no newline at the end', 'a\tb\n1.5\t-2\n3\t40'],
    ['Windows line ends and a byte-order mark', '\uFEFFa,b\r\n1.5,-2\r\n3,40\r\n'],
    ['quotes and spaces', '"a", b\n"1.5", -2\n" 3",40\n'],
    ['exponents and blank lines', 'a,b\n\n15e-1,-2\n\n3,4e1\n'],
  ])('%s', async (_, text) => {
    const { set } = await series(text);
    expect(set.features).toEqual(['a', 'b']);
    expect(Array.from(set.series[0]?.values ?? [])).toEqual(expected);
  });

  test('Latin-1 text is read, not refused', async () => {
    const latin = Uint8Array.of(...bytes('Stra'), 0xdf, ...bytes('e,b\n1,2\n3,4\n'));
    expect((await readSource(bytesSource(latin))).columns).toEqual(['Straße', 'b']);
  });

  test.each([
    ['little', [0xff, 0xfe], true],
    ['big', [0xfe, 0xff], false],
  ] as const)('UTF-16 of a spreadsheet is read, %s end first', async (_, mark, little) => {
    const letters = [...'a\tb\n1\t2\n3\t4\n'].flatMap((letter) => [letter.charCodeAt(0), 0]);
    const ordered = little ? letters : letters.map((_, i) => letters[i ^ 1] as number);
    const { cells, count } = await readSource(bytesSource(Uint8Array.of(...mark, ...ordered)));
    expect(Array.from({ length: count }, (_row, row) => cells.map((column) => column.number(row)))).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  test.each(['', 'NA', 'n/a', 'NaN', 'null'])(
    'an empty cell written %j is missing, not zero',
    async (cell) => {
      const { set } = await series(`a,b\n1,2\n${cell},4\n5,6\n`);
      expect(Array.from(set.series[0]?.mask ?? [])).toEqual([1, 1, 0, 1, 1, 1]);
    },
  );
});

describe('what the columns are', () => {
  test('long layout: id, time and features are told from names and contents', () => {
    const rows = [
      'sequence_id,time_days,longitude,latitude',
      's0,0.1,142,38',
      's0,0.4,140,37',
      's1,0.2,139,36',
      's1,0.9,141,35',
    ];
    const guess = guessColumns(readText(rows.join('\n')));
    expect(guess).toMatchObject({
      id: 'sequence_id',
      time: 'time_days',
      features: ['longitude', 'latitude'],
    });
  });

  describe('where the time starts again', () => {
    /** Four hours of each of three beds. */
    const guess = (header: string, row: (bed: number, hour: number) => string) => {
      const rows = [0, 1, 2].flatMap((bed) => [0, 1, 2, 3].map((hour) => row(bed, hour)));
      return guessColumns(readText([header, ...rows].join('\n')));
    };

    test('the column that changes there, and there alone, tells the series apart, whatever its name', () => {
      const words = guess('bed,hour,value', (bed, hour) => `bed ${bed},${hour},${(hour * 7 + bed) % 5}`);
      expect(words).toMatchObject({ id: 'bed', time: 'hour', features: ['value'] });
      expect(words.reasons).toContain("'bed' tells the series apart: where it changes, 'hour' starts again.");
      const dated = guess('value,bed,date', (bed, hour) => `${(hour * 7) % 5},${bed},2024-05-${10 + hour}`);
      expect(dated).toMatchObject({ id: 'bed', time: 'date', features: ['value'] });
    });

    test('what is only the same throughout a series is a feature', () => {
      const aged = guess('age,bed,hour,value', (bed, hour) => `${[61, 70, 61][bed]},${bed},${hour},${hour}`);
      expect(aged).toMatchObject({ id: 'bed', features: ['age', 'value'] });
    });

    test.each([
      ['the time never starts again', (bed: number, hour: number) => `${bed},${4 * bed + hour},1`],
      [
        'the time runs backwards',
        (bed: number, hour: number) => `${4 * bed + hour},${12 - 4 * bed - hour},1`,
      ],
      ['it changes elsewhere too', (bed: number, hour: number) => `${bed + (hour > 2 ? 9 : 0)},${hour},1`],
      ['it comes back', (bed: number, hour: number) => `${bed % 2},${hour},1`],
      ['it is empty once', (bed: number, hour: number) => `${bed === 2 ? '' : bed},${hour},1`],
      ['nothing changes there', (_: number, hour: number) => `7,${hour},1`],
    ])('there is no such column where %s', (_, row) => {
      expect(guess('level,hour,value', row).id).toBeNull();
    });
  });

  test('one series with dates; a column of words is left out and said', () => {
    const rows = [
      'date,rain,weather',
      '2012-01-01,0.5,drizzle',
      '2012-01-02,10.9,rain',
      '2012-01-03,0.8,rain',
    ];
    const guess = guessColumns(readText(rows.join('\n')));
    expect(guess).toMatchObject({ id: null, time: 'date', features: ['rain'] });
    expect(guess.reasons.join(' ')).toContain('weather');
  });

  test('ISO dates become days', () => {
    const table = readText('date,x\n2012-01-01,1\n2012-01-02T12:00:00,2\n2012-03-01,3\n');
    const [one] = toSeries(table, resolveMapping(table, options)).series;
    expect(Array.from(one?.times ?? []).map((day) => day - (one?.times?.[0] ?? 0))).toEqual([0, 1.5, 60]);
  });

  test('epoch seconds become days', () => {
    const table = readText('time,x\n1500000000,1\n1500086400,2\n1500172800,4\n');
    const [one] = toSeries(table, resolveMapping(table, options)).series;
    expect(Array.from(one?.times ?? []).map((day) => Math.round(day - (one?.times?.[0] ?? 0)))).toEqual([
      0, 1, 2,
    ]);
  });
});

describe('what is wrong with a file is said in one sentence, with row and column', () => {
  const named = { features: ['x', 'y'] };
  test.each<[string, string | Uint8Array, Partial<typeof options>, RegExp]>([
    ['empty file', '', {}, /^The file is empty: it needs a header row/],
    ['blank file', ' \n\n', {}, /^The file is empty/],
    ['binary file', Uint8Array.of(9, 0, 0, 8, 0, 1), {}, /^The file is not text: save it as CSV/],
    ['zip archive', Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 8, 0), {}, /^The file is a zip archive: unpack it/],
    ['header alone', 'x,y\n', {}, /has a header but no rows/],
    ['no header', '1,2\n3,4\n5,6\n', {}, /^Row 1 holds numbers where the header should be/],
    ['one row of data', 'x,y\n1,2\n', {}, /^The file has a single row of data/],
    ['ragged row', 'x,y\n1,2\n3\n5,6\n', {}, /^Row 3 has 1 cell, but the header has 2: fill in/],
    [
      'a cell too many',
      'x,y\n1,2\n3,4,5\n5,6\n',
      {},
      /^Row 3 has 3 cells, but the header has 2: take out a ','/,
    ],
    [
      'a title above',
      'My table\nx,y\n1,2\n3,4\n',
      {},
      /^Row 2 has 2 cells, but the header has 1: take out what stands/,
    ],
    ['JSON', '[{"x": 1}, {"x": 2}]', {}, /^The file looks like JSON, not a table/],
    ['a web page', '<!doctype html>\n<p>Sign in</p>\n', {}, /^The file looks like HTML or XML, not a table/],
    ['open quote', 'x,y\n1,"2\n3,4\n', {}, /^Row \d has a quote that is not closed/],
    ['a name twice', 'x,x\n1,2\n3,4\n', {}, /^Two columns are called 'x'/],
    ['a name missing', 'x,\n1,2\n3,4\n', {}, /^Column 2 has no name/],
    ['text for a number', 'x,y\n1,2\n3,oops\n5,6\n', named, /^Row 3, column 'y': 'oops' is not a number\.$/],
    ['constant column', 'x,y\n1,7\n3,7\n5,7\n', named, /^Column 'y' is constant \(7\): leave it out\.$/],
    ['empty column', 'x,y\n1,\n3,NA\n5,\n', named, /^Column 'y' has no value at all/],
    [
      'unknown column',
      'x,height\n1,2\n3,4\n5,6\n',
      { features: ['heigth'] },
      /^There is no column 'heigth'; did you mean 'height'\?$/,
    ],
    ['no numbers', 'a,b\nu,v\nw,z\n', {}, /^No column of numbers is left/],
    ['one number', 'a,b\n1,v\n1,z\n', {}, /is left to learn from: 'a' has the same value in every row.$/],
    ['time repeated', 'time,x\n1,1\n1,2\n3,4\n', {}, /^Row 3, column 'time': 1 repeats the time before it/],
    [
      'time unsorted',
      'time,x\n2,1\n1,2\n3,4\n',
      {},
      /^Row 3, column 'time': 1 is earlier than the row before it/,
    ],
    [
      'time that is none',
      'time,x\n1,1\nsoon,2\n3,4\n',
      { time: 'time' },
      /^Column 'time' does not hold times/,
    ],
    [
      'id missing',
      'id,x\na,1\na,2\n,3\nb,5\nb,6\n',
      { id: 'id', features: ['x'] },
      /^Row 4 has no value in the id column/,
    ],
    [
      'window too long',
      'x,y\n1,2\n3,4\n5,5\n',
      { window: 9 },
      /^The longest series has 3 rows, but a window needs 9/,
    ],
    [
      'window too long for a part',
      `x\n${Array.from({ length: 40 }, (_, t) => t * t).join('\n')}\n`,
      { window: 8 },
      /^The longest series of the test part has 4 rows, but a window needs 8: choose a window of at most 4/,
    ],
    [
      'window too long for a file',
      `x\n${Array.from({ length: 40 }, (_, t) => t * t).join('\n')}\n`,
      { window: 90 },
      /^The longest series has 40 rows, but a window needs 90: choose a window of at most 4, which training and test part can fill/,
    ],
    ['a row a series', 'id,x\na,1\nb,2\nc,3\n', { id: 'id' }, /^No series has two rows, and a window needs/],
    ['gap without times', 'x,y\n1,2\n3,4\n5,5\n', { gap: 'log' }, /^A gap feature needs a time column/],
  ])('%s', async (_, text, overrides, message) => {
    const error = await load(text, overrides).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(DataError);
    expect((error as DataError).message).toMatch(message);
    expect((error as DataError).message).not.toContain('\n');
  });

  test('row and column are fields too', async () => {
    await expect(load('x,y\n1,2\n3,oops\n5,6\n', named)).rejects.toMatchObject({
      fault: { row: 3, column: 'y' },
    });
  });

  test('whatever the text, it is read or refused, never worse', async () => {
    const cell = fc.oneof(
      fc.string(),
      fc.double().map(String),
      fc.constantFrom('', 'NA', '2020-01-01', '"', '1,5'),
    );
    const text = fc
      .array(fc.array(cell, { maxLength: 4 }), { maxLength: 8 })
      .map((rows) => rows.map((r) => r.join(',')).join('\n'));
    await fc.assert(
      fc.asyncProperty(fc.oneof(text.map(bytes), fc.uint8Array()), async (input) => {
        try {
          await load(input);
        } catch (error) {
          if (!(error instanceof DataError)) throw error;
        }
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});
