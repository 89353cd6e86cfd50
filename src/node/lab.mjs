#!/usr/bin/env node
// Starts the headless command (main.ts) through Vite's module runner: it strips the types and knows the `?raw`
// imports of WGSL, so Node runs the same sources as the page, with nothing to build first.
// main.ts exports `main(args): Promise<number>`; the number is the exit code.
import { fileURLToPath } from 'node:url';
import { createServer, createServerModuleRunner } from 'vite';

const server = await createServer({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  configFile: false,
  envDir: false,
  logLevel: 'error',
  appType: 'custom',
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
});
const runner = createServerModuleRunner(server.environments.ssr, {
  hmr: false,
  sourcemapInterceptor: 'prepareStackTrace',
});
const main = fileURLToPath(new URL('./main.ts', import.meta.url));
try {
  const { main: run } = await runner.import(main);
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  // Printed here: only while the runner is open do the lines of the stack lead to the sources.
  console.error(error instanceof Error ? error.stack : error);
  process.exitCode = 1;
} finally {
  await runner.close();
  await server.close();
}
