import { kindBytes } from '../../engine/data/fileKind.ts';

/** What a file that comes to the page is: runs, weights, ONNX graphs; all else may be a table. */
export type GivenKind = 'project' | 'weights' | 'bundle' | 'table';

/** Of a zip file the names of what is in it stand at its end. */
const tailBytes = 2 ** 16;

/** Tells a file by its content, whatever its name; one that cannot be read is left to the reader of tables, which says why. */
export async function kindOf(file: Blob): Promise<GivenKind> {
  try {
    const head = await latin1(file.slice(0, kindBytes));
    if (head.startsWith('PK\x03\x04')) {
      const names = head + (await latin1(file.slice(-tailBytes)));
      if (names.includes('project.json')) return 'project';
      return names.includes('bundle.json') ? 'bundle' : 'table';
    }
    return isSafetensors(head, file.size) ? 'weights' : 'table';
  } catch {
    return 'table';
  }
}

/** Safetensors begins with the length of its header, eight bytes, and the header's brace. */
function isSafetensors(head: string, size: number): boolean {
  const length = [...head.slice(0, 8)].reduce((sum, byte, n) => sum + byte.charCodeAt(0) * 256 ** n, 0);
  return head[8] === '{' && length <= size - 8;
}

/** Every byte as the letter of its number; unlike TextDecoder's latin1, which is windows-1252. */
async function latin1(part: Blob): Promise<string> {
  return Array.from(new Uint8Array(await part.arrayBuffer()), (byte) => String.fromCharCode(byte)).join('');
}
