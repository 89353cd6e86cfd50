import { describe, expect, test } from 'vitest';
import { loadSeries } from '../../src/engine/data/index.ts';
import { DataError, type SeriesSet, type WindowSet } from '../../src/engine/data/types.ts';
import { prepare, prepareHeldOut } from '../../src/engine/data/windows.ts';
import { defaults } from '../../src/engine/train/config.ts';
import { loadData } from './loadData.ts';

const options = { ...defaults.data, source: 'file.csv', window: 4, stride: 4 };
type Options = typeof options;
const files = (content: Record<string, string>) => async (path: string) =>
  new TextEncoder().encode(content[path] ?? '');
const series = (text: string, overrides: Partial<Options> = {}, labels = '') =>
  loadSeries({ ...options, ...overrides }, files({ 'file.csv': text, 'd_items.csv': labels }));
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error as DataError,
  );

describe('MIMIC events', () => {
  const header = 'subject_id,hadm_id,stay_id,charttime,itemid,value,valuenum,valueuom';
  const row = (subject: number, stay: number, time: string, item: number, value: number | string) =>
    `${subject},9,${stay},2150-03-01 ${time},${item},${value},${value},bpm`;
  const rows = [
    row(1, 11, '08:10:00', 220045, 80),
    row(1, 11, '08:50:00', 220045, 90),
    row(1, 11, '08:20:00', 220210, 15),
    row(2, 21, '10:00:00', 220045, 60),
    row(1, 11, '10:10:00', 220045, 100), // two hours after the first: the hour between is empty
    row(2, 21, '10:59:59', 220210, 20),
    row(2, 21, '11:00:00', 220045, 70),
    row(2, 21, '11:00:00', 999, 5),
    row(1, 12, '09:00:00', 220045, 75),
    row(1, 12, '10:20:00', 220210, ''),
    row(1, 12, '10:20:00', 220210, 17),
  ];
  const text = [header, ...rows].join('\n');
  const chosen = { items: ['220045', '220210'] };
  const observed = ({ series: all, features }: SeriesSet) =>
    all.map(({ id, group, length, values, mask }) => ({
      id,
      group,
      cells: Array.from({ length }, (_, t) =>
        features.map((_name, d) => (mask[t * features.length + d] ? values[t * features.length + d] : null)),
      ),
    }));

  test('are pivoted: hourly means by stay, missing where nothing was measured, patients told apart', async () => {
    const { set, mapping, notes } = await series(text, chosen);
    expect(set.features).toEqual(['Heart Rate', 'Respiratory Rate']);
    expect(observed(set)).toEqual([
      {
        id: '11',
        group: '1',
        cells: [
          [85, 15],
          [null, null],
          [100, null],
        ],
      },
      {
        id: '21',
        group: '2',
        cells: [
          [60, 20],
          [70, null],
        ],
      },
      {
        id: '12',
        group: '1',
        cells: [
          [75, null],
          [null, 17],
        ],
      },
    ]);
    expect(mapping).toMatchObject({ id: 'stay_id', time: 'charttime', group: 'subject_id', ...chosen });
    expect(notes.join(' ')).toContain("one series for each 'stay_id'");
  });

  test('with other bins, other items, and the names of a file', async () => {
    const labels = 'itemid,label,unit\n220045,Pulse,bpm\n999,Odd thing,\n';
    const { set } = await series(text, { items: ['999', '220045'], bin: 2, labels: 'd_items.csv' }, labels);
    expect(set.features).toEqual(['Odd thing', 'Pulse']);
    expect(observed(set)[0]?.cells).toEqual([
      [null, 85],
      [null, 100],
    ]);
    expect(observed(set)[1]?.cells).toEqual([[5, 65]]);
  });

  test('the most frequent items are taken where none is named; capitals are columns too', async () => {
    const { mapping } = await series(text);
    expect(mapping?.items).toEqual(['220045', '220210', '999']);
    const capitals = [header.toUpperCase(), ...rows].join('\n');
    expect((await series(capitals, chosen)).set.series.length).toBe(3);
  });

  test('as a plain table they are read as they stand', async () => {
    const error = await refusal(series(text, { form: 'table', features: ['valuenum'], id: 'stay_id' }));
    expect(error?.message).toMatch(/^Row 4, column 'charttime': .* is earlier than the row before it/);
  });

  test('all stays of a patient stand in one part, whatever the seed', async () => {
    const many = Array.from({ length: 240 }, (_, i) => {
      const [stay, hour] = [Math.floor(i / 4), i % 4];
      return row(Math.floor(stay / 3), stay, `0${hour}:00:00`, 220045, 60 + ((7 * i) % 40));
    });
    for (const seed of [0, 1, 2]) {
      const data = await loadData(
        { ...options, items: ['220045'], seed, split: { train: 0.6, validation: 0.2, test: 0.2 } },
        files({ 'file.csv': [header, ...many].join('\n') }),
      );
      const patients = [data.train, data.validation, data.test].map(
        ({ ids }) => new Set(ids.map((id) => Math.floor(Number(id) / 3))),
      );
      expect(patients.map(({ size }) => size)).toEqual([12, 4, 4]);
      expect(new Set(patients.flatMap((part) => [...part])).size).toBe(20);
    }
  });

  test.each<[string, string, Partial<Options>, RegExp, object]>([
    [
      'a value that is none',
      `${text}\n${row(2, 21, '12:00:00', 220045, 'high')}`,
      chosen,
      /^Row 13, column 'valuenum': 'high' is not a number/,
      { row: 13, column: 'valuenum' },
    ],
    [
      'a time that is none',
      `${text}\n2,9,21,soon,220045,5,5,bpm`,
      chosen,
      /^Row 13, column 'charttime': 'soon' is not a time/,
      { row: 13, column: 'charttime' },
    ],
    [
      'no stay',
      `${text}\n2,9,,2150-03-01 12:00:00,220045,5,5,bpm`,
      chosen,
      /^Row 13 has no value in the id column 'stay_id'/,
      { row: 13, column: 'stay_id' },
    ],
    [
      'a stay of two patients',
      `${text}\n${row(3, 21, '12:00:00', 220045, 5)}`,
      chosen,
      /^Row 13, column 'subject_id': series '21' belongs to 2 in row 5, and here to another/,
      { row: 13, column: 'subject_id' },
    ],
    [
      'an item that is not there',
      text,
      { items: ['220045', '1'] },
      /^No row of item 1 has a number/,
      { column: 'itemid' },
    ],
    [
      'a file of labels without labels',
      text,
      { ...chosen, labels: 'd_items.csv' },
      /^'d_items.csv': The file of labels needs the columns 'itemid' and 'label'/,
      {},
    ],
    [
      'bins without end',
      `${text}\n2,9,21,9999-03-01 12:00:00,220045,5,5,bpm`,
      { ...chosen, bin: 1 / 60 },
      /the longest series, '21', has .*: choose wider bins or fewer items/,
      {},
    ],
  ])('%s is refused with its place', async (_, content, overrides, message, place) => {
    const error = await refusal(series(content, overrides, 'a,b\n1,2\n3,4\n'));
    expect(error).toBeInstanceOf(DataError);
    expect(error?.message).toMatch(message);
    expect(error).toMatchObject({ fault: place });
  });
});

