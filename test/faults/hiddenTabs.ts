import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import { button, until } from '../e2e/actions.ts';
import { launchAsUsed } from '../e2e/browser.ts';
import { begin, damagedFiles, endsAsUndisturbed, openPage, randomMoment, steps, withPage } from './page.ts';

/** Milliseconds that a tab is out of sight, and those before in which its pace is taken. */
const away = 3000;
/** Milliseconds in which what a frozen page has not heard arrives. */
const settling = 1500;
/** Steps that a run has left at least when its tab goes out of sight: it is not to end meanwhile. */
const enough = 300;

/** Another tab in front; the one behind it frozen as well, as browsers do to save power. */
const hidings = ['behind another tab', 'frozen'] as const;
type Hiding = (typeof hidings)[number];

interface Outcome {
  hiding: Hiding;
  /** What the page was told: that it is hidden, and frozen. */
  told: boolean;
  /** Steps made while it was in sight, and in as long a time out of it. */
  before: number;
  meanwhile: number;
  /** Whether training went on when it was back. */
  wentOn: boolean;
}

/**
 * Puts a training tab out of sight at random moments, `count` times, half of them frozen.
 * @returns whether training went on each time, to the end that it has when nothing happens
 */
export async function hideTabs(count: number, random: () => number): Promise<boolean> {
  return withPage(async ({ url, folder }) => {
    const browser = await launchAsUsed(folder);
    const context = browser.contexts()[0] as BrowserContext;
    try {
      const { page, reached } = await openPage(context, url);
      const session = await context.newCDPSession(page);
      const outcomes: Outcome[] = [];
      await begin(page);
      for (let n = 0; n < count; n++) {
        if (reached() > steps - enough) await beginAgain(page);
        await randomMoment(page, reached, random);
        const outcome = await hide(hidings[n % 2] as Hiding, page, session, reached);
        outcomes.push(outcome);
        console.log(`${n + 1} ${JSON.stringify(outcome)}`);
      }
      const [damaged, same] = [await damagedFiles(page), await endsAsUndisturbed(page)];
      report(outcomes);
      console.log(
        `Damaged files: ${damaged}. The last run ended ${same ? 'in the bytes of' : 'unlike'} one always in sight.`,
      );
      return damaged === 0 && same && outcomes.every(({ told, wentOn }) => told && wentOn);
    } finally {
      await browser.close();
    }
  });
}

async function beginAgain(page: Page): Promise<void> {
  await until(page, 'finished');
  await button(page, 'Reset').click();
  await begin(page);
}

async function hide(
  hiding: Hiding,
  page: Page,
  session: CDPSession,
  reached: () => number,
): Promise<Outcome> {
  const start = reached();
  await page.waitForTimeout(away);
  const before = reached() - start;
  const other = await page.context().newPage();
  await other.bringToFront();
  const hidden = await page.evaluate(() => document.visibilityState === 'hidden');
  const gone = reached();
  let frozen = true;
  if (hiding === 'frozen') {
    const told = page.evaluate(
      () =>
        new Promise<boolean>((done) => document.addEventListener('freeze', () => done(true), { once: true })),
    );
    await session.send('Page.setWebLifecycleState', { state: 'frozen' });
    await other.waitForTimeout(away);
    await session.send('Page.setWebLifecycleState', { state: 'active' });
    frozen = await told;
    await other.waitForTimeout(settling);
  } else await other.waitForTimeout(away + settling);
  const back = reached();
  await other.close();
  await page.bringToFront();
  const late = Date.now() + 10_000;
  while (reached() === back && reached() < steps && Date.now() < late) await page.waitForTimeout(50);
  return {
    hiding,
    told: hidden && frozen,
    before,
    meanwhile: Math.round(((back - gone) * away) / (away + settling)),
    wentOn: reached() > back || reached() === steps,
  };
}

function report(outcomes: readonly Outcome[]): void {
  console.log(
    '| out of sight | times | page was told | steps in sight, mean | steps meanwhile, mean | at the least | went on |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  const mean = (values: number[]) => values.reduce((sum, one) => sum + one, 0) / Math.max(1, values.length);
  for (const hiding of hidings) {
    const these = outcomes.filter((one) => one.hiding === hiding);
    const cells = [
      hiding,
      these.length,
      these.filter(({ told }) => told).length,
      mean(these.map(({ before }) => before)).toFixed(1),
      mean(these.map(({ meanwhile }) => meanwhile)).toFixed(1),
      Math.min(...these.map(({ meanwhile }) => meanwhile)),
      these.filter(({ wentOn }) => wentOn).length,
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
