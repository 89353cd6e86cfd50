const pieceBytes = 2 ** 22;

/**
 * A name for a file of the user's that no other content gets: SHA-256 over its pieces, each with the sum of those before it, so
 * that a file of any size is never in the memory as a whole.
 */
export async function keptFileName(file: Blob): Promise<string> {
  let sum = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array()));
  for (let start = 0; start < file.size; start += pieceBytes) {
    const piece = await file.slice(start, start + pieceBytes).arrayBuffer();
    const joined = new Uint8Array(sum.length + piece.byteLength);
    joined.set(sum);
    joined.set(new Uint8Array(piece), sum.length);
    sum = new Uint8Array(await crypto.subtle.digest('SHA-256', joined));
  }
  return [...sum].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
