import { unzipSync } from 'fflate';

/** Of everything that is unpacked of a zip file, and of its entry of text: a few kB can claim to hold far more than a tab has. */
export const largest = { bytes: 2 ** 30, text: 2 ** 22, entries: 4096 };
/** Deflate makes nothing smaller than by this factor. */
const deflateLimit = 1032;

/** What a zip file should be, in the words of its errors. */
export interface ZipKind {
  /** After "the": project. */
  name: string;
  /** After "this is not": a project of Posterior Lab. */
  whole: string;
  Failure: new (message: string) => Error;
}

/**
 * The wanted entries of a zip file, and no others; sizes are looked at before anything is unpacked.
 * @param most bytes of all that are wanted
 * @throws Failure of the kind, in one sentence
 */
export function unzipped(
  bytes: Uint8Array,
  wanted: ReadonlySet<string>,
  most: number,
  { name: kind, whole, Failure }: ZipKind,
): Record<string, Uint8Array> {
  const tooLarge = (reason: string) =>
    new Failure(`The ${kind} is not opened, since it is too large: ${reason}.`);
  let [count, size] = [0, 0];
  const seen = new Set<string>();
  try {
    return unzipSync(bytes, {
      filter: ({ name, size: packed, originalSize }) => {
        if (++count > largest.entries) throw tooLarge(`more than ${largest.entries} files are in it`);
        if (!wanted.has(name)) return false;
        if (seen.has(name)) throw new Failure(`'${name}' is in the ${kind} twice: it is damaged.`);
        seen.add(name);
        size += originalSize;
        if (size > most)
          throw tooLarge(`'${name}' brings it to ${inMebibytes(size)}, and ${inMebibytes(most)} are read`);
        if (originalSize > deflateLimit * (packed + 1))
          throw tooLarge(
            `'${name}' claims to be ${inMebibytes(originalSize)}, which ${packed} bytes cannot hold`,
          );
        return true;
      },
    });
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`This is not ${whole}: it is no zip file, or a damaged one.`);
  }
}

/** A size as errors tell it. */
export function inMebibytes(size: number): string {
  return `${(size / 2 ** 20).toFixed(size < 2 ** 20 ? 2 : 0)} MiB`;
}
