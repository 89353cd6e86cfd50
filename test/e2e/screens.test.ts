import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { address, button } from './actions.ts';
import { usePage } from './page.ts';

const openPage = usePage();
const tabs = ['Losses', 'Scores', 'Runs', 'GPU', 'Log'];

/** Pixels by which the page is wider than its window. */
const excess = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

test.each([
  [390, 844],
  [1024, 768],
  [1440, 900],
  [3840, 2160],
])('nothing on the page is wider than a window of %i by %i', async (width, height) => {
  const { page } = await openPage(address());
  await page.setViewportSize({ width, height });
  await page.getByText('Recorded runs').waitFor();
  await page.getByText('windows to train on').waitFor();
  for (const name of tabs) {
    await page.getByRole('tab', { name }).click();
    await page.getByRole('region', { name, exact: true }).waitFor();
    expect(await excess(page), name).toBeLessThanOrEqual(0);
  }
  await button(page, 'Lesson').click();
  await page.getByRole('region', { name: 'Lesson', exact: true }).waitFor();
  expect(await excess(page), 'Lesson').toBeLessThanOrEqual(0);
});

/** Whether the canvas of the first loss has lines: pixels with a colour, which neither axes nor labels have. */
const hasLines = (page: Page) =>
  page.waitForFunction(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.loss-chart canvas');
    const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    let coloured = 0;
    for (let i = 0; i < pixels.length; i += 4) {
      const [r = 0, g = 0, b = 0, a = 0] = pixels.slice(i, i + 4);
      if (a > 128 && Math.max(r, g, b) - Math.min(r, g, b) > 64) coloured++;
    }
    return coloured > 100;
  });

test('the losses keep their lines when the theme changes', async () => {
  const { page } = await openPage(`${address()}&theme=light`);
  await page.getByText('Recorded runs').waitFor();
  await hasLines(page);
  await button(page, 'Theme: light').click();
  await page.locator('html[data-theme=dark]').waitFor();
  await hasLines(page);
});
