import { expect, test } from 'vitest';
import { button } from './actions.ts';
import { usePage } from './page.ts';

const openPage = usePage();

test('the built page opens without an error and its browser gives a WebGPU adapter to a worker', async () => {
  const { page, errors } = await openPage();
  expect(await page.title()).toContain('Posterior Lab');
  await page.getByText('windows to train on').waitFor();
  // The page's own worker: its policy lets no other start.
  const [worker] = page.workers();
  const adapter = await worker?.evaluate(async () => {
    const found = await navigator.gpu?.requestAdapter();
    return found?.info.vendor;
  });
  expect(adapter).toBeDefined();
  expect(errors).toEqual([]);
});

test('About names the paper, and leads to the licences of all that the page and its workers are made of', async () => {
  const { page, errors } = await openPage();
  await button(page, 'About').click();
  const about = page.getByRole('dialog', { name: 'About' });
  expect(await about.textContent()).toContain(
    'A Study of Posterior Stability in Time-Series Latent Diffusion',
  );
  const licences = about.getByRole('link', { name: 'these open-source packages' });
  const address = new URL((await licences.getAttribute('href')) ?? '', page.url()).href;
  const text = await (await page.request.get(address)).text();
  // Two of the page's own, two of workers; the second has no text of its licence in its package.
  for (const name of ['react', 'valibot', 'hyparquet', 'onnxruntime-web']) {
    expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+, MIT`, 'm'));
  }
  expect(errors).toEqual([]);
});
