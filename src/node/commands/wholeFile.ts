import { randomInt } from 'node:crypto';
import { appendFileSync, constants, renameSync, rmSync, writeFileSync } from 'node:fs';
import { access, mkdir, readdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Writes a file beside its place and renames it, so that no reader ever sees half of it. A link stays one, to the new file;
 * a pipe or a device, such as /dev/stdout, is written to. Its folder is made where there is none.
 */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  const direct = there !== undefined && !there.isFile() && !there.isDirectory();
  const target = there?.isFile() ? await realpath(path) : path;
  const partial = direct ? path : partialOf(target);
  try {
    await mkdir(dirname(target), { recursive: true });
    await writeFile(partial, content);
    if (!direct) await rename(partial, target);
  } catch (error) {
    if (!direct) await rm(partial, { force: true });
    throw naming(path, error);
  }
}

/** Makes the folder of a file that hours will be spent on. @throws the error of the file system where it cannot be written */
export async function checkWritable(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const there = await stat(path).catch(() => undefined);
  if (there?.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR', syscall: 'open', path });
  await access(there && !there.isFile() ? path : dirname(path), constants.W_OK);
}

/** As writeWhole, at once: what has been reported is there before anything else happens. */
export function writeWholeNow(path: string, content: string | Uint8Array): void {
  const partial = partialOf(path);
  try {
    writeFileSync(partial, content);
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw naming(path, error);
  }
}

/** Adds to the end of a file at once. */
export function appendNow(path: string, text: string): void {
  try {
    appendFileSync(path, text);
  } catch (error) {
    throw naming(path, error);
  }
}

/** Removes what processes that were killed while they wrote have left in a folder. */
export async function removePartials(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (/^\..+\.partial-\d+$/.test(name)) await rm(join(folder, name), { force: true });
  }
}

/** Where something is made that will be moved to `path`, beside it. In containers every process may have the same number. */
export function partialOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.partial-${randomInt(2 ** 47)}`);
}

/** An error of the file system names the file that was to be, not the one beside it, or none. */
function naming(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  return Object.assign(error as Error, { path, dest: undefined });
}
