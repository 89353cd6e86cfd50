import { expect, test } from 'vitest';
import { address, button, takeWebGpuAway, until } from './actions.ts';
import { usePage } from './page.ts';

const openPage = usePage();

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

test('a recording that cannot be read is left out, and the page is as good without it', async () => {
  const { page, errors } = await openPage(address({ 'train.steps': 4 }), {}, (opened) =>
    opened.route(/recorded\/.*\.json$/, (route) => route.fulfill({ body: '{"runs": [' })),
  );
  await page.getByText('windows to train on').waitFor();
  await button(page, 'Run').click();
  await until(page, 'finished');
  await page.getByRole('tab', { name: 'Losses' }).waitFor();
  expect(await page.getByText('Recorded runs').count()).toBe(0);
  expect(errors).toEqual([]);
});

test('without WebGPU the page says so, and of what needs a GPU, and what to do; it still shows data, and generates series', async () => {
  const { page, errors } = await openPage(address({ drawer: 'sweep' }), {}, takeWebGpuAway);
  const notice = page.getByRole('alert', { name: 'No WebGPU' });
  await notice.waitFor();
  expect(await notice.textContent()).toMatch(/there is no WebGPU.*Chrome.*npm run lab/s);
  const run = button(page, 'Run');
  expect(await run.isEnabled()).toBe(false);
  expect(await run.getAttribute('title')).toContain('Needs a GPU');
  expect(await run.getAttribute('aria-describedby')).toBe('no-webgpu');
  await page.getByRole('region', { name: 'Data' }).getByTestId('preview').waitFor();
  for (const name of ['Choose for me', 'Sweep N and M']) {
    const one = button(page, name);
    await one.and(page.getByTitle(/^Needs a GPU/)).waitFor();
    expect(await one.isDisabled()).toBe(true);
  }
  await page.getByText('It needs a GPU, and this browser offers none.').waitFor();

  await page.getByRole('button', { name: 'Generate new series…' }).click();
  const count = page.getByRole('textbox', { name: 'Series', exact: true });
  await count.fill('');
  await count.press('Enter');
  await page.getByText('Series must be a whole number, from 1 to 10,000: 50 stays.').waitFor();
  await count.pressSequentially('25');
  await button(page, 'Use the bundled model').click();
  const generated = page.getByTestId('generated-from-bundle');
  await generated.waitFor({ timeout: 120_000 });
  expect(await generated.textContent()).toContain('25 series from the bundled model (Posterior-stable)');
  expect(await generated.getByRole('img').count()).toBe(6);

  await page.getByLabel('ONNX bundle').setInputFiles({
    name: 'none.onnx.zip',
    mimeType: 'application/zip',
    buffer: Buffer.from('no zip'),
  });
  await page.getByText('Nothing was generated: This is not an ONNX bundle').waitFor();
  expect(errors).toEqual([]);
});
