/** A handle that writes at once; workers alone have it, and the types of a page do not know it. */
interface SyncAccess {
  write(bytes: Uint8Array, options: { at: number }): number;
  flush(): void;
  close(): void;
}
type WritableFile = FileSystemFileHandle & { createSyncAccessHandle(): Promise<SyncAccess> };
type MovableFile = FileSystemFileHandle & {
  move(to: FileSystemDirectoryHandle, name: string): Promise<void>;
};
type Listed = FileSystemDirectoryHandle & { entries(): AsyncIterable<[string, FileSystemHandle]> };

/** `runs`: checkpoints; `data`: the user's own files. */
export type Folder = 'runs' | 'data';

/** The private file system is the origin's, and other pages may lie there: what is not in this folder is theirs. */
const ownFolder = 'posterior-lab';

/** The page's own files, in the private file system that the browser gives its origin. Only a worker writes. */
export class KeptFiles {
  readonly #root: FileSystemDirectoryHandle;
  readonly #folders: Record<Folder, FileSystemDirectoryHandle>;

  private constructor(root: FileSystemDirectoryHandle, folders: Record<Folder, FileSystemDirectoryHandle>) {
    this.#root = root;
    this.#folders = folders;
  }

  /** @throws DOMException where the browser has no such file system, or none in a private window */
  static async open(): Promise<KeptFiles> {
    const root = await navigator.storage.getDirectory();
    const own = await root.getDirectoryHandle(ownFolder, { create: true });
    const folder = (name: Folder) => own.getDirectoryHandle(name, { create: true });
    return new KeptFiles(root, { runs: await folder('runs'), data: await folder('data') });
  }

  /** Takes over files that an earlier version of the page kept outside its own folder; those that are not there are passed over. */
  async takeOver(folder: Folder, names: Iterable<string>): Promise<void> {
    const before = await this.#root.getDirectoryHandle(folder).catch(() => undefined);
    if (!before) return;
    for (const name of names) {
      const file = await before.getFileHandle(name).catch(() => undefined);
      await (file as MovableFile | undefined)?.move(this.#folders[folder], name);
    }
    // It goes once it is empty, and is else another page's.
    await this.#root.removeEntry(folder).catch(() => {});
  }

  /** Writes a new file to its end; nothing is left of it where that fails. @throws DOMException `QuotaExceededError` */
  async write(folder: Folder, name: string, content: Uint8Array | Blob): Promise<void> {
    try {
      const file = await this.#folders[folder].getFileHandle(name, { create: true });
      const access = await (file as WritableFile).createSyncAccessHandle();
      try {
        let at = 0;
        for await (const piece of pieces(content)) {
          const written = access.write(piece, { at });
          if (written < piece.length) throw new DOMException('The storage is full.', 'QuotaExceededError');
          at += written;
        }
        access.flush();
      } finally {
        access.close();
      }
    } catch (error) {
      await this.remove(folder, name);
      throw error;
    }
  }

  /** @throws DOMException `NotFoundError` */
  async read(folder: Folder, name: string): Promise<File> {
    return (await this.#folders[folder].getFileHandle(name)).getFile();
  }

  /** Removes a file; one that is gone already is no error. */
  async remove(folder: Folder, name: string): Promise<void> {
    try {
      await this.#folders[folder].removeEntry(name);
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error;
    }
  }

  /** Sizes of the files in a folder by their names; folders in it are passed over. */
  async list(folder: Folder): Promise<Map<string, number>> {
    const sizes = new Map<string, number>();
    for await (const [name, { kind }] of (this.#folders[folder] as Listed).entries()) {
      if (kind === 'file') sizes.set(name, (await this.read(folder, name)).size);
    }
    return sizes;
  }
}

async function* pieces(content: Uint8Array | Blob): AsyncIterable<Uint8Array> {
  if (content instanceof Uint8Array) {
    yield content;
    return;
  }
  const reader = content.stream().getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}
