import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { address, button, fileOf } from './actions.ts';
import { usePage } from './page.ts';

const openPage = usePage();

/** Files that are not opened, and what is said of them; a place that the sentence does not name stands after it. */
const refused: Record<string, [content: string | Uint8Array, says: string]> = {
  empty: ['', 'The file is empty: it needs a header row and rows of numbers.'],
  blank: [' \n\n', 'The file is empty: it needs a header row and rows of numbers.'],
  binary: [
    Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 8, 0),
    'The file is a zip archive: unpack it and open the CSV in it.',
  ],
  'header alone': ['x,y\n', 'The file has a header but no rows: it needs rows of numbers below it.'],
  'no header': [
    '1,2\n3,4\n5,6\n',
    'Row 1 holds numbers where the header should be: add a row of column names on top.',
  ],
  'one row': ['x,y\n1,2\n', 'The file has a single row of data: a series needs at least two.'],
  ragged: [
    'x,y\n1,2\n3\n5,6\n',
    'Row 3 has 1 cell, but the header has 2: fill in what is missing, or take the row out.',
  ],
  'cell too many': [
    'x,y\n1,2\n3,4,5\n5,6\n',
    "Row 3 has 3 cells, but the header has 2: take out a ',', or put the cell that holds it in quotes.",
  ],
  'title above': [
    'My table\nx,y\n1,2\n3,4\n',
    'Row 2 has 2 cells, but the header has 1: take out what stands above the row of column names.',
  ],
  JSON: ['[{"x": 1}, {"x": 2}]', 'The file looks like JSON, not a table: save it as CSV (UTF-8) first.'],
  HTML: [
    '<!doctype html>\n<p>Sign in</p>\n',
    'The file looks like HTML or XML, not a table: save it as CSV (UTF-8) first.',
  ],
  'open quote': ['x,y\n1,"2\n3,4\n', 'Row 2 has a quote that is not closed: close it or remove it.'],
  'name twice': ['x,x\n1,2\n3,4\n', "Two columns are called 'x': rename one of them. (row 1)"],
  'name missing': [
    'x,\n1,2\n3,4\n',
    'Column 2 has no name in the header: name it, or take the column out. (row 1)',
  ],
};

/** Files that are opened, but give no windows of 8 until something is corrected. */
const unusable: Record<string, [content: string, says: string]> = {
  'no numbers': [
    'a,b\nu,v\nw,z\n',
    'No column of numbers is left to learn from: name the feature columns, and write numbers like 1234.5, without units.',
  ],
  'time repeated': [
    'time,x\n1,1\n1,2\n3,4\n',
    "Row 3, column 'time': 1 repeats the time before it: name the column that tells series apart, keep one row for each time, or name no time column.",
  ],
  'time unsorted': [
    'time,x\n2,1\n1,2\n3,4\n',
    "Row 3, column 'time': 1 is earlier than the row before it: name the column that tells series apart, sort the rows by time, or name no time column.",
  ],
  short: [
    'x,y\n1,2\n3,4\n5,5\n',
    'The longest series has 3 rows, but a window needs 8: give the test part a larger share or longer series.',
  ],
  'short test part': [
    `x\n${squares(40)}`,
    'The longest series of the test part has 4 rows, but a window needs 8: choose a window of at most 4,',
  ],
};

/** Files in which a column is left out, and what is said of it; it may still be chosen. */
const leftOut: Record<string, [content: string, says: string, column: string, then: string]> = {
  text: [
    `x,y\n${squares(200, (t) => (t === 1 ? 'oops' : t))}`,
    "Left out, since it holds no numbers: y (row 3: 'oops').",
    'y',
    "Row 3, column 'y': 'oops' is not a number.",
  ],
  constant: [
    `x,y\n${squares(200, () => 7)}`,
    'Left out, since it is constant or empty: y.',
    'y',
    "Column 'y' is constant (7): leave it out.",
  ],
  'no value': [
    `x,y\n${squares(200, () => 'NA')}`,
    'Left out, since it holds no numbers: y.',
    'y',
    "Column 'y' has no value at all",
  ],
};

/** Rows of t², and a second cell. */
function squares(count: number, second?: (t: number) => string | number): string {
  return Array.from({ length: count }, (_, t) => `${t * t}${second ? `,${second(t)}` : ''}\n`).join('');
}

