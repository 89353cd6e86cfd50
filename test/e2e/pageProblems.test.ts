import { expect, test } from 'vitest';
import { takeWebGpuAway } from './actions.ts';
import { usePage } from './page.ts';

const openPage = usePage();

const file = (name: string, text: string) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
const rows = Array.from({ length: 40 }, (_, t) => `${t},${Math.sin(t)},${Math.cos(t)}`).join('\n');

test.each([
  {
    what: 'a ragged row',
    text: 'a,b\n1,2\n3\n',
    says: 'Row 3 has 1 cell, but the header has 2',
  },
  {
    what: 'an empty file',
    text: '',
    says: 'The file is empty: it needs a header row and rows of numbers.',
  },
])('$what is refused with its sentence, and the data before it stay', async ({ text, says }) => {
  const { page, errors } = await openPage();
  const data = page.getByRole('region', { name: 'Data' });
  await data.getByTestId('preview').waitFor();
  await page.getByLabel('CSV file').setInputFiles(file('odd.csv', text));
  const alert = data.getByRole('alert');
  await alert.waitFor();
  expect(await alert.textContent()).toContain(says);
  expect(await alert.textContent()).toContain('Kept: reveal, 112,000 rows, as it was.');
  expect(await page.getByRole('button', { name: 'Run', exact: true }).isEnabled()).toBe(true);
  expect(errors).toEqual([]);
});

test('a window longer than the file is an alert until it is corrected in place', async () => {
  const { page, errors } = await openPage('?data.window=100');
  const data = page.getByRole('region', { name: 'Data' });
  await page.getByLabel('CSV file').setInputFiles(file('waves.csv', `step,sine,cosine\n${rows}\n`));
  const alert = data.getByRole('alert');
  await alert.waitFor();
  expect(await alert.textContent()).toContain(
    'The longest series has 40 rows, but a window needs 100: choose a window of at most 40.',
  );
  expect(await page.getByRole('button', { name: 'Run', exact: true }).isEnabled()).toBe(false);
  for (const name of ['Window', 'Stride']) {
    await data.getByLabel(name).fill('4');
    await data.getByLabel(name).press('Enter');
  }
  await data.getByText('windows to train on').waitFor();
  expect(await alert.count()).toBe(0);
  expect(page.url()).toContain('data.window=4');
  expect(errors).toEqual([]);
});

test('the faults of an address are named, an unknown key with the nearest one, and of many how many more there are', async () => {
  const { page, errors } = await openPage('?theme=pink&model.hidenSize=8&train.steps=many&zzz=1&beside=x');
  const alert = page.getByRole('alert', { name: 'Address' });
  await alert.waitFor();
  expect(await alert.textContent()).toBe(
    "The address was read in part. 'model.hidenSize' is no part of an address; did you mean 'model.hiddenSize'? " +
      `'train.steps' is "many", but must be a number. 'theme' cannot be 'pink'. 2 more faults are in it. ` +
      'The page’s own settings stand instead.',
  );
  expect(errors).toEqual([]);
});

test('without WebGPU the page says so and what to do, and still shows data', async () => {
  const { page, errors } = await openPage();
  await takeWebGpuAway(page);
  await page.reload();
  const notice = page.getByRole('alert', { name: 'No WebGPU' });
  await notice.waitFor();
  expect(await notice.textContent()).toMatch(/there is no WebGPU.*Chrome.*npm run lab/s);
  expect(await page.getByRole('button', { name: 'Run', exact: true }).isEnabled()).toBe(false);
  await page.getByRole('region', { name: 'Data' }).getByTestId('preview').waitFor();
  expect(errors).toEqual([]);
});
