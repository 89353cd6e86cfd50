import { test } from 'vitest';
import { readSafetensors, SafetensorsError, writeSafetensors } from '../../src/engine/export/safetensors.ts';
import { damaged, fuzz } from './fuzz.ts';

const weights = writeSafetensors(
  new Map([
    ['encoder.head.weight', { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
    ['decoder.head.bias', { shape: [2], data: Float32Array.of(-1, 1) }],
  ]),
  { method: 'posterior-stable' },
);

test('damaged weights are read or refused', () =>
  fuzz(damaged(weights), readSafetensors, [SafetensorsError]));
