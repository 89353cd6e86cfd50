import { expect, test } from 'vitest';
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
