import { expect, test } from 'vitest';
import { writeSafetensors } from '../../src/engine/export/safetensors.ts';
import { writeWeightsFile } from '../../src/engine/export/weightsFile.ts';
import { startingWeights } from '../../src/engine/train/startingWeights.ts';
import { tinyRun } from '../tinyRun.ts';

const { config, weights } = tinyRun('inverse-lipschitz', 'transformer');
const data = { seqLen: 7, features: ['a', 'b'] };
const file = writeWeightsFile(weights, { config, features: data.features });

test('weights come back as they were saved', () => {
  expect(startingWeights(file, config, data)).toEqual(weights);
  expect(startingWeights(writeSafetensors(weights), config, data)).toEqual(weights);
});

test.each([
  [
    'other data',
    config,
    { ...data, features: ['a', 'c'] },
    'were trained on a, b, but these data have a, c.',
  ],
  ['another size', { ...config, model: { ...config.model, latentSize: 5 } }, data, 'sizes differ.'],
  [
    'other heads',
    { ...config, model: { ...config.model, heads: 1 } },
    data,
    "'model.heads' = 2, but the run has 1",
  ],
  [
    'another map',
    { ...config, method: { ...config.method, inverseLipschitz: 2 } },
    data,
    "'method.inverseLipschitz' = 0.7",
  ],
  ['another method', { ...config, method: { ...config.method, name: 'vae' } }, data, "have 'decoder.brenier"],
])('weights for %s are refused with the reason', (_, other, of, reason) => {
  expect(() => startingWeights(file, other, of)).toThrow(reason);
});

test('a foreign or damaged file is refused', () => {
  expect(() => startingWeights(file.subarray(0, 900), config, data)).toThrow('not a safetensors file');
  const foreign = writeSafetensors(new Map([['x', { shape: [1], data: new Float32Array(1) }]]));
  expect(() => startingWeights(foreign, config, data)).toThrow("have no 'encoder.input.weight'");
});
