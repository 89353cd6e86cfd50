import { gzipSync } from 'node:zlib';
import type { Page, Request } from 'playwright-core';

/** Milliseconds since the navigation began. */
export interface Times {
  /** The recorded pair is on the screen. */
  drawn: number;
  /** Run can be pressed: the GPU was found and the data are open. */
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

/** Has a page watch itself from the next load on, with its browser's cache off. */
export async function watchLoads(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  await page.addInitScript(watchFirstScreen);
}

/** Loads a watched page again, nothing of it cached, and waits for its first screen. */
export async function loadAgain(page: Page): Promise<{ times: Times; requests: Request[] }> {
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

/** What a load fetched until the pair was drawn: each file once, in kB as gzip sends it. */
export async function fetchedFirst(
  page: Page,
  { times, requests }: { times: Times; requests: Request[] },
): Promise<{ file: string; kilobytes: number }[]> {
  const origin = await page.evaluate(() => performance.timeOrigin);
  // The page before the reload was still fetching what it does without at first.
  const first = requests.filter((request) => {
    const after = request.timing().startTime - origin;
    return after >= 0 && after < times.drawn;
  });
  // The page fetches ahead what its worker asks for; only with the cache off, as here, does the worker fetch it again.
  const addresses = [...new Set(first.map((request) => request.url()))];
  return Promise.all(
    addresses.map(async (url) => {
      const body = await (await page.request.get(url)).body();
      return { file: url.replace(/.*\//, '') || 'index.html', kilobytes: gzipSync(body).length / 1000 };
    }),
  );
}

/** A task of the page's own thread, in milliseconds: how long it took, and how long it had a processor. */
export interface Task {
  wall: number;
  busy: number;
}

/** The tasks of pages' own threads while `work` goes on, as Chromium's own tracing saw them. */
export async function tasksDuring(page: Page, work: () => Promise<void>): Promise<Task[]> {
  const browser = page.context().browser();
  if (!browser) throw new Error('only a browser that was launched can be traced');
  await browser.startTracing(page, { categories: ['disabled-by-default-devtools.timeline'] });
  await work();
  const trace = await browser.stopTracing();
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

/** Presses Pause while training goes on. @returns milliseconds until the trainer has stopped */
export function pausedAfter(page: Page): Promise<number> {
  return page.evaluate(() => {
    const status = document.querySelector('.run-status') as HTMLElement;
    const pause = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'Pause');
    return new Promise<number>((resolve) => {
      const pressed = performance.now();
      new MutationObserver(() => {
        if (status.dataset.status === 'paused') resolve(performance.now() - pressed);
      }).observe(status, { attributes: true });
      pause?.click();
    });
  });
}
