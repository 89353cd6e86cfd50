import { crc32 } from '../../engine/export/crc32.ts';
import { readSafetensors } from '../../engine/export/safetensors.ts';
import { messageOf } from '../../engine/messageOf.ts';
import { lab } from '../lab.ts';
import { telling } from './projectState.ts';

/** Makes a model.safetensors what the next runs begin with; whether it fits them is seen when one begins. */
export function beginWith(file: File): Promise<void> {
  return telling(`Reading ${file.name}…`, async () => {
    const bytes = new Uint8Array(await file.arrayBuffer());
    try {
      const { metadata } = readSafetensors(bytes);
      if (metadata.format === 'posterior-lab checkpoint')
        throw new Error(
          'It is a checkpoint of a run and no weights alone: give the model.safetensors beside it.',
        );
    } catch (error) {
      throw new Error(`${file.name} was not opened. ${messageOf(error)}`);
    }
    lab.beginWith({ name: file.name, crc32: crc32(bytes), bytes });
    return {
      told: [`The next run begins with the weights of ${file.name}, if they fit its settings and data.`],
    };
  });
}
