import { cpus } from 'node:os';
import type { Page } from 'playwright-core';
import { button, until } from '../e2e/actions.ts';
import { launchBrowser } from '../e2e/browser.ts';
import { servedPage } from '../e2e/builtPage.ts';
import { fetchedFirst, loadAgain, pausedAfter, tasksDuring, watchLoads } from '../e2e/measures.ts';
import { apart, partedHeadless } from './parting.ts';
import { median } from './workloads.ts';

/** Milliseconds in which a software GPU trains the pair. */
const patience = 600_000;

/** What a user of the built page waits for, in the browser and on the adapter that the page tests take. */
export async function main([loads = '5']: string[]): Promise<number> {
  const { url, close } = await servedPage('page');
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(url);
    await page.locator('button:enabled').filter({ hasText: /^Run$/ }).waitFor();
    const adapter = (await page.getByTestId('adapter').textContent()) ?? '';
    console.log(`Chromium ${browser.version()}, ${adapter}, ${cpus().length} cores\n`);
    console.log('| what | measured |\n| --- | --- |');
    await reportLoads(page, Number(loads));
    await page.close();
    const fresh = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await fresh.goto(url);
    await reportPair(fresh);
  } finally {
    await browser.close();
    await close();
  }
  const { adapter, parting } = await partedHeadless();
  const when = parting ? `${parting.seconds.toFixed(1)} s, at step ${parting.step}` : 'never';
  row(`the same pair without the page, Node on ${adapter}: ${apart} points apart`, when);
  return 0;
}

async function reportLoads(page: Page, loads: number): Promise<void> {
  await watchLoads(page);
  const drawn: number[] = [];
  const answering: number[] = [];
  let fetched = 0;
  for (let k = 0; k < loads; k++) {
    const load = await loadAgain(page);
    drawn.push(load.times.drawn);
    answering.push(load.times.answering);
    fetched = (await fetchedFirst(page, load)).reduce((sum, { kilobytes }) => sum + kilobytes, 0);
  }
  row(`recorded pair drawn, nothing cached, median of ${loads} loads`, ms(median(drawn)));
  row('Run answers, the same loads', ms(median(answering)));
  row('fetched until then, as gzip', `${Math.round(fetched)} kB`);
}

/** Train both live as it stands when the page is opened, and five pauses on the way. */
async function reportPair(page: Page): Promise<void> {
  await page.getByText('windows to train on').waitFor();
  const seconds = { first: 0, parted: 0, finished: 0 };
  let atStep = 0;
  const tasks = await tasksDuring(page, async () => {
    const pressed = performance.now();
    const since = () => (performance.now() - pressed) / 1000;
    await button(page, 'Train both live').click();
    await page.locator('.run-status:not([data-step="0"])').waitFor({ timeout: patience });
    seconds.first = since();
    await page.waitForFunction(havePartedBy, apart, { timeout: patience });
    seconds.parted = since();
    atStep = Number(await page.locator('.run-status').getAttribute('data-step'));
  });
  const pauses: number[] = [];
  for (let k = 0; k < 5; k++) {
    pauses.push(await pausedAfter(page));
    await button(page, 'Run').click();
    await until(page, 'running');
    await page.waitForTimeout(500);
  }
  row('Train both live: first step', `${seconds.first.toFixed(1)} s`);
  row(`Train both live: curves ${apart} points apart`, `${seconds.parted.toFixed(1)} s, at step ${atStep}`);
  const busy = tasks.map((task) => task.busy);
  row(
    'longest task of the page meanwhile, on the processor',
    `${ms(Math.max(...busy))} (${busy.filter((time) => time >= 50).length} of ${busy.length} over 50 ms)`,
  );
  row('Pause answers, median of 5', ms(median(pauses)));
}

/** Runs in the page: whether the headline of the live pair says that the right decoder takes so many points more. */
function havePartedBy(points: number): boolean {
  if (document.body.textContent?.includes('Recorded runs')) return false;
  const sentence = document.querySelector('[data-testid=headline]')?.textContent ?? '';
  const [left, right] = [...sentence.matchAll(/(-?\d+)\s%/g)].map(([, number]) => Number(number));
  return left !== undefined && right !== undefined && right - left >= points;
}

const row = (what: string, measured: string) => console.log(`| ${what} | ${measured} |`);
const ms = (time: number) => `${Math.round(time)} ms`;
