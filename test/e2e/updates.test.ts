import { appendFile, cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { button } from './actions.ts';
import { folderOf, serveBuilt } from './builtPage.ts';
import { usePage } from './page.ts';

const openPage = usePage();

/** The built page from a folder of its own, which a newer version can be put into. */
async function served(): Promise<{ url: string; renew: () => Promise<void> }> {
  const folder = folderOf('updates');
  await cp(folderOf('page'), folder, { recursive: true });
  const { url, close } = await serveBuilt('updates');
  onTestFinished(async () => {
    await close();
    await rm(folder, { recursive: true });
  });
  return { url, renew: () => appendFile(join(folder, 'sw.js'), '\n// newer\n') };
}

const mark = (page: Page) => page.evaluate(() => document.body.classList.add('not-reloaded'));
const marked = (page: Page) => page.evaluate(() => document.body.classList.contains('not-reloaded'));
const news = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text });

test('a newer version is loaded in the tab that asks for it, and another tab is told and goes on', async () => {
  const { url, renew } = await served();
  const { page, errors } = await openPage('', { serviceWorkers: 'allow' });
  await page.goto(url);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.reload(); // the first visit is no visit of the worker's
  const popup = page.waitForEvent('popup');
  await page.evaluate(() => void window.open(location.href));
  const other = await popup;
  for (const tab of [page, other]) {
    await tab.getByText('Recorded runs').waitFor();
    await tab.evaluate(() => navigator.serviceWorker.ready);
    await mark(tab);
  }
  await renew();
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
  for (const tab of [page, other]) await news(tab, 'A newer version of this page is ready.').waitFor();

  const reloaded = page.waitForEvent('load');
  await button(page, 'Load it').click();
  await reloaded;
  await news(other, 'Another tab has loaded a newer version').waitFor();
  expect([await marked(page), await marked(other)]).toEqual([false, true]);

  const asked = other.waitForEvent('load');
  await button(other, 'Reload').click();
  await asked;
  expect(await marked(other)).toBe(false);
  expect(errors).toEqual([]);
});
