import type { TestProject } from 'vitest/node';
import { buildPage, serveBuilt } from './builtPage.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The built page, served for the whole run of its tests: its address, or why there is none. */
    served: { url: string } | { failure: string };
  }
}

/**
 * Vitest's global set-up of the page's tests: builds the page and serves it. A page that cannot be built fails the page's tests,
 * and leaves the other groups to run.
 */
export default async function servePage(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  try {
    await builtOnce();
    const { url, close } = await serveBuilt('page');
    project.provide('served', { url });
    return close;
  } catch (error) {
    project.provide('served', { failure: `The page could not be built: ${error}` });
    return undefined;
  }
}

/** Two groups of tests serve the page, and each of them loads this module anew: the process remembers the build. */
function builtOnce(): Promise<void> {
  const memory = globalThis as { posteriorLabPage?: Promise<void> };
  memory.posteriorLabPage ??= buildPage('page');
  return memory.posteriorLabPage;
}
