import type { Page } from 'playwright-core';

/** A file that a page keeps. */
export interface KeptFile {
  name: string;
  bytes: Uint8Array;
}

/** What a page keeps in a folder of its private file system: checkpoints, or the user's own files. A file that goes while they are read is left out. */
export async function filesOf(page: Page, folder: 'runs' | 'data'): Promise<KeptFile[]> {
  const files = await page.evaluate(async (name) => {
    const root = await navigator.storage.getDirectory();
    const directory = await root.getDirectoryHandle(name, { create: true });
    const found: { name: string; text: string }[] = [];
    for await (const [key, handle] of directory as unknown as AsyncIterable<[string, FileSystemFileHandle]>) {
      const file = await handle.getFile().catch(() => undefined);
      const buffer = await file?.arrayBuffer().catch(() => undefined);
      if (!buffer) continue;
      const bytes = new Uint8Array(buffer);
      found.push({ name: key, text: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')) });
    }
    return found;
  }, folder);
  return files.map(({ name, text }) => ({ name, bytes: new Uint8Array(Buffer.from(text, 'base64')) }));
}

/** Steps of the checkpoints that a page keeps, as their names have them. */
export async function keptSteps(page: Page): Promise<number[]> {
  const files = await filesOf(page, 'runs');
  return files.map(({ name }) => Number(/-(\d+)-\d+\.safetensors$/.exec(name)?.[1]));
}

/** Waits until that many runs are kept as of a step, or later. @throws Error after a minute */
export async function keptStep(page: Page, step: number, runs = 1): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await page.waitForTimeout(50)) {
    if ((await keptSteps(page)).filter((one) => one >= step).length >= runs) return;
  }
  throw new Error(`kept as of ${await keptSteps(page)}, not of ${step}`);
}
