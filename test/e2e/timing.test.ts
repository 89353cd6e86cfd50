import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { address, button, stepOf, until } from './actions.ts';
import { fetchedFirst, loadAgain, pausedAfter, type Times, tasksDuring, watchLoads } from './measures.ts';
import { usePage } from './page.ts';

const openPage = usePage();
/** As most users have it. */
const moving = { reducedMotion: 'no-preference' } as const;

/** A page that watches itself, with its browser's cache off. */
async function watchedPage(): Promise<{ page: Page; errors: string[] }> {
  const opened = await openPage('', moving);
  await watchLoads(opened.page);
  return opened;
}

test('a recorded pair plays within two seconds, and says in a sentence what it shows', async () => {
  const { page, errors } = await openPage('', moving);
  await page.getByText('Recorded runs').waitFor({ timeout: 5_000 });
  const opened = await page.evaluate(() => performance.now());
  const headline = page.getByTestId('headline');
  const first = await headline.textContent();
  expect(first).toMatch(/^At position 32 the left decoder takes −?\d+\s%\sfrom z, the right one −?\d+\s%\.$/);
  await page.waitForFunction(
    (before) => document.querySelector('[data-testid=headline]')?.textContent !== before,
    first,
    { timeout: 15_000 },
  );
  expect(opened).toBeLessThan(5_000);
  expect(errors).toEqual([]);
});

test('until the recorded pair plays, less than 350 kB are fetched, as gzip sends them', async ({
  annotate,
}) => {
  const { page, errors } = await watchedPage();
  const sizes = await fetchedFirst(page, await loadAgain(page));
  const sum = sizes.reduce((total, { kilobytes }) => total + kilobytes, 0);
  const list = sizes.map(({ file, kilobytes }) => `${file} ${kilobytes.toFixed(1)}`).join(', ');
  await annotate(`${sum.toFixed(1)} kB: ${list}`);
  expect(sizes.some(({ file }) => file.startsWith('trainer.worker'))).toBe(true);
  expect(sizes.some(({ file }) => file === 'reveal.json')).toBe(true);
  expect(sum, list).toBeLessThan(350);
  expect(errors).toEqual([]);
});

test('the Run bar answers and the recorded pair is drawn soon', async ({ annotate }) => {
  const { page, errors } = await watchedPage();
  const loads: Times[] = [];
  for (let k = 0; k < 3; k++) loads.push((await loadAgain(page)).times);
  const text = (of: keyof Times) => loads.map((times) => Math.round(times[of])).join(', ');
  await annotate(`pair drawn after ${text('drawn')} ms, Run answers after ${text('answering')} ms`);
  // The quickest: what else the machine does meanwhile only ever adds to a load.
  const ready = loads.map(({ drawn, answering }) => Math.max(drawn, answering));
  // The aim is one second; a machine that is busy with something else gets two before this calls it a fault.
  expect(Math.min(...ready)).toBeLessThan(2000);
  expect(errors).toEqual([]);
});

test('while two methods train, no task keeps the page from answering', async ({ annotate }) => {
  const { page, errors } = await openPage(
    address({ 'train.steps': 50, 'evaluate.times': 3, beside: 'latent-diffusion' }),
    moving,
  );
  await page.getByTestId('first-loss').first().waitFor();
  const tasks = await tasksDuring(page, async () => {
    await button(page, 'Run').click();
    await until(page, 'finished');
  });
  const long = tasks.filter(({ wall }) => wall >= 50);
  const written = long.map(({ wall, busy }) => `${Math.round(wall)} (${Math.round(busy)})`).join(', ');
  await annotate(`${long.length} of ${tasks.length} tasks took 50 ms or more (on the processor): ${written}`);
  expect(tasks.length).toBeGreaterThan(100);
  // Time on the processor: what else the machine does meanwhile, the software GPU not least, is not the page's fault. The aim is
  // 100 ms; a slow machine whose every core the software GPU keeps busy gets twice that before this calls it a fault.
  expect(Math.max(0, ...tasks.map(({ busy }) => busy))).toBeLessThan(200);
  expect(errors).toEqual([]);
});

test('Pause answers within 100 ms, and the run goes on from there', async () => {
  const { page, errors } = await openPage(address({ 'train.steps': 100_000, 'evaluate.times': 1 }));
  await button(page, 'Run').click();
  await page.locator('.run-status:not([data-step="0"])').waitFor({ timeout: 120_000 });
  const waits: number[] = [];
  for (let k = 0; k < 5; k++) {
    waits.push(await pausedAfter(page));
    const step = await stepOf(page);
    await button(page, 'Run').click();
    await until(page, 'running'); // the last step before the pause may be told after it
    await page.waitForFunction((before) => {
      const status = document.querySelector('.run-status') as HTMLElement;
      return Number(status.dataset.step) > before;
    }, step);
  }
  // The median: the machine that runs this may be busy with something else for a moment.
  expect(waits.sort((a, b) => a - b)[2]).toBeLessThan(100);
  expect(errors).toEqual([]);
});
