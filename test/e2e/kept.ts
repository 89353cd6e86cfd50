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

/**
 * Adds copies of the one run that a page keeps, `old 1` the oldest, which is pinned. The page knows of them after a reload.
 */
export async function addKeptCopies(page: Page, copies: number): Promise<void> {
  await page.evaluate(async (count) => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await done(indexedDB.open('posterior-lab'));
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('runs');
    const [kept] = await done(database.transaction('runs').objectStore('runs').getAll());
    const content = await (await folder.getFileHandle(kept.file)).getFile();
    const entries = Array.from({ length: count }, (_, n) => {
      const id = `old-${n + 1}`;
      const own = { id, together: [id], name: `old ${n + 1}`, file: `${id}-4-1.safetensors` };
      return { ...kept, ...own, pinned: n === 0, time: kept.time - 1000 * (count - n) };
    });
    for (const { file } of entries) {
      const writable = await (await folder.getFileHandle(file, { create: true })).createWritable();
      await writable.write(content);
      await writable.close();
    }
    const store = database.transaction('runs', 'readwrite').objectStore('runs');
    await Promise.all(entries.map((entry) => done(store.put(entry))));
    database.close();
  }, copies);
}
