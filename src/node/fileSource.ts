import { open } from 'node:fs/promises';
import type { ByteSource } from '../engine/data/index.ts';

/** A file on the disk, read where it is needed. @throws the error of the file system */
export async function fileSource(path: string): Promise<ByteSource> {
  const handle = await open(path);
  try {
    const stat = await handle.stat();
    if (stat.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
    if (!stat.isFile()) throw Object.assign(new Error('is no file'), { code: 'ESPIPE' });
    return {
      size: stat.size,
      async slice(start, end) {
        const bytes = new Uint8Array(Math.max(0, Math.min(end, stat.size) - start));
        let filled = 0;
        while (filled < bytes.length) {
          const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, start + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        return bytes.subarray(0, filled);
      },
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
