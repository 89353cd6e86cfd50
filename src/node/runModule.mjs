// Runs a TypeScript module: Vite bundles it for Node (it strips the types and knows the `?raw` imports of WGSL), so that Node
// runs the same sources as the page. The bundle is kept and serves until a source changes: a command starts at once.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Calls the module's `main(args): Promise<number>`; the number becomes the exit code.
 * @param {URL} module
 * @param {string[]} args
 */
export async function runModule(module, args) {
  process.setSourceMapsEnabled(true); // the lines of a stack lead to the sources
  // Nobody reads any more, as after `| head` or on a terminal that has gone: what is being made is made all the same.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      const { code = '' } = /** @type {NodeJS.ErrnoException} */ (error);
      if (!['EPIPE', 'EIO'].includes(code)) throw error;
    });
  }
  try {
    const { main } = await import(pathToFileURL(await bundled(fileURLToPath(module))).href);
    process.exitCode = await main(args);
    // A signal ended it: the GPU may still be compiling for nobody.
    if (process.exitCode === 129) process.kill(process.pid, 'SIGHUP'); // on a terminal that has gone Node's own exit aborts
    if (process.exitCode > 128) process.exit();
  } catch (error) {
    console.error(error instanceof Error ? error.stack : error);
    process.exitCode = 1;
  }
}

/**
 * The bundle of a module as the sources are now. It lies in the `node_modules` nearest to the module, where its imports of
 * packages lead to the same ones. Made in a folder of its own that is renamed when complete: processes may start together.
 * @param {string} module
 */
async function bundled(module) {
  const [top] = relative(root, module).split(sep);
  const name = relative(root, module).replaceAll(sep, '-').replace(/\.ts$/, '');
  const kept = join(packageFolder(module), 'node_modules', '.cache', 'posterior-lab', 'modules', name);
  const stamp = stampOf(new Set(['src', 'shaders', 'package-lock.json', String(top)]));
  const file = join(kept, stamp, `${name}.js`);
  if (existsSync(file)) return file;
  const { build } = await import('vite');
  mkdirSync(kept, { recursive: true });
  const partial = mkdtempSync(join(kept, `${stamp}-`));
  await build({
    root,
    configFile: false,
    envDir: false,
    publicDir: false,
    logLevel: 'error',
    plugins: [ownAddresses],
    build: {
      ssr: true,
      target: 'node20',
      minify: false,
      sourcemap: true,
      outDir: partial,
      // One file, whole in memory once it runs: a later bundle may take its place.
      rolldownOptions: {
        input: { [name]: module },
        output: { entryFileNames: '[name].js', codeSplitting: false },
      },
    },
  });
  const older = readdirSync(kept).filter((folder) => folder !== stamp && !folder.includes('-'));
  for (const folder of older) rmSync(join(kept, folder), { recursive: true, force: true });
  try {
    renameSync(partial, join(kept, stamp));
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(file)) throw error; // else another process was first, and its bundle serves
  }
  return file;
}

/** In a bundle each module still finds the files beside its source. */
const ownAddresses = {
  name: 'own-addresses',
  enforce: /** @type {const} */ ('pre'),
  /** @param {string} code @param {string} id */
  transform(code, id) {
    if (id.includes('node_modules') || !code.includes('import.meta.url')) return;
    return { code: code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href)), map: null };
  },
};

/** A name for the state of these files and folders: it changes with any size, name or time of writing in them. */
function stampOf(tops) {
  const hash = createHash('sha256');
  const visit = (path) => {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  };
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isFile()) visit(path);
      else if (entry.isDirectory() && entry.name !== 'node_modules') walk(path);
    }
  };
  for (const top of tops) {
    const path = join(root, top);
    if (statSync(path).isDirectory()) walk(path);
    else visit(path);
  }
  return hash.digest('hex').slice(0, 16);
}

/** @param {string} path */
function packageFolder(path) {
  let folder = dirname(path);
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}
