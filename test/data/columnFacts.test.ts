import { expect, test } from 'vitest';
import { columnText } from '../../src/app/data/columnText.ts';
import { canBeFeature, columnFacts } from '../../src/engine/data/columnFacts.ts';
import { guessColumns } from '../../src/engine/data/columns.ts';
import { readText } from '../../src/engine/data/delimited.ts';

const text = [
  'time,x,y,odd,flat,words,none',
  '1,1.5,2,1,7,a,',
  '2,-3,NA,2,7,b,',
  '3,0,4,oops,7,c,NA',
  '4,9,5,4,7,d,',
].join('\n');

test('every cell counts: range, missing, constant, and the first cell that is no number', () => {
  const facts = columnFacts(readText(text));
  const of = (name: string) => facts.find((one) => one.name === name);
  expect(of('x')).toEqual({ name: 'x', numbers: 4, missing: 0, constant: false, range: [-3, 9] });
  expect(of('y')).toMatchObject({ numbers: 3, missing: 1, range: [2, 5] });
  expect(of('odd')?.text).toEqual({ cell: 'oops', row: 4 });
  expect(of('none')).toMatchObject({ numbers: 0, missing: 4, constant: true });
  expect(facts.filter(canBeFeature).map(({ name }) => name)).toEqual(['time', 'x', 'y']);
});

test('in a few words', () => {
  const words = Object.fromEntries(columnFacts(readText(text)).map((one) => [one.name, columnText(one)]));
  expect(words).toEqual({
    time: '1 to 4',
    x: '−3 to 9',
    y: '2 to 5, 25\u00a0% missing',
    odd: "not a number in row 4: 'oops'",
    flat: 'constant, 7',
    words: "text: 'a'…",
    none: 'empty',
  });
});

test('a decimal comma is read as such', () => {
  const [x] = columnFacts(readText('x;y\n1,5;2\n-2,5;3\n'));
  expect(x?.range).toEqual([-2.5, 1.5]);
});

test('the guess names the one cell that keeps a column out', () => {
  const { reasons } = guessColumns(readText(text));
  expect(reasons.join(' ')).toContain("hold no numbers: odd (row 4: 'oops'), words, none.");
});

test('a column whose first numbers come late is one of numbers', () => {
  const rows = Array.from({ length: 3000 }, (_, n) => `${n},${n < 2500 ? '' : n * n}`).join('\n');
  expect(guessColumns(readText(`a,b\n${rows}\n`)).features).toEqual(['a', 'b']);
});

test('dates that could be read two ways are left out, and the form that is understood is named', () => {
  const { time, reasons } = guessColumns(readText('date,x\n12/31/2020,1\n01/01/2021,2\n01/02/2021,4\n'));
  expect(time).toBeNull();
  expect(reasons.join(' ')).toContain("'date' could be dates; they are understood as 2024-12-31");
});
