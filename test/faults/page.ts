import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { readCheckpoint } from '../../src/engine/train/checkpoint.ts';
import { address, button, until } from '../e2e/actions.ts';
import { launchProfile } from '../e2e/browser.ts';
import { servedPage } from '../e2e/builtPage.ts';
import { filesOf, keptStep } from '../e2e/kept.ts';

/** Of every run that faults happen to. */
export const steps = 400;
/** Steps between two checkpoints of such a run, unless ten seconds pass. */
export const interval = 20;
/** Steps of training before something happens to a page, and seconds, at the most. */
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

/** Where the built page is served, and the profile of the browser that opens it. */
export interface Place {
  url: string;
  folder: string;
}

/** Builds the page and serves it while `work` goes on. @returns what that returns */
export async function withPage<T>(work: (place: Place) => Promise<T>): Promise<T> {
  const { url, close } = await servedPage('faults');
  const folder = await mkdtemp(join(tmpdir(), 'posterior-lab-faults-'));
  try {
    return await work({ url: `${url}${query}`, folder });
  } finally {
    await close();
    await rm(folder, { recursive: true, force: true, maxRetries: 9, retryDelay: 200 });
  }
}

/** The same with one browser. */
export function withBrowser<T>(work: (context: BrowserContext, url: string) => Promise<T>): Promise<T> {
  return withPage(async ({ url, folder }) => {
    const context = await launchProfile(folder);
    try {
      return await work(context, url);
    } finally {
      await context.close();
    }
  });
}

/** A page, and the last step that its worker has told it. */
export async function openPage(context: BrowserContext, url: string) {
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

/** A page that trains at 20 steps a second: at full speed a run may be over before a fault has happened to it. */
export async function openSlowly(context: BrowserContext, url: string) {
  const opened = await openPage(context, url);
  await opened.page.getByLabel('Speed').selectOption('20');
  return opened;
}

/** Begins a run, and waits for its first step. */
export async function begin(page: Page): Promise<void> {
  await button(page, 'Run').click();
  await page.locator('.run-status:not([data-step="0"])').waitFor();
}

/** Waits until a random moment of the training. @param reached the last step that the page heard of */
export async function randomMoment(page: Page, reached: () => number, random: () => number): Promise<void> {
  const at = reached() + longest.steps * random();
  const late = Date.now() + 1000 * longest.seconds;
  while (reached() < at && Date.now() < late) await page.waitForTimeout(1 + 40 * random());
}

/** Lets the run end. @returns whether its file has the bytes of one that nothing happened to */
export async function endsAsUndisturbed(page: Page): Promise<boolean> {
  await until(page, 'finished');
  await keptStep(page, steps);
  const survivor = await finalFile(page);
  await button(page, 'Reset').click();
  await begin(page);
  await until(page, 'finished');
  await keptStep(page, steps);
  return survivor.equals(await finalFile(page));
}

/** How many of the kept checkpoints cannot be read; each is named. */
export async function damagedFiles(page: Page): Promise<number> {
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
export async function finalFile(page: Page): Promise<Buffer> {
  const ended = (await filesOf(page, 'runs')).filter(({ name }) => name.includes(`-${steps}-`));
  const time = ({ name }: { name: string }) => Number(/-(\d+)\.safetensors$/.exec(name)?.[1]);
  const [last] = ended.toSorted((a, b) => time(b) - time(a));
  return Buffer.from(last?.bytes ?? []);
}
