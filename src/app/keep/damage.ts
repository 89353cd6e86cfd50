import { readSafetensors, SafetensorsError } from '../../engine/export/safetensors.ts';

/**
 * Whether a checkpoint file is damaged beyond use: it is none, or its checksum does not fit. All else, a later version or a want of memory,
 * is no fault of the file.
 * @param reason what reading it has thrown
 */
export function isDamaged(file: Uint8Array, reason: string): boolean {
  return reason.includes('its checksum does not fit') || !isCheckpoint(file);
}

function isCheckpoint(file: Uint8Array): boolean {
  try {
    return readSafetensors(file).metadata.format === 'posterior-lab checkpoint';
  } catch (error) {
    return !(error instanceof SafetensorsError);
  }
}
