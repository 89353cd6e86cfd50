// Runs a TypeScript module through Vite's module runner: it strips the types and knows the `?raw` imports of WGSL, so
// Node runs the same sources as the page, with nothing to build first.
import { fileURLToPath } from 'node:url';
import { createServer, createServerModuleRunner } from 'vite';

/**
 * Calls the module's `main(args): Promise<number>`; the number becomes the exit code.
 * @param {URL} module
 * @param {string[]} args
 */
export async function runModule(module, args) {
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
  try {
    const { main } = await runner.import(fileURLToPath(module));
    process.exitCode = await main(args);
  } catch (error) {
    // Printed here: only while the runner is open do the lines of the stack lead to the sources.
    console.error(error instanceof Error ? error.stack : error);
    process.exitCode = 1;
  } finally {
    await runner.close();
    await server.close();
  }
}
