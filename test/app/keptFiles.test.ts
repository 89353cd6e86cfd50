import { expect, test, vi } from 'vitest';
import { keptFileName } from '../../src/app/keep/dataName.ts';
import { KeptFiles } from '../../src/app/keep/files.ts';

/** A folder of a private file system in memory, as far as the page uses it. */
class Folder {
  readonly kind = 'directory';
  readonly inside = new Map<string, Folder | Entry>();

  async getDirectoryHandle(name: string, options?: { create?: boolean }): Promise<Folder> {
    return this.#found(name, Folder, options?.create ? () => new Folder() : undefined);
  }

  async getFileHandle(name: string, options?: { create?: boolean }): Promise<Entry> {
    return this.#found(name, Entry, options?.create ? () => new Entry(this, name) : undefined);
  }

  async removeEntry(name: string): Promise<void> {
    const there = this.inside.get(name);
    if (there instanceof Folder && there.inside.size > 0)
      throw new DOMException('It is not empty.', 'InvalidModificationError');
    if (!this.inside.delete(name)) throw new DOMException('There is none.', 'NotFoundError');
  }

  async *entries() {
    yield* this.inside;
  }

  #found<T extends Folder | Entry>(name: string, kind: new (...args: never[]) => T, make?: () => T): T {
    const there = this.inside.get(name) ?? make?.();
    if (!there) throw new DOMException('There is none.', 'NotFoundError');
    if (!(there instanceof kind)) throw new DOMException('It is another.', 'TypeMismatchError');
    this.inside.set(name, there);
    return there;
  }
}

class Entry {
  readonly kind = 'file';
  bytes: number[] = [];
  constructor(
    public folder: Folder,
    public name: string,
  ) {}

  async getFile(): Promise<File> {
    return new File([Uint8Array.from(this.bytes)], this.name);
  }

  async createSyncAccessHandle() {
    return {
      write: (piece: Uint8Array) => this.bytes.push(...piece) && piece.length,
      flush: () => {},
      close: () => {},
    };
  }

  async move(to: Folder, name: string): Promise<void> {
    this.folder.inside.delete(this.name);
    to.inside.set(name, this);
    [this.folder, this.name] = [to, name];
  }
}

/** Every path below a folder. */
const pathsOf = (folder: Folder): string[] =>
  [...folder.inside].flatMap(([name, one]) =>
    one instanceof Folder ? [`${name}/`, ...pathsOf(one).map((path) => `${name}/${path}`)] : [name],
  );

function openRoot(): Folder {
  const root = new Folder();
  vi.stubGlobal('navigator', { storage: { getDirectory: async () => root } });
  return root;
}

test('the page has a folder of its own, and folders in it are no files', async () => {
  const root = openRoot();
  const files = await KeptFiles.open();
  await files.write('data', 'own', Uint8Array.of(1, 2));
  const own = (await (await root.getDirectoryHandle('posterior-lab')).getDirectoryHandle('data')) as Folder;
  await own.getDirectoryHandle('sub', { create: true });
  expect(await files.list('data')).toEqual(new Map([['own', 2]]));
  expect(new Uint8Array(await (await files.read('data', 'own')).arrayBuffer())).toEqual(Uint8Array.of(1, 2));
});

test('files that an earlier version kept in the root are taken over by name, and what is another page’s stays', async () => {
  const root = openRoot();
  const [runs, data] = [
    await root.getDirectoryHandle('runs', { create: true }),
    await root.getDirectoryHandle('data', { create: true }),
  ];
  for (const name of ['a', 'b']) (await runs.getFileHandle(name, { create: true })).bytes = [7];
  await data.getFileHandle('mine', { create: true });
  await data.getFileHandle('another’s', { create: true });
  const files = await KeptFiles.open();
  await files.takeOver('runs', ['a', 'b', 'gone']);
  await files.takeOver('data', ['mine']);
  expect(pathsOf(root).toSorted()).toEqual([
    'data/',
    'data/another’s',
    'posterior-lab/',
    'posterior-lab/data/',
    'posterior-lab/data/mine',
    'posterior-lab/runs/',
    'posterior-lab/runs/a',
    'posterior-lab/runs/b',
  ]);
  expect(await files.list('runs')).toEqual(
    new Map([
      ['a', 1],
      ['b', 1],
    ]),
  );
});

test('a kept data file is known by its content, whatever it is called and however large it is', async () => {
  const name = (content: BlobPart, called = 'own.csv', lastModified = 1) =>
    keptFileName(new File([content], called, { lastModified }));
  expect(await name('a,b\n1,2\n')).toMatch(/^[0-9a-f]{64}$/);
  expect(await name('a,b\n1,2\n', 'other.csv', 2)).toBe(await name('a,b\n1,2\n'));
  expect(await name('a,b\n1,3\n')).not.toBe(await name('a,b\n1,2\n'));
  const large = new Uint8Array(2 ** 22 + 9);
  const before = await name(large);
  large[3] = 1; // in the first of its pieces
  expect(await name(large)).not.toBe(before);
});
