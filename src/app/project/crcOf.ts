import { crc32After } from '../../engine/export/crc32.ts';

const pieceBytes = 2 ** 22;

/** The CRC-32 of a file of any size, which is never in the memory as a whole. */
export async function crcOf(file: Blob): Promise<string> {
  let sum = '00000000';
  for (let start = 0; start < file.size; start += pieceBytes) {
    const piece = await file.slice(start, start + pieceBytes).arrayBuffer();
    sum = crc32After(sum, new Uint8Array(piece));
  }
  return sum;
}
