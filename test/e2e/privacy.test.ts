import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { address, button, fileOf, until } from './actions.ts';
import { usePage } from './page.ts';

const openPage = usePage();

const elsewhere = 'https://elsewhere.example/';

/** Addresses of other origins that anything of the page asks from now on, workers and frames included. */
function watchOrigins(page: Page): string[] {
  const asked: string[] = [];
  const own = new URL(page.url()).origin;
  page.context().on('request', (request) => {
    const url = new URL(request.url());
    if (/^https?:$/.test(url.protocol) && url.origin !== own) asked.push(url.href);
  });
  return asked;
}

/** A private file: noise around a daily rhythm. */
const privateFile = fileOf(
  'private.csv',
  [
    'time,pulse,pressure',
    ...Array.from({ length: 200 }, (_, n) => {
      const wave = Math.sin((2 * Math.PI * n) / 24);
      return `${n},${(70 + 8 * wave + ((n * 7919) % 13) / 5).toFixed(2)},${(120 - 5 * wave + ((n * 104729) % 11) / 3).toFixed(2)}`;
    }),
  ].join('\n'),
);

test('training on an uploaded file asks no other origin, and the policy would not let it', async () => {
  const { page, errors } = await openPage(address({ 'train.steps': 12, 'evaluate.times': 2 }));
  await page.getByText('Recorded runs').waitFor();
  const asked = watchOrigins(page);
  await page.locator('input[type=file]').setInputFiles(privateFile);
  await page.getByText("'time' holds times.").waitFor();
  await button(page, 'Run').click();
  await until(page, 'finished');
  expect(asked).toEqual([]);
  // Nothing that the page does itself is against the policy: the browser would have said so in its console.
  expect(errors).toEqual([]);

  // Whoever got a script in could still not send anything: the answer is ready, and is never asked for.
  await page.context().route(`${elsewhere}**`, (route) => route.fulfill({ body: 'here' }));
  const send = (url: string) =>
    fetch(url, { mode: 'no-cors' }).then(
      () => 'sent',
      () => 'refused',
    );
  expect(await page.evaluate(send, elsewhere)).toBe('refused');
  const [worker] = page.workers();
  expect(await worker?.evaluate(send, elsewhere)).toBe('refused');
  expect(asked).toEqual([]);
});

test('the event service is asked by a document that may speak to it alone', async () => {
  const { page, errors } = await openPage(address());
  await page.getByText('Recorded runs').waitFor();
  const asked = watchOrigins(page);
  const events = Array.from(
    { length: 60 },
    (_, n) =>
      `2023-01-01T00:${String(n).padStart(2, '0')}:00.000Z,${35 + (n % 7)},${140 + (n % 5)},10,4.${n % 10}`,
  );
  await page.context().route('https://earthquake.usgs.gov/**', (route) =>
    route.fulfill({
      contentType: 'text/csv',
      headers: { 'Access-Control-Allow-Origin': '*' },
      body: ['time,latitude,longitude,depth,mag', ...events].join('\n'),
    }),
  );
  await button(page, 'Use my series').click();
  await page.getByRole('button', { name: /USGS/ }).click();
  await button(page, 'Fetch from USGS').click();
  await page.getByText("'time' holds times.").waitFor();
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatch(/^https:\/\/earthquake\.usgs\.gov\/fdsnws\/event\/1\/query\?format=csv&/);
  expect(await page.locator('iframe').count()).toBe(0);
  expect(errors).toEqual([]);
});

test('after the first visit the page opens, shows a sample and trains without a network', async () => {
  const { page, errors } = await openPage(address({ 'train.steps': 6, 'evaluate.times': 1 }), {
    serviceWorkers: 'allow',
  });
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.context().setOffline(true);
  await page.goto(`${page.url()}&method.name=latent-diffusion`);
  await page.getByText('Recorded runs').waitFor();
  expect(await page.locator('input[name=method][value=latent-diffusion]').isChecked()).toBe(true);
  await button(page, 'Run').click();
  await until(page, 'finished');
  await page.locator('.katex').first().waitFor({ state: 'attached' });
  expect(errors).toEqual([]);
});
