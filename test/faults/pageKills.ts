import type { Page } from 'playwright-core';
import { launchProfile } from '../e2e/browser.ts';
import { keptSteps } from '../e2e/kept.ts';
import {
  begin,
  damagedFiles,
  endsAsUndisturbed,
  interval,
  openPage,
  randomMoment,
  steps,
  withPage,
} from './page.ts';

/** Ways in which a page ends without a word. */
const kills = {
  'tab closed': (page: Page) => page.close(),
  'page crashed': async (page: Page) => {
    const session = await page.context().newCDPSession(page);
    const gone = page.waitForEvent('crash');
    session.send('Page.crash').catch(() => {}); // no answer comes from a page that is gone
    await gone;
  },
  'worker ended': async (page: Page) => {
    await page.workers()[0]?.evaluate(() => self.close());
  },
  'browser crashed': async (page: Page) => {
    const gone = new Promise((resolve) => page.context().once('close', resolve));
    const session = await page.context().newCDPSession(page);
    session.send('Browser.crash').catch(() => {});
    await gone;
  },
};
type Kill = keyof typeof kills;

interface Outcome {
  kill: Kill;
  /** The last step that the page heard of. */
  reached: number;
  /** The step that was offered to resume at; undefined where nothing was. */
  offered?: number;
}

/**
 * Kills a training page at random moments, opens it again and resumes, `count` times; then lets the run end and compares it
 * with one that was never interrupted. @returns whether no file was damaged and no more than an interval was lost
 */
export function killPages(count: number, random: () => number): Promise<boolean> {
  return withPage(async ({ url, folder }) => {
    const outcomes: Outcome[] = [];
    let damaged = 0;
    let context = await launchProfile(folder);
    try {
      let { page, reached } = await openPage(context, url);
      await begin(page);
      for (let n = 0; n < count; n++) {
        const kill = Object.keys(kills)[n % 4] as Kill;
        await randomMoment(page, reached, random);
        await kills[kill](page);
        if (kill === 'browser crashed') context = await launchProfile(folder);
        const last = reached();
        await page.close().catch(() => {});
        ({ page, reached } = await openPage(context, url));
        damaged += await damagedFiles(page);
        const offered = await resume(page, last);
        outcomes.push({ kill, reached: last, offered });
        console.log(
          `${n + 1} ${kill} at step ${last}: ${offered === undefined ? 'begun anew' : `resumed at ${offered}`}`,
        );
      }
      return report(outcomes, damaged, await endsAsUndisturbed(page));
    } finally {
      await context.close();
    }
  });
}

/** Resumes the run that was stopped, or begins one where none was. @returns the step that was offered */
export async function resume(page: Page, reached: number): Promise<number | undefined> {
  const offer = page.getByRole('button', { name: /^Resume at step/ });
  if (!(await keptSteps(page)).some((step) => step < steps)) {
    // Before the first checkpoint there is nothing to resume, and after the last one the run is over.
    if (reached > interval && reached < steps)
      throw new Error(`stopped at step ${reached}, and nothing is kept`);
    await begin(page);
    return undefined;
  }
  const step = Number((await offer.textContent())?.replace(/\D/g, ''));
  await offer.click();
  await page.locator('.run-status[data-status="running"], .run-status[data-status="finished"]').waitFor();
  return step;
}

function report(outcomes: readonly Outcome[], damaged: number, same: boolean): boolean {
  console.log('| page ended by | times | resumed | nothing to resume yet | steps lost, mean | at the most |');
  console.log('| --- | --- | --- | --- | --- | --- |');
  for (const kill of [...Object.keys(kills), 'all']) {
    const these = outcomes.filter((one) => kill === 'all' || one.kill === kill);
    const lost = these.flatMap(({ reached, offered }) =>
      offered === undefined ? [] : [Math.max(0, reached - offered)],
    );
    const mean = lost.reduce((sum, one) => sum + one, 0) / Math.max(1, lost.length);
    const cells = [
      kill,
      these.length,
      lost.length,
      these.length - lost.length,
      mean.toFixed(1),
      Math.max(0, ...lost),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
  console.log(
    `Damaged files: ${damaged}. The last run ended ${same ? 'in the bytes of' : 'unlike'} one never interrupted.`,
  );
  const worst = outcomes.map(({ reached, offered = reached }) => reached - offered);
  return damaged === 0 && same && Math.max(...worst) <= interval;
}