describe('a USGS catalogue', () => {
  const header = 'time,latitude,longitude,depth,mag,magType,nst,gap,dmin,rms,net,id,updated,place,type';
  const event = (hour: number, mag: number, type = 'earthquake') =>
    `2023-01-01T${String(hour).padStart(2, '0')}:00:00.500Z,${35 + hour / 10},${140 - hour / 10},10,${mag},mb,,90,,0.5,us,us${hour},2023-03-01T00:00:00.000Z,"12 km E, Japan",${type}`;
  // Newest first, as the service gives it, with two events at once and an explosion.
  const rows = [
    event(9, 3.1),
    event(7, 4.2),
    event(7, 2.9),
    event(5, 1, 'explosion'),
    event(4, 2.5),
    event(1, 5),
  ];

  test('is recognised: put in order, explosions left out, the logarithm of the gap in front', async () => {
    const { set, mapping, notes } = await series([header, ...rows].join('\n'));
    expect(mapping).toMatchObject({
      id: null,
      time: 'time',
      features: ['longitude', 'latitude', 'mag'],
      gap: 'log',
    });
    const [one] = set.series;
    expect(one?.length).toBe(5);
    expect(Array.from(one?.values ?? []).filter((_, i) => i % 3 === 2)).toEqual([5, 2.5, 4.2, 2.9, 3.1]);
    expect(notes).toContain('1 event that is no earthquake was left out.');
    expect(notes).toContain('The events were put in the order of their times.');
  });

  test('has its gap as the first feature of the windows', async () => {
    const long = Array.from({ length: 24 }, (_, n) => n)
      .filter((n) => n % 5 !== 2)
      .map((hour) => event(hour, 3 + ((5 * hour) % 7) / 10))
      .reverse();
    const data = await loadData(
      { ...options, window: 2, stride: 2 },
      files({ 'file.csv': [header, ...long].join('\n') }),
    );
    expect(data.features).toEqual(['log gap (days)', 'longitude', 'latitude', 'mag']);
  });

  test('as a plain table it must be in order', async () => {
    const plain = { form: 'table', features: ['mag'], time: 'time' } as const;
    const error = await refusal(series([header, ...rows].join('\n'), { ...plain, features: ['mag'] }));
    expect(error?.message).toMatch(/^Row 3, column 'time': .* is earlier than the row before it/);
  });
});

