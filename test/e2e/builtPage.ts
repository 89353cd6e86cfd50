import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, preview } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The built page on a free port of this machine. */
export interface BuiltPage {
  url: string;
  close(): Promise<void>;
}

/** Builds the page as `npm start` does, and serves it. @param name of the folder that it is built into, one for each purpose */
export async function servedPage(name: string): Promise<BuiltPage> {
  await buildPage(name);
  return serveBuilt(name);
}

/** The first half of `servedPage`. @throws Error when the page cannot be built */
export async function buildPage(name: string): Promise<void> {
  const { NODE_ENV } = process.env;
  try {
    // Vitest and the loader of our own commands set another; the page must be the one that users get.
    process.env.NODE_ENV = 'production';
    await build({
      root,
      mode: 'production',
      logLevel: 'warn',
      build: { outDir: folderOf(name), emptyOutDir: true },
    });
  } finally {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = NODE_ENV;
  }
}

/** The second half. @throws Error when there is no port for it */
export async function serveBuilt(name: string): Promise<BuiltPage> {
  const server = await preview({
    root,
    logLevel: 'warn',
    build: { outDir: folderOf(name) },
    preview: { host: 'localhost', port: 0 },
  });
  const url = server.resolvedUrls?.local[0];
  if (!url) throw new Error('The built page could not be served.');
  return { url, close: () => server.close() };
}

/** Where the page is built. */
export const folderOf = (name: string) => join(root, 'node_modules', '.cache', 'posterior-lab', name);
