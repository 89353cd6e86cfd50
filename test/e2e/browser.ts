import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type LaunchOptions } from 'playwright-core';
import { bundledRunsHere, unpackBundle } from '../../src/node/bundled.ts';

/** A Chromium that can be started: the program, and what its environment needs beyond this process's own. */
interface Program {
  executablePath: string;
  env: Record<string, string>;
}

const softwareFlags = ['--use-webgpu-adapter=swiftshader'];
const patientFlags = ['--disable-gpu-process-crash-limit', '--disable-domain-blocking-for-3d-apis'];
const gpuFlags = ['--enable-features=Vulkan', '--ignore-gpu-blocklist'];

/**
 * Starts a headless Chromium that has WebGPU, on a hardware GPU if it reaches one, else on its software GPU: an installed Chrome
 * or Chromium where there may be a GPU for it, else the one that npm brings, whose headless shell spends a third less on a page;
 * whichever of the two starts. LAB_CHROMIUM names another, or `bundled` for the one that npm brings.
 * @throws Error when no Chromium starts, or none of them gives a WebGPU adapter
 */
export function launchBrowser(): Promise<Browser> {
  return firstThatWorks((options) => chromium.launch(options));
}

/**
 * The same with a profile in a folder, which is there again at the next start, and a GPU that may crash as often as a test wants:
 * after a few crashes a browser gives it up. @throws Error as `launchBrowser`
 */
export function launchProfile(folder: string): Promise<BrowserContext> {
  return firstThatWorks(({ args = [], ...options }) =>
    chromium.launchPersistentContext(folder, { ...options, args: [...args, ...patientFlags] }),
  );
}

/**
 * Starts a headless Chromium as a user's: Playwright has every page believe that it is in sight, and here one is hidden by another
 * in front of it, which a headless shell does not know of: an installed browser goes first. It ends when the browser is closed.
 * @throws Error when none starts
 */
export async function launchAsUsed(folder: string): Promise<Browser> {
  for await (const { executablePath, env } of programs(true)) {
    const own = ['--headless=new', '--no-sandbox', '--no-first-run', '--remote-debugging-port=0'];
    const flags = [...own, `--user-data-dir=${folder}`, '--enable-unsafe-webgpu', ...softwareFlags];
    const child = spawn(executablePath, flags, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const address = await new Promise<string | undefined>((resolve) => {
      let said = '';
      child.stderr.on('data', (text) => {
        said += text;
        const [found] = /ws:\/\/\S+/.exec(said) ?? [];
        if (found) resolve(found);
      });
      child.once('error', () => resolve(undefined));
      child.once('exit', () => resolve(undefined));
    });
    if (address === undefined) continue;
    const browser = await chromium.connectOverCDP(address, { noDefaults: true });
    browser.once('disconnected', () => child.kill());
    return browser;
  }
  throw new Error('No Chromium could be started.');
}

async function firstThatWorks<T extends Browser | BrowserContext>(
  launch: (options: LaunchOptions) => Promise<T>,
): Promise<T> {
  const attempts: string[] = [];
  for await (const program of programs(hardwareLikely())) {
    for (const flags of hardwareLikely() ? [gpuFlags, softwareFlags] : [softwareFlags]) {
      try {
        const browser = await launch({
          executablePath: program.executablePath,
          env: { ...(process.env as Record<string, string>), ...program.env },
          args: ['--no-sandbox', '--enable-unsafe-webgpu', ...flags],
        });
        const adapter = await adapterOf(browser);
        if (adapter && (flags === softwareFlags || !adapter.software)) return browser;
        await browser.close();
        attempts.push(
          `${program.executablePath} ${flags.join(' ')}: no ${adapter ? 'hardware ' : ''}WebGPU adapter`,
        );
      } catch (error) {
        attempts.push(`${program.executablePath}: ${error instanceof Error ? error.message : error}`);
      }
    }
  }
  attempts.push('Install Chrome or Chromium; npm brings one for x64 Linux with glibc only.');
  throw new Error(`No Chromium with WebGPU could be started.\n${attempts.join('\n')}`);
}

/**
 * In the order in which they are tried; the one that npm brings is unpacked only when it comes to that.
 * @param whole first a browser that is more than the shell which npm brings
 */
async function* programs(whole: boolean): AsyncGenerator<Program> {
  const wanted = process.env.LAB_CHROMIUM;
  if (wanted && wanted !== 'bundled') return yield { executablePath: wanted, env: {} };
  const installed = wanted ? undefined : installedBrowser();
  const installedFirst = installed && whole;
  if (installedFirst) yield { executablePath: installed, env: {} };
  if (bundledRunsHere) yield await bundledBrowser();
  if (installed && !installedFirst) yield { executablePath: installed, env: {} };
}

async function bundledBrowser(): Promise<Program> {
  const folder = await unpackBundle('browser');
  const libraryPath = [process.env.LD_LIBRARY_PATH, join(folder, 'lib')].filter(Boolean).join(delimiter);
  return {
    executablePath: join(folder, 'chromium'),
    env: { LD_LIBRARY_PATH: libraryPath, FONTCONFIG_PATH: folder },
  };
}

function installedBrowser(): string | undefined {
  const names = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser', 'chrome'];
  const folders = (process.env.PATH ?? '').split(delimiter);
  const fixed = [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ];
  return [...names.flatMap((name) => folders.map((folder) => join(folder, name))), ...fixed].find(existsSync);
}

/** Where there is no device node of a GPU there is no point in a start that looks for one. */
function hardwareLikely(): boolean {
  if (process.env.LAB_ADAPTER && process.env.LAB_ADAPTER !== 'gpu') return false;
  return process.platform !== 'linux' || existsSync('/dev/dri') || existsSync('/dev/nvidiactl');
}

/** The adapter a page gets. WebGPU exists in secure contexts only, and a page on localhost is one. */
async function adapterOf(
  browser: Browser | BrowserContext,
): Promise<{ name: string; software: boolean } | undefined> {
  const page = await browser.newPage();
  try {
    await page.route('http://localhost/', (route) => route.fulfill({ contentType: 'text/html', body: '' }));
    await page.goto('http://localhost/');
    return await page.evaluate(async () => {
      const info = (await navigator.gpu?.requestAdapter())?.info;
      if (!info) return undefined;
      const name = info.description || `${info.vendor} ${info.architecture}`;
      return { name, software: info.isFallbackAdapter || /swiftshader|llvmpipe|software/i.test(name) };
    });
  } finally {
    await page.close();
  }
}
