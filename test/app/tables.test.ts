import { expect, test } from 'vitest';
import { nextItem } from '../../src/app/figures/FigureMenu.tsx';
import { fileName } from '../../src/app/figures/save.ts';
import { toCsv, toLatex, toMarkdown } from '../../src/app/figures/tables.ts';
import { wrapLines } from '../../src/engine/export/wrapLines.ts';

const table = {
  columns: ['run', 'm_{t,0}', 'share'],
  rows: [
    ['latent | diffusion', 0.03, '3 %'],
    ['a_b & c', Number.NaN, '48 %'],
  ],
};

test('CSV keeps numbers, leaves gaps empty, quotes, and disarms what a spreadsheet would run', () => {
  const rows = [
    ['=HYPERLINK("x")', -0.5],
    ['a,b', Number.NaN],
  ];
  expect(toCsv({ columns: ['name', 'value'], rows })).toBe(`name,value\n"'=HYPERLINK(""x"")",-0.5\n"a,b",\n`);
});

test('Markdown sets numbers to the right and no cell can end its row', () => {
  expect(toMarkdown(table)).toBe(
    [
      '| run | m\\_{t,0} | share |',
      '| --- | ---: | --- |',
      '| latent \\| diffusion | 0.03 | 3 % |',
      '| a\\_b & c |  | 48 % |',
      '',
    ].join('\n'),
  );
  expect(toMarkdown({ columns: ['a'], rows: [['two\nlines']] })).toContain('| two lines |');
});

test('LaTeX escapes what it would read, and sets subscripts as mathematics', () => {
  expect(toLatex(table)).toBe(
    [
      '\\begin{tabular}{lrl}',
      '  \\toprule',
      '  run & $m_{t,0}$ & share \\\\',
      '  \\midrule',
      '  latent \\textbar{} diffusion & 0.03 & 3 \\% \\\\',
      '  a\\_b \\& c &  & 48 \\% \\\\',
      '  \\bottomrule',
      '\\end{tabular}',
      '',
    ].join('\n'),
  );
  expect(toLatex({ columns: ['\\~^{}'], rows: [] })).toContain(
    '\\textbackslash{}\\textasciitilde{}\\textasciicircum{}\\{\\}',
  );
  expect(toLatex({ columns: ['λ ≤ 3 ± 1'], rows: [['−7.20\u00a0×\u00a010⁻¹²']] })).toContain(
    '  $\\lambda$ $\\le$ 3 $\\pm$ 1 \\\\\n  \\midrule\n  $-$7.20~$\\times$~10$^{-12}$ \\\\',
  );
});

test('an estimate is two numbers for a program, and one text, set to the right, for a reader', () => {
  const rows = [
    ['swap', { value: -0.123456789, error: 0.0123 }, { value: 0.5, error: Number.NaN }],
    ['control', { value: 0.25, error: Number.NaN }, { value: Number.NaN, error: Number.NaN }],
  ];
  const estimates = { columns: ['test', 'a', 'b'], rows };
  expect(toCsv(estimates)).toBe(
    'test,a,"a, standard error",b\nswap,-0.123456789,0.0123,0.5\ncontrol,0.25,,\n',
  );
  expect(toMarkdown(estimates)).toContain('| --- | ---: | ---: |\n| swap | −0.123 ± 0.012 | 0.500 |');
  expect(toLatex(estimates)).toContain('swap & $-$0.123 $\\pm$ 0.012 & 0.500 \\\\');
});

test('a short row has empty cells at its end', () => {
  expect(toMarkdown({ columns: ['a', 'b'], rows: [['x']] })).toContain('| x |  |');
  expect(toLatex({ columns: ['a', 'b'], rows: [['x']] })).toContain('  x &  \\\\');
});

test('a caption breaks between words and loses none', () => {
  const caption = 'At position 24 the left decoder takes 3 % from z, the right one 48 %';
  const lines = wrapLines(caption, 20);
  expect(lines.join(' ')).toBe(caption);
  expect(lines.every((line) => line.length <= 20)).toBe(true);
  expect(wrapLines('', 20)).toEqual([]);
  expect(wrapLines('incomprehensibilities is', 8)).toEqual(['incomprehensibilities', 'is']);
});

test('a file name is one that every file system takes', () => {
  expect(fileName('dependence: left / right?', 'svg')).toBe('dependence-left-right.svg');
  expect(fileName('../..', 'csv')).toBe('figure.csv');
});

test('the arrow keys go round a menu', () => {
  expect(nextItem('ArrowDown', 2, 3)).toBe(0);
  expect(nextItem('ArrowUp', 0, 3)).toBe(2);
  expect(nextItem('ArrowUp', -1, 3)).toBe(2);
  expect(nextItem('Home', 2, 3)).toBe(0);
  expect(nextItem('End', 0, 3)).toBe(2);
  expect(nextItem('x', 0, 3)).toBeUndefined();
});
