import type { Page } from 'playwright-core';
import { tinyCheckpoint, tinyProject } from '../tinyProject.ts';

/** A file that a page keeps. */
export interface KeptFile {
  name: string;
  bytes: Uint8Array;
}

/** What a page keeps in a folder of its private file system: checkpoints, or the user's own files. A file that goes while they are read is left out. */
export async function filesOf(page: Page, folder: 'runs' | 'data'): Promise<KeptFile[]> {
  const files = await page.evaluate(async (name) => {
    const root = await navigator.storage.getDirectory();
    const own = await root.getDirectoryHandle('posterior-lab', { create: true });
    const directory = await own.getDirectoryHandle(name, { create: true });
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

/** Steps of the checkpoints that a page keeps, as their names have them: the files are not read, but one that is still being written is empty. */
export async function keptSteps(page: Page): Promise<number[]> {
  const names = await page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const own = await root.getDirectoryHandle('posterior-lab', { create: true });
    const directory = await own.getDirectoryHandle('runs', { create: true });
    const found: string[] = [];
    for await (const [name, handle] of directory as unknown as AsyncIterable<
      [string, FileSystemFileHandle]
    >) {
      const file = await handle.getFile().catch(() => undefined);
      if (file?.size) found.push(name);
    }
    return found;
  });
  return names.map((name) => Number(/-(\d+)-\d+\.safetensors$/.exec(name)?.[1]));
}

/** Waits until that many runs are kept as of a step, or later. @throws Error after a minute */
export async function keptStep(page: Page, step: number, runs = 1): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await page.waitForTimeout(100)) {
    if ((await keptSteps(page)).filter((one) => one >= step).length >= runs) return;
  }
  throw new Error(`kept as of ${await keptSteps(page)}, not of ${step}`);
}

/**
 * Adds finished runs to what a page's browser keeps, `old 1` the oldest, which is pinned. A page knows of them once it is reloaded, or
 * keeps runs in the place of another tab.
 * @param page has been told that its runs are kept
 */
export async function addKeptRuns(page: Page, count: number): Promise<void> {
  const [made] = tinyProject.runs;
  if (!made) throw new Error('there is no run to keep');
  const { config, counters } = tinyCheckpoint;
  const known = { config, dataset: made.dataset, step: counters.step, bytes: made.file.length };
  const entries = Array.from({ length: count }, (_, n) => {
    const id = `old-${n + 1}`;
    const own = { id, together: [id], name: `old ${n + 1}`, file: `${id}-2-1.safetensors`, pinned: n === 0 };
    const state = { data: {}, deleted: false, ended: true, time: Date.now() - 1000 * (count - n) };
    return { ...known, ...own, ...state };
  });
  await page.evaluate(
    async ({ entries, content }) => {
      const done = <T>(request: IDBRequest<T>) =>
        new Promise<T>((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      const database = await done(indexedDB.open('posterior-lab'));
      const root = await navigator.storage.getDirectory();
      const own = await root.getDirectoryHandle('posterior-lab', { create: true });
      const folder = await own.getDirectoryHandle('runs', { create: true });
      for (const { file } of entries) {
        const writable = await (await folder.getFileHandle(file, { create: true })).createWritable();
        await writable.write(Uint8Array.from(content));
        await writable.close();
      }
      const store = database.transaction('runs', 'readwrite').objectStore('runs');
      await Promise.all(entries.map((entry) => done(store.put(entry))));
      database.close();
    },
    { entries, content: [...made.file] },
  );
}
