import { gzipSync } from 'node:zlib';
import type { Page, Request } from 'playwright-core';
import { expect, test } from 'vitest';
import { address, button, stepOf, until } from './actions.ts';
import { usePage } from './page.ts';

const openPage = usePage();
/** As most users have it. */
const moving = { reducedMotion: 'no-preference' } as const;

/** Milliseconds since the navigation began. */
interface Times {
  /** The recorded pair is on the screen. */
  drawn: number;
  /** Run can be pressed: the GPU was found and the data are cut into windows. */
  answering: number;
}

/** Runs in the page before its scripts: watches every frame for what the first screen is waited for. */
function watchFirstScreen(): void {
  const times: Partial<Times> = {};
  Reflect.set(window, 'firstScreen', times);
  const look = () => {
    const run = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'Run');
    const curves = document.querySelectorAll('.hero-chart .recharts-line-curve');
    const sentence = document.querySelector('[data-testid=headline]')?.textContent ?? '';
    if (curves.length > 0 && sentence.startsWith('At position')) times.drawn ??= performance.now();
    if (run && !run.disabled) times.answering ??= performance.now();
    if (times.drawn === undefined || times.answering === undefined) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** Loads the page again, nothing of it cached, and waits for its first screen. */
async function loadAgain(page: Page): Promise<{ times: Times; requests: Request[] }> {
  const requests: Request[] = [];
  const note = (request: Request) => requests.push(request);
  page.on('request', note);
  await page.reload();
  const times = await page.waitForFunction(() => {
    const { drawn, answering } = Reflect.get(window, 'firstScreen');
    return drawn && answering && { drawn, answering };
  });
  page.off('request', note);
  return { times: await times.jsonValue(), requests };
}

/** A page that watches itself, with its browser's cache off. */
async function watchedPage(): Promise<{ page: Page; errors: string[] }> {
  const opened = await openPage('', moving);
  const session = await opened.page.context().newCDPSession(opened.page);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  await opened.page.addInitScript(watchFirstScreen);
  return opened;
}

test('a recorded pair plays within two seconds, and says in a sentence what it shows', async () => {
  const { page, errors } = await openPage('', moving);
  await page.getByText('Recorded runs').waitFor({ timeout: 5_000 });
  const opened = await page.evaluate(() => performance.now());
  const headline = page.getByTestId('headline');
  const first = await headline.textContent();
  expect(first).toMatch(/^At position 32 the left decoder takes -?\d+\s%\sfrom z, the right one -?\d+\s%\.$/);
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
  const { times, requests } = await loadAgain(page);
  const origin = await page.evaluate(() => performance.timeOrigin);
  // The page before the reload was still fetching what it does without at first.
  const first = requests.filter((request) => {
    const after = request.timing().startTime - origin;
    return after >= 0 && after < times.drawn;
  });
  // The page fetches ahead what its worker asks for; only with the cache off, as here, does the worker fetch it again.
  const addresses = [...new Set(first.map((request) => request.url()))];
  const sizes = await Promise.all(
    addresses.map(async (url) => {
      const body = await (await page.request.get(url)).body();
      return {
        file: url.replace(/.*\//, '') || 'index.html',
        kilobytes: gzipSync(body).length / 1000,
      };
    }),
  );
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

/** A task of the page's own thread, in milliseconds: how long it took, and how long it had a processor. */
interface Task {
  wall: number;
  busy: number;
}

/** The tasks that Chromium's own tracing saw on the threads of pages. */
function tasksOf(trace: Buffer): Task[] {
  const events: {
    name: string;
    pid: number;
    tid: number;
    dur?: number;
    tdur?: number;
    args?: { name?: string };
  }[] = JSON.parse(trace.toString()).traceEvents;
  const threads = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  return events
    .filter(({ name, pid, tid }) => name === 'RunTask' && threads.has(`${pid} ${tid}`))
    .map(({ dur = 0, tdur = dur }) => ({ wall: dur / 1000, busy: tdur / 1000 }));
}

test('while two methods train, no task keeps the page from answering', async ({ annotate }) => {
  const { page, errors } = await openPage(
    address({ 'train.steps': 50, 'evaluate.times': 3, beside: 'latent-diffusion' }),
    moving,
  );
  const browser = page.context().browser();
  await page.getByTestId('first-loss').first().waitFor();
  await browser?.startTracing(page, { categories: ['disabled-by-default-devtools.timeline'] });
  await button(page, 'Run').click();
  await until(page, 'finished');
  const tasks = tasksOf((await browser?.stopTracing()) ?? Buffer.from('{}'));
  const long = tasks.filter(({ wall }) => wall >= 50);
  const written = long.map(({ wall, busy }) => `${Math.round(wall)} (${Math.round(busy)})`).join(', ');
  await annotate(`${long.length} of ${tasks.length} tasks took 50 ms or more (on the processor): ${written}`);
  expect(tasks.length).toBeGreaterThan(100);
  // Time on the processor: what else the machine does meanwhile, the software GPU not least, is not the page's fault. The aim is
  // 100 ms; a slow machine whose every core the software GPU keeps busy gets twice that before this calls it a fault.
  expect(Math.max(0, ...tasks.map(({ busy }) => busy))).toBeLessThan(200);
  expect(errors).toEqual([]);
});

/** Runs in the page: presses Pause and measures the milliseconds until the trainer has stopped. */
async function pressPause(): Promise<number> {
  const status = document.querySelector('.run-status') as HTMLElement;
  const pause = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'Pause');
  return new Promise((resolve) => {
    const pressed = performance.now();
    new MutationObserver(() => {
      if (status.dataset.status === 'paused') resolve(performance.now() - pressed);
    }).observe(status, { attributes: true });
    pause?.click();
  });
}

test('Pause answers within 100 ms, and the run goes on from there', async () => {
  const { page, errors } = await openPage(address({ 'train.steps': 100_000, 'evaluate.times': 1 }));
  await button(page, 'Run').click();
  await page.locator('.run-status:not([data-step="0"])').waitFor({ timeout: 120_000 });
  const waits: number[] = [];
  for (let k = 0; k < 5; k++) {
    waits.push(await page.evaluate(pressPause));
    const step = await stepOf(page);
    await button(page, 'Run').click();
    await page.waitForFunction((before) => {
      const status = document.querySelector('.run-status') as HTMLElement;
      return Number(status.dataset.step) > before;
    }, step);
  }
  // The median: the machine that runs this may be busy with something else for a moment.
  expect(waits.sort((a, b) => a - b)[2]).toBeLessThan(100);
  expect(errors).toEqual([]);
});
