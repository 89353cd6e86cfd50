import { describe, expect, test } from 'vitest';
import { loadSeries } from '../../src/engine/data/index.ts';
import { defaults } from '../../src/engine/train/config.ts';

/** What is said of a table of text. */
async function notesOn(lines: readonly string[], options: Partial<(typeof defaults)['data']> = {}) {
  const bytes = new TextEncoder().encode(`${lines.join('\n')}\n`);
  const { notes, set } = await loadSeries(
    { ...defaults.data, source: 'a.csv', ...options },
    async () => bytes,
  );
  return { notes: notes.join('\n'), set };
}

const day = (n: number) => new Date(Date.UTC(2024, 0, 1 + n)).toISOString().slice(0, 10);

describe('what could be meant otherwise is said, and taken as it stands', () => {
  test('a number that stands for a missing value', async () => {
    const wind = [3.1, -999, 4.2, 5.5, -999, 2.8];
    const { notes, set } = await notesOn(['wind,x', ...wind.map((value, row) => `${value},${row}`)]);
    expect(notes).toContain("'wind' is -999 in 2 rows and else between 2.8 and 5.5");
    expect(Array.from(set.series[0]?.values ?? []).filter((value) => value === -999)).toHaveLength(2);
  });

  test.each([
    ['counts up to 99', Array.from({ length: 100 }, (_, row) => row)],
    ['losses that reach -99', [-99, -60, 12, 40, -20]],
    ['a number that files seldom have for it', [3.1, -1000, 4.2]],
    ['two values', [9, 1, 9, 1]],
  ])('but not %s', async (_, values) => {
    expect((await notesOn(['x', ...values.map(String)])).notes).not.toContain('missing value');
  });

  test('commas that part thousands, or fractions', async () => {
    const thousands = await notesOn(['a\tb', '12,345\t1', '678\t2', '11,000\t3']);
    expect(thousands.notes).not.toContain('decimal'); // the whole number among them shows that they part thousands
    const alone = await notesOn(['a\tb', '12,345\tx', '23,456\ty', '11,000\tz']);
    expect(alone.notes).toContain("The commas in 'a' are read as decimal marks: 23,456 is 23.456.");
    const shown = await notesOn(['a\tb', '12,345\tx', '23,45\ty', '11,000\tz']);
    expect(shown.notes).not.toContain('decimal');
  });

  test('blocks of rows that could be series', async () => {
    const rows = ['oak', 'elm', 'ash'].flatMap((tree) => [1, 2, 3].map((n) => `${tree},${n * 1.5}`));
    expect((await notesOn(['tree,height', ...rows])).notes).toContain("'tree' parts them into blocks");
    const { set, notes } = await notesOn(['tree,height', ...rows], { id: 'tree' });
    expect(set.series).toHaveLength(3);
    expect(notes).not.toContain('blocks');
    const mixed = ['sun,1', 'sun,2', 'rain,3', 'sun,4', 'rain,5', 'rain,6'];
    expect((await notesOn(['sky,x', ...mixed])).notes).not.toContain('blocks');
    expect((await notesOn(['sky,x', 'sun,1', 'sun,2', 'rain,3'])).notes).not.toContain('blocks');
  });

  test('steps of time that are left out', async () => {
    const days = Array.from({ length: 30 }, (_, n) => (n < 20 ? n : n + 6));
    const rows = days.map((n) => `${day(n)},${n % 7}`);
    expect((await notesOn(['date,x', ...rows])).notes).toContain(
      'Rows are mostly 1 day apart, but one step spans 7 days',
    );
    expect((await notesOn(['date,x', ...rows], { gap: 'log' })).notes).not.toContain('apart');
    const weekdays = days.filter((n) => n % 7 < 5).map((n) => `${day(n)},${n % 3}`);
    expect((await notesOn(['date,x', ...weekdays])).notes).not.toContain('apart');
    const hours = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13].map(
      (n) => `2024-01-01 ${String(n).padStart(2, '0')}:00,${n % 5}`,
    );
    expect((await notesOn(['time,x', ...hours])).notes).toContain(
      'mostly 1 hour apart, but one step spans 3 hours',
    );
  });
});

describe('what is said fits what was settled', () => {
  const panel = [
    'station,run,time,x,y',
    ...[0, 1].flatMap((s) => [1, 2, 3].map((t) => `${s},${s},${t},${t * t},${s + t}`)),
  ];

  test('nothing is said of a column that was named, and the guess fits it', async () => {
    expect((await notesOn(panel)).notes).toContain("'station' tells the series apart");
    const { notes, set } = await notesOn(panel, { id: 'run' });
    expect(notes).not.toContain('tells the series apart');
    expect(set.features).toEqual(['station', 'x', 'y']);
    expect((await notesOn(panel, { features: ['x'] })).notes).not.toContain('Left out');
  });

  test('keys without a say are named', async () => {
    expect((await notesOn(panel, { items: ['7'], count: 5 })).notes).toContain(
      'data.items, data.count have no say here: these data are a plain table.',
    );
    const one = await notesOn(['subject,x', 'a,1', 'a,3'], { group: 'subject' });
    expect(one.notes).toContain('data.group has no say here: the rows are one series.');
    const drawn = await notesOn([], { source: 'sines', id: 'station' });
    expect(drawn.notes).toBe('data.id has no say here: these data are drawn by a formula.');
    const events = [
      'stay_id,charttime,itemid,valuenum',
      '1,2150-01-01 00:00,7,80',
      '1,2150-01-01 01:00,7,81',
    ];
    const { notes } = await notesOn(events, { features: ['valuenum'] });
    expect(notes).toContain('data.features has no say here: these data are a table of measurements');
  });

  test('a catalogue says what is learned, not what would be', async () => {
    const quakes = [
      'time,latitude,longitude,depth,mag,place,type',
      '2024-01-01T00:00:00Z,1,2,3,4,here,earthquake',
      '2024-01-02T00:00:00Z,2,3,4,5,there,earthquake',
    ];
    expect((await notesOn(quakes)).notes).toContain('longitude, latitude and magnitude are learned');
    const { notes, set } = await notesOn(quakes, { features: ['mag'] });
    expect(notes).toContain('This is an earthquake catalogue of the USGS.');
    expect(set.features).toEqual(['mag']);
  });
});
