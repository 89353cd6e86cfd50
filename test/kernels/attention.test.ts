import { describe, expect, test } from 'vitest';
import {
  attentionForward,
  attentionStep,
  attentionTangent,
  validPositions,
} from '../../src/engine/kernels/attention.ts';
import { clockAdvance } from '../../src/engine/kernels/random.ts';
import { attention as attentionLayer } from '../../src/engine/layers/attention.ts';
import { useGpu } from '../gpu.ts';
import { expectClose } from '../reference/expectClose.ts';
import { attention } from '../reference/layers.ts';
import { normals, someMissing } from '../reference/random.ts';
import { Scalars } from '../reference/scalar.ts';
import { Recorded } from './recorded.ts';

const gpu = useGpu();
const causal = (t: number, key: number) => key <= t;

// Lengths off the eight keys that go by at a time and, once, above the 64 positions of a workgroup; heads of one vector and of two.
const sizes = [
  { seqLen: 19, rows: 2, heads: 2, hiddenSize: 16 },
  { seqLen: 67, rows: 1, heads: 1, hiddenSize: 4 },
  { seqLen: 1, rows: 3, heads: 3, hiddenSize: 12 },
];

// Where subgroups hand keys round (spread.wgsl), and where each thread reads for itself (spread_alone.wgsl).
describe.each([true, false])('subgroups: %s', (subgroups) => {
  const gpu = useGpu({ subgroups });

  describe.each(sizes)('attention, T=$seqLen rows=$rows heads=$heads H=$hiddenSize', (size) => {
    const { seqLen, rows, heads, hiddenSize } = size;
    const shape = [seqLen, rows, 3 * hiddenSize];
    const values = normals(1, seqLen * rows * 3 * hiddenSize, 1.5);
    const seeds = normals(2, seqLen * rows * hiddenSize);

    test('attention_forward and both attention_backward, causal', async () => {
      const qkv = Scalars.of(shape, values);
      const expected = attention(qkv, heads, causal);
      expected.backward(seeds);
      const run = new Recorded(gpu());
      const input = run.input('qkv', shape, values);
      const output = attentionLayer(run.builder, 'attention', input, heads, { causal: true });
      run.seed(output, seeds);
      run.backward();
      await run.run();
      expectClose(await run.read(output), expected.values, { label: 'output' });
      expectClose(await run.readGradient(input), qkv.gradients, { label: 'dQkv' });
    });

    test('the same over valid positions only, one row without any', async () => {
      const mask = someMissing(3, [seqLen, rows, 2]);
      for (let t = 0; t < seqLen; t++) mask.fill(0, (t * rows + rows - 1) * 2, (t * rows + rows) * 2);
      const valid = (key: number, row: number) =>
        Math.max(...mask.slice((key * rows + row) * 2, (key * rows + row + 1) * 2));
      const qkv = Scalars.of(shape, values);
      const expected = attention(qkv, heads, (_, key, row) => valid(key, row) > 0);
      expected.backward(seeds);
      const run = new Recorded(gpu());
      const input = run.input('qkv', shape, values);
      const which = run.output('valid', [seqLen, rows]);
      validPositions(run.builder, { mask: run.input('mask', [seqLen, rows, 2], mask), valid: which });
      const output = attentionLayer(run.builder, 'attention', input, heads, { causal: false, valid: which });
      run.seed(output, seeds);
      run.backward();
      await run.run();
      expect(Array.from(await run.read(which))).toEqual(
        Array.from({ length: seqLen * rows }, (_, i) => valid(Math.floor(i / rows), i % rows)),
      );
      expectClose(await run.read(output), expected.values, { label: 'output' });
      expectClose(await run.readGradient(input), qkv.gradients, { label: 'dQkv' });
    });

    test('attention_tangent, whole and local', async () => {
      const direction = normals(4, values.length);
      const run = new Recorded(gpu(), false);
      const qkv = run.input('qkv', shape, values);
      const tQkv = run.input('tQkv', shape, direction);
      const output = run.output('output', [seqLen, rows, hiddenSize]);
      const logSumExp = run.output('log-sum-exp', [seqLen, rows, heads]);
      const [whole, local] = [
        run.output('tangent', output.shape as number[]),
        run.output('local', output.shape as number[]),
      ];
      attentionForward(run.builder, { qkv, output, logSumExp }, { causal: true });
      attentionTangent(run.builder, { qkv, tQkv, output, logSumExp, tOutput: whole }, false);
      attentionTangent(run.builder, { qkv, tQkv, output, logSumExp, tOutput: local }, true);
      await run.run();
      const along = (moving: (t: number) => boolean) =>
        attention(
          Scalars.of(
            shape,
            values,
            direction.map((v, i) => (moving(Math.floor(i / (rows * 3 * hiddenSize))) ? v : 0)),
          ),
          heads,
          causal,
        ).tangents;
      expectClose(
        await run.read(whole),
        along(() => true),
        { label: 'tangent' },
      );
      // Position by position: only the tangent of position t itself moves.
      const width = rows * hiddenSize;
      const expected = Array.from({ length: seqLen }, (_, t) =>
        along((j) => j === t).slice(t * width, (t + 1) * width),
      );
      expectClose(await run.read(local), expected.flat(), { label: 'local tangent' });
    });
  });
});

test('attention_step, position after position, equals causal attention over the whole sequence', async () => {
  const [seqLen, rows, heads, hiddenSize] = [18, 5, 2, 24];
  const values = normals(1, seqLen * rows * 3 * hiddenSize);
  const expected = attention(Scalars.of([seqLen, rows, 3 * hiddenSize], values), heads, causal).values;
  const run = new Recorded(gpu(), false);
  const clock = run.input('clock', [4], Uint32Array.of(0xffffffff, 0, 0, 0));
  const cache = run.output('cache', [seqLen, rows, 2 * hiddenSize]);
  const steps = Array.from({ length: seqLen }, (_, t) => {
    const size = rows * 3 * hiddenSize;
    const qkv = run.input(`qkv ${t}`, [rows, 3 * hiddenSize], values.subarray(t * size, (t + 1) * size));
    const output = run.output(`output ${t}`, [rows, hiddenSize]);
    clockAdvance(run.builder, clock);
    attentionStep(run.builder, { clock, qkv, cache, output }, heads);
    return output;
  });
  await run.run();
  const size = rows * hiddenSize;
  for (const [t, output] of steps.entries()) {
    expectClose(await run.read(output), expected.slice(t * size, (t + 1) * size), { label: `position ${t}` });
  }
});
