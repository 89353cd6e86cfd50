import { setTimeout } from 'node:timers/promises';
import type { CDPSession, Page } from 'playwright-core';
import { button, until } from '../e2e/actions.ts';
import { filesOf, keptStep, keptSteps } from '../e2e/kept.ts';
import {
  begin,
  damagedFiles,
  endsAsUndisturbed,
  interval,
  openSlowly,
  randomMoment,
  steps,
  withBrowser,
} from './page.ts';
import { resume } from './pageKills.ts';

/** Steps before its end that a run is begun anew, since its storage is to fill up while it trains. */
const enough = 5 * interval;
const full = 'the browser’s storage for this page is full';

/** What comes after the storage is full: room again, or the end of the page. */
const sequels = ['room again', 'page closed'] as const;
type Sequel = (typeof sequels)[number];

interface Outcome {
  sequel: Sequel;
  /** Whether the page said it, and trained on meanwhile. */
  said: boolean;
  wentOn: boolean;
  /** The last step that was kept before it, and the one that was kept, or gone on from, after it. */
  before: number;
  after: number;
}

/**
 * Fills the storage of a training page at random moments, to a random part of a checkpoint, `count` times; every other time the
 * page ends before there is room again. @returns whether no file was damaged and what was kept before was there after
 */
export function fillStorage(count: number, random: () => number): Promise<boolean> {
  return withBrowser(async (context, url) => {
    let { page, reached } = await openSlowly(context, url);
    const outcomes: Outcome[] = [];
    let damaged = 0;
    await begin(page);
    for (let n = 0; n < count; n++) {
      if (reached() > steps - enough) {
        await until(page, 'finished');
        await button(page, 'Reset').click();
        await begin(page);
      }
      await randomMoment(page, reached, random);
      await keptStep(page, 1);
      const sequel = sequels[n % 2] as Sequel;
      const session = await context.newCDPSession(page);
      const origin = new URL(url).origin;
      await session.send('Storage.overrideQuotaForOrigin', {
        origin,
        quotaSize: await tooLittle(page, random),
      });
      const before = Math.max(...(await keptSteps(page)));
      const start = reached();
      const said = await page
        .getByText(full)
        .first()
        .waitFor({ timeout: 30_000 })
        .then(
          () => true,
          () => false,
        );
      damaged += await damagedFiles(page);
      const wentOn = await goesOn(reached, start);
      const after = sequel === 'room again' ? await makeRoom(page, session, origin, before) : await reopen();
      outcomes.push({ sequel, said, wentOn, before, after });
      damaged += await damagedFiles(page);
      console.log(`${n + 1} ${JSON.stringify(outcomes.at(-1))}`);
    }
    await page.getByLabel('Speed').selectOption('');
    const same = await endsAsUndisturbed(page);
    return report(outcomes, damaged, same);

    async function reopen(): Promise<number> {
      const last = reached();
      await page.close();
      ({ page, reached } = await openSlowly(context, url));
      return (await resume(page, last)) ?? 0;
    }
  });
}

/** Whether a run passes a step within so long as a checkpoint takes on a busy machine. */
async function goesOn(reached: () => number, step: number): Promise<boolean> {
  for (let n = 0; n < 100 && reached() <= step; n++) await setTimeout(100);
  return reached() > step;
}

/** A quota that the next checkpoint does not fit in: what is kept, and a part of another. */
async function tooLittle(page: Page, random: () => number): Promise<number> {
  const sizes = (await filesOf(page, 'runs')).map(({ bytes }) => bytes.length);
  const kept = sizes.reduce((sum, size) => sum + size, 0);
  return Math.floor(kept + random() * Math.max(...sizes));
}

/** Gives the storage its room back. @returns the step that is kept then */
async function makeRoom(page: Page, session: CDPSession, origin: string, before: number): Promise<number> {
  await session.send('Storage.overrideQuotaForOrigin', { origin });
  await keptStep(page, before + 1);
  return Math.max(...(await keptSteps(page)));
}

function report(outcomes: readonly Outcome[], damaged: number, same: boolean): boolean {
  console.log('| full storage, then | times | said | trained on | kept or resumed after it |');
  console.log('| --- | --- | --- | --- | --- |');
  const safe = ({ before, after }: Outcome) => after >= before;
  for (const sequel of sequels) {
    const these = outcomes.filter((one) => one.sequel === sequel);
    const counts = [
      these,
      these.filter(({ said }) => said),
      these.filter(({ wentOn }) => wentOn),
      these.filter(safe),
    ];
    console.log(`| ${[sequel, ...counts.map(({ length }) => length)].join(' | ')} |`);
  }
  console.log(
    `Damaged files: ${damaged}. The last run ended ${same ? 'in the bytes of' : 'unlike'} one with room enough.`,
  );
  return damaged === 0 && same && outcomes.every((one) => one.said && one.wentOn && safe(one));
}
