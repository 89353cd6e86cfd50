import { expect, test } from 'vitest';
import { philox4x32 } from '../../src/engine/data/random.ts';
import { clockAdvance, fillIntegers, fillNormal } from '../../src/engine/kernels/random.ts';
import { useGpu } from '../gpu.ts';
import { expectClose } from '../reference/expectClose.ts';
import { Recorded } from './recorded.ts';

const gpu = useGpu();
const seed = 2 ** 35 + 12345;
const key = [seed % 2 ** 32, Math.floor(seed / 2 ** 32)] as const;
const bits = (values: Float32Array) => new Uint32Array(values.buffer, values.byteOffset, values.length);

test('the generator gives the published vectors of Philox4x32-10', () => {
  const hex = (words: readonly number[]) => words.map((word) => word.toString(16).padStart(8, '0')).join(' ');
  expect(hex(philox4x32([0, 0, 0, 0], [0, 0]))).toBe('6627e8d5 e169c58d bc57ac4c 9b00dbd8');
  const ones = 0xffffffff;
  expect(hex(philox4x32([ones, ones, ones, ones], [ones, ones]))).toBe('408f276d 41c83b0e a20bc7c6 6d5451fd');
});

test('philox_fill: integers are those of the host generator, inside their range; clock_advance moves on', async () => {
  const [count, low, high, stream, run] = [1003, 7, 106, 5, 3];
  const recorded = new Recorded(gpu());
  const clock = recorded.input('clock', [4], Uint32Array.of(0xffffffff, run, 0, 0));
  const output = recorded.output('integers', [count + 4]);
  clockAdvance(recorded.builder, clock);
  fillIntegers(recorded.builder, { clock, seed }, output, { start: 4, count, stream, low, high });
  await recorded.run(2); // the second run is step 1
  expect(bits(await recorded.read(clock))[0]).toBe(1);
  const values = bits(await recorded.read(output));
  const expected = Array.from({ length: count }, (_, i) => {
    const word = philox4x32([Math.floor(i / 4), stream, 1, run], key)[i % 4] as number;
    return low + Math.floor((word * (high - low + 1)) / 2 ** 32);
  });
  expect(Array.from(values.subarray(0, 4))).toEqual([0, 0, 0, 0]);
  expect(Array.from(values.subarray(4))).toEqual(expected);
});

test('philox_fill: normals are Box-Muller of the same words, with mean 0 and variance 1', async () => {
  const [count, stream] = [40_001, 9];
  const recorded = new Recorded(gpu());
  const clock = recorded.input('clock', [4], Uint32Array.of(17, 0, 0, 0));
  const output = recorded.output('normals', [count]);
  fillNormal(recorded.builder, { clock, seed }, stream, output);
  await recorded.run();
  const values = await recorded.read(output);
  const expected = Array.from({ length: 400 }, (_, i) => {
    const words = philox4x32([Math.floor(i / 4), stream, 17, 0], key);
    const pair = i % 4 < 2 ? words.slice(0, 2) : words.slice(2);
    const radius = Math.sqrt(-2 * Math.log((((pair[0] as number) >>> 8) + 1) * 2 ** -24));
    const angle = 2 * Math.PI * ((pair[1] as number) >>> 8) * 2 ** -24;
    return i % 2 === 0 ? radius * Math.cos(angle) : radius * Math.sin(angle);
  });
  expectClose(values.subarray(0, 400), expected);
  const mean = values.reduce((a, b) => a + b, 0) / count;
  const variance = values.reduce((a, b) => a + b * b, 0) / count - mean * mean;
  expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(count));
  expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
});
