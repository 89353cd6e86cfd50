import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, inject } from 'vitest';
import { launchBrowser } from './browser.ts';

/** A tab on the built page, and what went wrong in it so far: uncaught errors and error lines of its console. */
export interface OpenPage {
  page: Page;
  errors: string[];
}

/**
 * One browser for the test file that calls this at its top level. The returned function opens the page in a fresh
 * profile; `path` is added to its address (`?a=b`, `#x`). Every tab is closed after its test: what still trains in one would slow
 * the next. What no test needs unasked is left out: nothing moves of itself, and the page is not kept for offline use, for which
 * each profile would fetch all of it. `options` say otherwise. `before` is done to the tab before the page is opened in it.
 */
export function usePage(): (
  path?: string,
  options?: BrowserContextOptions,
  before?: (page: Page) => Promise<unknown>,
) => Promise<OpenPage> {
  let address = '';
  let browser: Browser | undefined;
  beforeAll(async () => {
    const served = inject('served');
    if ('failure' in served) throw new Error(served.failure);
    address = served.url;
    browser = await launchBrowser();
  });
  afterEach(async () => {
    await Promise.all(browser?.contexts().map((context) => context.close()) ?? []);
  });
  afterAll(async () => {
    await browser?.close();
  });
  return async (path = '', options = {}, before) => {
    if (!browser) throw new Error('the browser starts before the first test: call this inside a test');
    const page = await browser.newPage({ serviceWorkers: 'block', reducedMotion: 'reduce', ...options });
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    await before?.(page);
    await page.goto(address + path);
    return { page, errors };
  };
}
