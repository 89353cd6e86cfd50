const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

type Piece = Uint8Array | Float32Array;

/** The CRC-32 of ISO 3309, as zip and PNG have it, of pieces one after the other; eight hexadecimal digits. */
export function crc32(...pieces: readonly Piece[]): string {
  return crc32After('00000000', ...pieces);
}

/** The CRC-32 of what has the CRC-32 `before`, with more pieces behind it. */
export function crc32After(before: string, ...pieces: readonly Piece[]): string {
  let crc = Number.parseInt(before, 16) ^ 0xffffffff;
  for (const piece of pieces) {
    const bytes = new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
    for (const byte of bytes) crc = (table[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  }
  return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0');
}