test('what is wrong with a file is said in one sentence, with what is kept, until it is mended in place', async () => {
  const { page, errors } = await openPage(address());
  const data = page.getByRole('region', { name: 'Data' });
  await data.getByText('windows to train on').waitFor();
  await refusesFiles(page);
  await keepsFiles(page);
  await leavesColumnsOut(page);
  await correctsWindow(page);
  expect(errors).toEqual([]);
});

/** A file that cannot be read is refused, and the data before it stay. */
async function refusesFiles(page: Page): Promise<void> {
  const data = page.getByRole('region', { name: 'Data' });
  const found: Record<string, string> = {};
  for (const [what, [content]] of Object.entries(refused)) {
    await page.getByLabel('CSV file').setInputFiles(fileOf(`${what}.csv`, content));
    const alert = page.getByRole('alert');
    await alert.getByText(`${what}.csv was not opened.`).waitFor();
    expect(await alert.count(), what).toBe(1);
    const [sentence, kept, next] = await alert.locator('p').allTextContents();
    found[what] = sentence?.replace(`${what}.csv was not opened. `, '') ?? '';
    expect(kept, what).toMatch(/^Kept: reveal, [\d,]+ rows, as it was\.$/);
    expect(next, what).toBe('Next: mend the file and open it again, or choose built-in data.');
    expect(await data.getByTestId('dataset').textContent(), what).toMatch(/^Reveal/);
    expect(await data.getByTestId('preview').count(), what).toBe(1);
    expect(await button(page, 'Run').isEnabled(), what).toBe(true);
  }
  expect(found).toEqual(Object.fromEntries(Object.entries(refused).map(([what, [, says]]) => [what, says])));
  await button(page, 'Dismiss').click();
  await page.getByRole('alert').waitFor({ state: 'detached' });
  expect(await data.getByTestId('dataset').textContent()).toMatch(/^Reveal/);
}

/** A file that gives no windows says why, and what is kept. */
async function keepsFiles(page: Page): Promise<void> {
  for (const [what, [content, says]] of Object.entries(unusable)) {
    await page.getByLabel('CSV file').setInputFiles(fileOf(`${what}.csv`, content));
    const alert = page.getByRole('alert');
    await alert.getByText(says).waitFor();
    expect(await alert.count(), what).toBe(1);
    expect(await alert.textContent(), what).toMatch(
      new RegExp(`Kept: ${what}\\.csv, \\d+ rows, as read, and every run so far\\.`),
    );
    expect(await button(page, 'Run').isEnabled(), what).toBe(false);
  }
}

/** A column that cannot be learnt from is left out with its reason, and refused when it is chosen. */
async function leavesColumnsOut(page: Page): Promise<void> {
  const data = page.getByRole('region', { name: 'Data' });
  for (const [what, [content, says, column, then]] of Object.entries(leftOut)) {
    await page.getByLabel('CSV file').setInputFiles(fileOf(`${what}.csv`, content));
    await data.getByText(`${what}.csv: 200 rows in 2 columns.`).waitFor();
    await data.getByText(says).waitFor();
    await data.getByText('windows to train on').waitFor();
    await data.getByRole('checkbox', { name: column, exact: true }).check();
    const alert = page.getByRole('alert');
    await alert.getByText(then).waitFor();
    expect(await alert.count(), what).toBe(1);
    await button(page, `Leave out ${column}`).click();
    await data.getByText('windows to train on').waitFor();
    expect(await alert.count(), what).toBe(0);
  }
}

/** A window longer than the file is an alert until it is corrected in place. */
async function correctsWindow(page: Page): Promise<void> {
  const data = page.getByRole('region', { name: 'Data' });
  await page.getByLabel('CSV file').setInputFiles(fileOf('waves.csv', `x\n${squares(40)}`));
  await data.getByText('waves.csv: 40 rows').waitFor();
  await data.getByLabel('Window').fill('100');
  await data.getByLabel('Window').press('Enter');
  const alert = data.getByRole('alert');
  await alert
    .getByText(
      'The longest series has 40 rows, but a window needs 100: choose a window of at most 4, which training and test part can fill.',
    )
    .waitFor();
  expect(await button(page, 'Run').isEnabled()).toBe(false);
  await button(page, 'Windows of 4').click();
  await data.getByText('windows to train on').waitFor();
  expect(await alert.count()).toBe(0);
  expect(page.url()).toContain('data.window=4');
  expect(page.url()).toContain('data.stride=4');
}
