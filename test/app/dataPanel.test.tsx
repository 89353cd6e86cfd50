import { renderToStaticMarkup } from 'react-dom/server';
import { beforeEach, expect, test, vi } from 'vitest';
import { looksLikeTable, pastedFile, rowsOf } from '../../src/app/data/pastedTable.ts';
import { Refusal } from '../../src/app/data/Refusal.tsx';
import { SourceCard } from '../../src/app/data/SourceCard.tsx';
import { boundsOf, moveBound, splitAt } from '../../src/app/data/split.ts';
import { useLab } from '../../src/app/store.ts';
import { sourceByName, sources } from '../../src/engine/data/sources.ts';

const openFile = vi.hoisted(() => vi.fn(async (_: File) => {}));
vi.mock('../../src/app/lab.ts', () => ({ lab: { data: { openFile } } }));
const { openFiles } = await import('../../src/app/data/openFiles.ts');

beforeEach(() => {
  openFile.mockClear();
  useLab.setState({ data: { opening: false } });
});

test.each(sources)('the card of $name shows what it is, its size, its source and its licence', (source) => {
  const html = renderToStaticMarkup(<SourceCard source={source} choose={() => {}} />);
  const text = html.replace(/<[^>]+>/g, '');
  for (const part of [source.title, source.summary, source.source, source.licence, ...source.features])
    expect(text).toContain(part);
  expect(html.match(/<path d="M[\d.]+ [\d.]+L/g)?.length).toBe(source.glimpse ? 1 : 2);
  expect(html).not.toContain('NaN');
});

test('a card that is open says so; one that only tells has no button', () => {
  const source = sourceByName('births');
  if (!source) throw new Error('births is built in');
  expect(renderToStaticMarkup(<SourceCard source={source} current choose={() => {}} />)).toContain(
    'aria-pressed="true"',
  );
  expect(renderToStaticMarkup(<SourceCard source={source} />)).not.toContain('<button');
});

test('what is pasted is a table or it is left alone', () => {
  expect(looksLikeTable('x\ty\n1\t2\n3\t4\n')).toBe(true);
  expect(looksLikeTable('x\n1\n2')).toBe(true);
  expect(looksLikeTable('one line')).toBe(false);
  expect(looksLikeTable('Dear all,\nplease find\nthe table attached.')).toBe(false);
  expect(rowsOf('x,y\n1,2\n\n3,4\n')).toBe(2);
  expect(pastedFile('x\n1\n2').name).toBe('pasted table');
});

test('one file is opened; several, and one that cannot be read, are refused with a sentence', async () => {
  const file = new File(['x\n1\n2\n'], 'a.csv');
  await openFiles([file]);
  expect(openFile).toHaveBeenCalledExactlyOnceWith(file);
  await openFiles([file, file]);
  expect(useLab.getState().data.openFailure?.failure.message).toMatch(/^2 files were given at once/);
  const folder = {
    name: 'folder',
    size: 4096,
    slice: () => ({ arrayBuffer: () => Promise.reject(new Error()) }),
  };
  await openFiles([folder as unknown as File]);
  expect(useLab.getState().data.openFailure?.failure.message).toMatch(/it is a folder/);
  await openFiles([{ name: 'big.csv', size: 2 ** 33 } as File]);
  expect(useLab.getState().data.openFailure?.failure.message).toMatch(/^The file is 8\.0 GiB/);
  expect(openFile).toHaveBeenCalledTimes(1);
});

test('the handles of the split move whole percents and never empty training or test', () => {
  const bounds = boundsOf({ train: 0.8, validation: 0.1, test: 0.1 });
  expect(bounds).toEqual([80, 90]);
  expect(moveBound(bounds, 0, 95)).toEqual([90, 90]);
  expect(moveBound(bounds, 0, 0)).toEqual([1, 90]);
  expect(moveBound(bounds, 1, 100)).toEqual([80, 99]);
  expect(moveBound(bounds, 1, 10)).toEqual([80, 80]);
  const { train, validation, test: held } = splitAt([57, 86]);
  expect(train + validation + held).toBeCloseTo(1, 9);
});

test('a refusal names what, where, what was kept and what next', () => {
  const html = renderToStaticMarkup(
    <Refusal
      what="x.csv was not opened."
      failure={{ message: 'A cell is odd.', row: 3, column: 'y' }}
      kept="nothing was open."
      next="mend it."
      asked
    />,
  );
  const text = html
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .replaceAll('&#x27;', "'");
  expect(text).toContain("x.csv was not opened. A cell is odd. (row 3, column 'y')");
  expect(text).toContain('Kept: nothing was open.');
  expect(text).toContain('Next: mend it.');
});
