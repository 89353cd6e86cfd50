import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createBrotliDecompress } from 'node:zlib';
import { extract } from 'tar-fs';

/** What the npm package `@sparticuz/chromium` brings, and the compressed files each of them is made of. */
const bundles = {
  /** `libvk_swiftshader.so`, its driver manifest `vk_swiftshader_icd.json`, and `libvulkan.so.1`. */
  gpu: ['swiftshader.tar.br'],
  /** The program `chromium` (a headless shell), the GPU libraries it looks for beside itself, NSS in `lib`, `fonts`. */
  browser: ['chromium.br', 'swiftshader.tar.br', 'al2023.tar.br', 'fonts.tar.br'],
} as const;

const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

/** True where these binaries run: 64-bit x86 Linux with the GNU C library. */
export const bundledRunsHere = process.platform === 'linux' && process.arch === 'x64' && !isMusl();

/**
 * The folder that holds a bundle, decompressed. The first call unpacks it (the browser takes some seconds) under
 * `node_modules/.cache`; later calls, also from other processes, find it there. Unpacking goes to a folder of its own
 * that is renamed when complete, so a stopped or a second, simultaneous unpacking leaves nothing half done.
 * @returns an absolute path
 */
export async function unpackBundle(name: keyof typeof bundles): Promise<string> {
  const packageFolder = dirname(
    dirname(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium'))),
  );
  const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8'));
  const cache = join(projectRoot, 'node_modules', '.cache', 'posterior-lab');
  const folder = join(cache, `${name}-${version}`);
  if (existsSync(folder)) return folder;

  await mkdir(cache, { recursive: true });
  const partial = await mkdtemp(join(cache, `${name}-partial-`));
  try {
    for (const part of bundles[name]) {
      const target = part.includes('.tar.')
        ? extract(partial)
        : createWriteStream(join(partial, part.replace('.br', '')), { mode: 0o755 });
      await pipeline(createReadStream(join(packageFolder, 'bin', part)), createBrotliDecompress(), target);
    }
    if (name === 'browser')
      await writeFile(join(partial, 'fonts.conf'), fontConfiguration(join(folder, 'fonts')));
    await chmod(partial, 0o755);
    await rename(partial, folder);
  } catch (cause) {
    await rm(partial, { recursive: true, force: true });
    // Another process may have put the same folder there first: then that one serves.
    if (!existsSync(folder))
      throw new Error(`Unpacking the bundled ${name} into ${cache} failed: ${cause}`, { cause });
  }
  return folder;
}

/** For Fontconfig: the bundled Open Sans beside the system's fonts, if it has any. */
function fontConfiguration(folder: string): string {
  const folders = [folder, '/usr/share/fonts'].map((path) => `<dir>${path}</dir>`).join('');
  const cache = '<cachedir prefix="xdg">fontconfig</cachedir>';
  return `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${folders}${cache}</fontconfig>\n`;
}

function isMusl(): boolean {
  const report = process.report?.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined;
  return report?.header?.glibcVersionRuntime === undefined;
}
