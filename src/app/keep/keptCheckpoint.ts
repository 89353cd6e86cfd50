import { messageOf } from '../../engine/messageOf.ts';
import { KeptFiles } from './files.ts';
import type { KeptRun } from './keptRun.ts';

/**
 * The checkpoint file of a kept run, read without the worker: it is there though that has stopped.
 * @throws Error in a sentence where it is gone
 */
export async function keptCheckpoint({ file }: KeptRun): Promise<Uint8Array> {
  try {
    const kept = await (await KeptFiles.open()).read('runs', file ?? '');
    return new Uint8Array(await kept.arrayBuffer());
  } catch (error) {
    const reason = messageOf(error).replace(/\.$/, '');
    throw new Error(`The checkpoint that is kept of it cannot be read (${reason}).`);
  }
}