describe('whole series', () => {
  const set: SeriesSet = {
    features: ['x'],
    series: Array.from({ length: 12 }, (_, n) => {
      const length = n === 0 ? 1 : 2 + (n % 5);
      const values = Float64Array.from({ length }, (_v, t) => 10 * n + t);
      const mask = new Uint8Array(length).fill(n === 1 ? 0 : 1);
      return { id: `s${n}`, length, values, mask };
    }),
  };
  const whole = {
    ...options,
    layout: 'series' as const,
    window: 5,
    split: { train: 0.5, validation: 0.25, test: 0.25 },
  };

  test('are padded to the longest: mask and values 0, the mean, after the end of each', () => {
    const data = prepare(set, whole);
    const parts = [data.train, data.validation, data.test];
    expect(parts.reduce((sum, { count }) => sum + count, 0)).toBe(10);
    for (const windows of parts) {
      expect(windows.seqLen).toBe(5);
      for (let n = 0; n < windows.count; n++) {
        const length = Math.min(5, 2 + (Number(windows.ids[n]?.slice(1)) % 5));
        expect(windows.lengths?.[n]).toBe(length);
        const expected = Array.from({ length: 5 }, (_, t) => (t < length ? 1 : 0));
        expect([...windows.mask.subarray(5 * n, 5 * n + 5)]).toEqual(expected);
        expect([...windows.values.subarray(5 * n + length, 5 * n + 5)]).toEqual(
          new Array(5 - length).fill(0),
        );
      }
    }
    expect(data.notes).toContain('1 series shorter than 2 rows was left out.');
    expect(data.notes).toContain('2 series are longer than 5 rows: the first 5 were kept.');
    expect(data.notes).toContain('1 series without any observed value was left out.');
    expect(data.lengths?.reduce((sum, [, some]) => sum + some, 0)).toBe(data.train.count);
  });

  test('shuffle within their own length', () => {
    const [plain, shuffled] = [prepare(set, whole), prepare(set, { ...whole, shuffle: true })];
    const sorted = ({ values }: WindowSet, n: number) => [...values.subarray(5 * n, 5 * n + 5)].sort();
    expect(shuffled.train.mask).toEqual(plain.train.mask);
    for (let n = 0; n < plain.train.count; n++)
      expect(sorted(shuffled.train, n)).toEqual(sorted(plain.train, n));
  });

  test('held out, are padded to the length of the model', () => {
    const { scaler } = prepare(set, whole);
    const held = prepareHeldOut({ ...set, series: set.series.slice(2, 4) }, whole, scaler, 9);
    expect([held.seqLen, [...(held.lengths ?? [])]]).toEqual([9, [4, 5]]);
  });

  test('one alone, and windows that fit no memory, are refused', () => {
    expect(() => prepare({ ...set, series: set.series.slice(3, 4) }, whole)).toThrow(
      /^There is one series, and whole series need several/,
    );
    const long = {
      ...set,
      series: [{ id: 'a', length: 3e5, values: new Float64Array(3e5), mask: new Uint8Array(3e5).fill(1) }],
    };
    expect(() => prepare(long, { ...options, window: 1024, stride: 1 })).toThrow(
      /^\d+,\d+ windows of 1024 rows and 1 features take [\d,]+ MiB, and 1,536 MiB are the most: choose a stride of \d or more/,
    );
  });
});
