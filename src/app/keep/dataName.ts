/** A name for a file of the user's that another file does not get: made of its size, its time and its own name. */
export async function keptFileName(file: Blob): Promise<string> {
  const { name = '', lastModified = Date.now() } = file as Partial<File>;
  const text = new TextEncoder().encode(JSON.stringify([file.size, lastModified, name]));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', text));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
