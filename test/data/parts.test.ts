import { describe, expect, test } from 'vitest';
import { loadSeries } from '../../src/engine/data/index.ts';
import type { DataError } from '../../src/engine/data/types.ts';
import { defaults } from '../../src/engine/train/config.ts';
import { loadData } from './loadData.ts';

type Options = typeof defaults.data;
const options: Options = { ...defaults.data, source: 'file.csv', window: 2, stride: 2 };
const open = (text: string) => async () => new TextEncoder().encode(text);
const read = (text: string, given: Partial<Options> = {}) => loadData({ ...options, ...given }, open(text));
const refusal = (text: string, given: Partial<Options> = {}) =>
  read(text, given).then(
    () => undefined,
    (error: DataError) => error.message,
  );

/** Series of two rows each, named by their place, with the part of each; values rise throughout. */
const table = (parts: readonly string[], column = 'split') =>
  [
    `id,${column},x`,
    ...parts.flatMap((part, n) => [`s${n},${part},${2 * n}`, `s${n},${part},${2 * n + 1}`]),
  ].join('\n');

describe('a column of parts', () => {
  test('is known by its name and words, is no feature, and splits whatever the shares and the seed', async () => {
    const text = table(['test', 'Train', 'val', 'train', 'Training', 'valid', 'TEST']);
    for (const seed of [0, 1]) {
      const data = await read(text, { seed });
      expect(data.features).toEqual(['x']);
      expect(data.train.ids).toEqual(['s1', 's3', 's4']);
      expect(data.validation.ids).toEqual(['s2', 's5']);
      expect(data.test.ids).toEqual(['s0', 's6']);
      // Of x = 2, 3, 6, 7, 8, 9: nothing held out has a part in it.
      expect(data.scaler.mean[0]).toBeCloseTo(35 / 6, 12);
      expect(data.notes).toContain("'split' says what each series is for.");
      expect(data.notes).toContain('Split as the file says: 3 series to train on, 2 to validate, 2 to test.');
    }
  });

  test('with a cell that is no part is not followed, and it is said which', async () => {
    const data = await read(table(['train', 'train', 'train', 'tset', 'train', 'test', 'train', 'val']));
    expect(data.notes).toContain(
      "'split' is not followed, and the parts are drawn: row 8 says 'tset', which is no part (train, validation, test).",
    );
    const size = await read(table(['small', 'large', 'small', 'large', 'small', 'large', 'small']));
    expect(size.notes.join()).not.toContain('not followed');
  });

  test('may be called anything where it is named, and none where nothing is to be split by it', async () => {
    const text = table(['train', 'test', 'train', 'train', 'train', 'train'], 'use');
    const named = await read(text, { part: 'use' });
    expect(named.test.ids).toEqual(['s1']);
    expect(named.validation.count).toBe(0);
    const shares = await read(text);
    expect(shares.train.count + shares.validation.count + shares.test.count).toBe(6);
    expect(shares.validation.count).toBe(1);
  });

  test('parts a single series in place of its shares, each part in one piece', async () => {
    const rows = ['train', 'train', 'train', 'train', 'val', 'val', 'test', 'test'];
    const text = `subset,x\n${rows.map((part, t) => `${part},${t * t}`).join('\n')}`;
    const data = await read(text);
    expect([data.train.count, data.validation.count, data.test.count]).toEqual([2, 1, 1]);
    expect(await refusal(`${text}\ntrain,100`, { part: 'subset' })).toBe(
      "Row 10, column 'subset': 'train' comes again after another part: name the column that tells series apart, or give each part its rows in one piece.",
    );
  });

  test('is not guessed where it says anything else, or two things of one series', async () => {
    for (const parts of [
      ['train', 'later', 'test'],
      ['train', 'val', 'train'],
      ['1', '2', '3'],
    ]) {
      const { mapping } = await loadSeries(options, open(table(parts)));
      expect(mapping?.part).toBeNull();
    }
    const torn = `${table(['train', 'test'])}\ns1,train,9`;
    expect((await loadSeries(options, open(torn))).mapping?.part).toBeNull();
  });

  test('is refused with row and column where it cannot be followed', async () => {
    expect(await refusal(table(['train', 'later', 'test']), { part: 'split' })).toBe(
      "Row 4, column 'split': 'later' is no part: write train, validation or test, or name no such column.",
    );
    expect(await refusal(`${table(['train', 'test'])}\ns1,train,9`, { part: 'split' })).toBe(
      "Row 6, column 'split': it is train, but was test before in series 's1': mend it, or split by no column.",
    );
    expect(await refusal(table(['train', 'val', 'train']), { part: 'split' })).toBe(
      "The column of parts names no series to test on: write 'test' there, or name no such column.",
    );
  });

  test('goes before a group, and says where it tears one apart', async () => {
    const text = [
      'id,patient_id,split,x',
      ...['a,1,train', 'b,1,test', 'c,2,train', 'd,2,train'].flatMap((row, n) => [
        `${row},${n}`,
        `${row},${n + 9}`,
      ]),
    ].join('\n');
    const data = await read(text);
    expect(data.test.ids).toEqual(['b']);
    expect(data.notes).toContain('The file puts 1 of 2 groups into more than one part.');
  });
});
