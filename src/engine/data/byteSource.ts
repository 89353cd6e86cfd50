/** Bytes that are read where and when they are needed: of a file on a disk, of one that a page was given, of an array. */
export interface ByteSource {
  size: number;
  /** Bytes [start, end), fewer at the end of the source. */
  slice(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Gives back what the source holds open. */
  close?(): Promise<void>;
}

/** @param bytes stay as they are while the source is read */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    slice: async (start, end) => bytes.slice(start, end) as Uint8Array<ArrayBuffer>,
  };
}

/** A file that a page was given; it is not read as a whole. */
export function blobSource(blob: Blob): ByteSource {
  return {
    size: blob.size,
    slice: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
  };
}
