import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrowserContext, Page } from 'playwright-core';
import { build, preview } from 'vite';
import { readCheckpoint } from '../../src/engine/train/checkpoint.ts';
import { address, button, until } from '../e2e/actions.ts';
import { launchProfile } from '../e2e/browser.ts';
import { filesOf, keptStep, keptSteps } from '../e2e/kept.ts';

const steps = 400;
/** Steps between two checkpoints of such a run, unless ten seconds pass. */
const interval = 20;
/** Steps of training before a page is killed, and seconds, at the most. */
const longest = { steps: 35, seconds: 10 };
const query = address({
  'train.steps': steps,
  'evaluate.times': 1,
  'data.source': 'sines',
  drawer: 'runs',
  hide: 'data,model,probes,latents',
});
/** Milliseconds in which a busy machine with a software GPU opens the page and begins a run. */
const patience = 180_000;

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
export async function killPages(count: number, random: () => number): Promise<boolean> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const outDir = join(root, 'node_modules', '.cache', 'posterior-lab', 'faults');
  await build({ root, mode: 'production', logLevel: 'error', build: { outDir, emptyOutDir: true } });
  const server = await preview({ root, logLevel: 'error', build: { outDir }, preview: { port: 0 } });
  const url = `${server.resolvedUrls?.local[0]}${query}`;
  const folder = await mkdtemp(join(tmpdir(), 'posterior-lab-faults-'));
  const outcomes: Outcome[] = [];
  let damaged = 0;
  let context = await launchProfile(folder);
  try {
    let { page, reached } = await openPage(context, url);
    await begin(page);
    for (let n = 0; n < count; n++) {
      const kill = Object.keys(kills)[n % 4] as Kill;
      const killAt = reached() + longest.steps * random();
      const late = Date.now() + 1000 * longest.seconds;
      while (reached() < killAt && Date.now() < late) await page.waitForTimeout(1 + 40 * random());
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
    await until(page, 'finished');
    await keptStep(page, steps);
    const survivor = await finalFile(page);
    await button(page, 'Reset').click();
    await button(page, 'Run').click();
    await until(page, 'finished');
    await keptStep(page, steps);
    const same = survivor.equals(await finalFile(page));
    return report(outcomes, damaged, same);
  } finally {
    await context.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A page, and the last step that its worker has told it. */
async function openPage(context: BrowserContext, url: string) {
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  let step = 0;
  await page.exposeFunction('reachedStep', (now: number) => {
    step = now;
  });
  await page.addInitScript(() => {
    const Told = window.Worker;
    window.Worker = class extends Told {
      constructor(address: string | URL, options?: WorkerOptions) {
        super(address, options);
        this.addEventListener('message', ({ data }) => {
          if (data.event?.type === 'progress') Reflect.get(window, 'reachedStep')(data.event.progress.step);
        });
      }
    };
  });
  await page.goto(url);
  await page.getByText(/kept in this browser/).waitFor();
  return { page, reached: () => step };
}

async function begin(page: Page): Promise<void> {
  await button(page, 'Run').click();
  await page.locator('.run-status:not([data-step="0"])').waitFor();
}

/** Resumes the run that was stopped, or begins one where none was. @returns the step that was offered */
async function resume(page: Page, reached: number): Promise<number | undefined> {
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

async function damagedFiles(page: Page): Promise<number> {
  let damaged = 0;
  for (const { name, bytes } of await filesOf(page, 'runs')) {
    try {
      readCheckpoint(bytes);
    } catch (error) {
      damaged++;
      console.log(`${name}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return damaged;
}

/** The checkpoint of the run that ended last. */
async function finalFile(page: Page): Promise<Buffer> {
  const ended = (await filesOf(page, 'runs')).filter(({ name }) => name.includes(`-${steps}-`));
  const time = ({ name }: { name: string }) => Number(/-(\d+)\.safetensors$/.exec(name)?.[1]);
  const [last] = ended.toSorted((a, b) => time(b) - time(a));
  return Buffer.from(last?.bytes ?? []);
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
