import { expect, test } from 'vitest';
import { usePage } from './page.ts';

const openPage = usePage();

test('the built page opens without an error and its browser gives a WebGPU adapter to a worker', async () => {
  const { page, errors } = await openPage();
  expect(await page.title()).toContain('Posterior Lab');
  const adapterInWorker = await page.evaluate(async () => {
    const source = `navigator.gpu.requestAdapter().then((adapter) => postMessage(Boolean(adapter)))`;
    const worker = new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
    return new Promise((resolve) => {
      worker.onmessage = (event) => resolve(event.data);
    });
  });
  expect(adapterInWorker).toBe(true);
  expect(errors).toEqual([]);
});
