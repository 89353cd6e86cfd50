import { readFileSync } from 'node:fs';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { BundleError, makeBundle, readBundle, writeBundle } from '../../src/engine/export/onnx/bundle.ts';
import { tinyRun } from '../tinyRun.ts';

const { exported, weights } = tinyRun('posterior-stable', 'lstm');
const file = writeBundle(makeBundle(exported, weights));
const { description } = readBundle(file);
/** The bundle with some of its entries others. */
const changed = (change: Record<string, Uint8Array>) =>
  zipSync({ ...unzipSync(file), ...change }, { mtime: '2000-01-01' });
const described = (change: object) =>
  changed({ 'bundle.json': strToU8(JSON.stringify({ ...description, ...change })) });

test('the bundle that the page brings is read', () => {
  const bundled = readFileSync(new URL('../../public/recorded/reveal.onnx.zip', import.meta.url));
  expect(readBundle(bundled).description.features).toEqual(['x']);
});

test('what no bundle needs is not unpacked', () => {
  const zip = changed({ 'other.bin': new Uint8Array(4096) });
  const at = strFromU8(zip, true).indexOf('other.bin') + 'other.bin'.length;
  zip.fill(0xff, at, at + 4); // no block of deflate begins so
  expect(() => unzipSync(zip)).toThrow();
  const read = readBundle(zip);
  expect(read.description).toEqual(description);
  expect(Buffer.from(read.decoder).equals(readBundle(file).decoder)).toBe(true);
});

test.each([
  [
    'more than can be in it',
    900_000_000,
    "The bundle is not opened, since it is too large: 'decoder.onnx' claims to be",
  ],
  ['more than is read', 2_000_000_000, "'decoder.onnx' brings it to"],
])('a graph that claims %s is not unpacked', (_, size, reason) => {
  const bomb = file.slice();
  new DataView(bomb.buffer).setUint32(strFromU8(bomb, true).lastIndexOf('PK\x01\x02') + 24, size, true);
  expect(() => readBundle(bomb)).toThrow(BundleError);
  expect(() => readBundle(bomb)).toThrow(reason);
});

const [first, ...others] = description.state;
test.each<[string, object, string]>([
  [
    'no format version',
    { formatVersion: undefined },
    'has no format version that this page knows: it is damaged',
  ],
  ['a format version that is none', { formatVersion: '1' }, 'has no format version that this page knows'],
  [
    'a later format version',
    { formatVersion: 2, version: '7.1' },
    'has format version 2, written by Posterior Lab 7.1, and this page reads up to 1',
  ],
  ['an unknown likelihood', { likelihood: 'cauchy' }, "'likelihood' is"],
  ['sizes that are none', { latentSize: 0 }, "'latentSize' is"],
  ['positions without end', { seqLen: 1e9 }, "'seqLen' is"],
  ['no features', { features: [], scaler: { mean: [], standardDeviation: [] } }, "'features'"],
  ['a mean too few', { scaler: { ...description.scaler, mean: [0] } }, "'scaler.mean' has 1 numbers"],
  [
    'a deviation too many',
    { scaler: { ...description.scaler, standardDeviation: [1, 2, 3] } },
    "'scaler.standardDeviation' has 3 numbers, and the features are 2",
  ],
  ['a state without a shape', { state: [{ name: 'hidden_0' }, ...others] }, "'state.0.shape' is"],
  ['a state of text', { state: [{ ...first, shape: ['many'] }, ...others] }, "'state.0.shape.0' is"],
  ['reverse steps of text', { reverseSteps: ['first'] }, "'reverseSteps.0' is"],
  [
    'a reverse step in part',
    { reverseSteps: [{ timestep: 1, a: 1, b: null, s: 0 }] },
    "'reverseSteps.0.b' is",
  ],
  [
    'no reverse steps',
    { reverseSteps: [] },
    "'reverseSteps' are 0, which its sampler 'diffusion' cannot have",
  ],
  ['no settings', { config: {} }, "'config.model' is"],
])('a bundle.json with %s is refused with the reason', (_, change, reason) => {
  expect(() => readBundle(described(change))).toThrow(BundleError);
  expect(() => readBundle(described(change))).toThrow(reason);
});
