import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, preview } from 'vite';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The built page, served for the whole run of its tests: its address, or why there is none. */
    served: { url: string } | { failure: string };
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const outDir = join(root, 'node_modules', '.cache', 'posterior-lab', 'page');

/**
 * Vitest's global set-up of the page's tests: builds the page as `npm start` does and serves it on a free port.
 * A page that cannot be built fails the page's tests, and leaves the other groups to run.
 */
export default async function servePage(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  try {
    await builtOnce();
    const server = await preview({
      root,
      logLevel: 'warn',
      build: { outDir },
      preview: { host: 'localhost', port: 0 },
    });
    const url = server.resolvedUrls?.local[0];
    project.provide('served', url ? { url } : { failure: 'The built page could not be served.' });
    return () => server.close();
  } catch (error) {
    project.provide('served', { failure: `The page could not be built: ${error}` });
    return undefined;
  }
}

/** Two groups of tests serve the page, and each of them loads this module anew: the process remembers the build. */
function builtOnce(): Promise<void> {
  const memory = globalThis as { posteriorLabPage?: Promise<void> };
  memory.posteriorLabPage ??= buildPage();
  return memory.posteriorLabPage;
}

async function buildPage(): Promise<void> {
  const { NODE_ENV } = process.env;
  try {
    // Vitest runs with NODE_ENV=test; the page must be the one that users get.
    process.env.NODE_ENV = 'production';
    await build({ root, mode: 'production', logLevel: 'warn', build: { outDir, emptyOutDir: true } });
  } finally {
    process.env.NODE_ENV = NODE_ENV;
  }
}
