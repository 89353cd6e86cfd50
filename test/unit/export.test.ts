import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvRow, csvTable, numberText } from '../../src/engine/export/csv.ts';
import { latexText } from '../../src/engine/export/latex.ts';
import { planeCaption } from '../../src/engine/export/planeCaption.ts';
import { readSafetensors, writeSafetensors } from '../../src/engine/export/safetensors.ts';
import { seriesColumns } from '../../src/engine/export/seriesColumns.ts';
import { samplesText } from '../../src/node/commands/results.ts';

describe('safetensors', () => {
  const tensors = new Map([
    ['decoder.lstm.weight_ih_l0', { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, 1e-30, 1e30) }],
    ['decoder.head.bias', { shape: [1], data: Float32Array.of(0.1) }],
    ['nothing', { shape: [0, 4], data: new Float32Array(0) }],
  ]);

  test('has a header of JSON, padded to 8 bytes, with offsets from its end', () => {
    const bytes = writeSafetensors(tensors, { format: 'pt' });
    const size = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(size % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + size)));
    expect(header).toEqual({
      __metadata__: { format: 'pt' },
      'decoder.lstm.weight_ih_l0': { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
      'decoder.head.bias': { dtype: 'F32', shape: [1], data_offsets: [24, 28] },
      nothing: { dtype: 'F32', shape: [0, 4], data_offsets: [28, 28] },
    });
    expect(bytes.length).toBe(8 + size + 28);
    expect(new DataView(bytes.buffer).getFloat32(8 + size + 4, true)).toBe(-2);
  });

  test('reads what it wrote, also from the middle of a buffer', () => {
    const bytes = writeSafetensors(tensors, { made: 'here' });
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    for (const source of [bytes, shifted.subarray(3)]) {
      expect(readSafetensors(source)).toEqual({ tensors, metadata: { made: 'here' } });
    }
  });

  test('is refused when it is cut, damaged or something else', () => {
    const bytes = writeSafetensors(tensors);
    expect(() => readSafetensors(bytes.subarray(0, bytes.length - 1))).toThrow('cut or damaged');
    expect(() => readSafetensors(bytes.subarray(0, 20))).toThrow('not a safetensors file');
    expect(() => readSafetensors(new Uint8Array(3))).toThrow('not a safetensors file');
    const zip = new Uint8Array(64).fill(0x50, 8).fill(0, 1, 8);
    zip[0] = 16;
    expect(() => readSafetensors(zip)).toThrow('its header is not JSON');
    expect(() => writeSafetensors(new Map([['x', { shape: [3], data: new Float32Array(2) }]]))).toThrow(
      "'x' has shape [3], but 2 numbers.",
    );
  });

  test('says when a tensor is not float32', () => {
    const header = JSON.stringify({ half: { dtype: 'F16', shape: [1], data_offsets: [0, 2] } });
    const bytes = new Uint8Array(8 + header.length + 2);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
    bytes.set(new TextEncoder().encode(header), 8);
    expect(() => readSafetensors(bytes)).toThrow("'half' is F16; only F32 can be read.");
  });
});

describe('CSV', () => {
  test('quotes what needs it', () => {
    expect(csvRow(['plain', 'a,b', 'say "x"', 'two\nlines', null, undefined, 3])).toBe(
      'plain,"a,b","say ""x""","two\nlines",,,3\n',
    );
  });

  test('makes text that looks like a formula harmless and leaves numbers alone', () => {
    expect(csvRow(['=1+1', '+A1', '-A1', '@SUM(A1)', '\tx', '-5', -5])).toBe(
      "'=1+1,'+A1,'-A1,'@SUM(A1),'\tx,-5,-5\n",
    );
    expect(csvRow(['=HYPERLINK("x")'])).toBe(`"'=HYPERLINK(""x"")"\n`);
  });

  test('has a header', () => {
    expect(
      csvTable(
        ['step', 'x'],
        [
          [0, 0.5],
          [1, Number.NaN],
        ],
      ),
    ).toBe('step,x\n0,0.5\n1,\n');
  });

  test('numbers that are no float32 keep all digits of a float64', () => {
    expect(numberText(-3.5952678123456789)).toBe('-3.595267812345679');
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        fc.pre(Math.fround(value) !== value);
        expect(Number(numberText(value))).toBe(value);
      }),
    );
  });

  test('numbers are the shortest that read back as the same float32', () => {
    expect(numberText(Math.fround(0.1))).toBe('0.1');
    expect(numberText(0.002)).toBe('0.002');
    expect(numberText(Number.NEGATIVE_INFINITY)).toBe('-inf');
    expect(numberText(123456)).toBe('123456');
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Math.fround(Number(numberText(value)))).toBe(Object.is(value, -0) ? 0 : value);
      }),
    );
  });
});

describe('LaTeX', () => {
  test('sets the minus of a number as one, and a power of ten as one', () => {
    expect(latexText('-3.595 ± 0.032')).toBe('$-$3.595 $\\pm$ 0.032');
    expect(latexText('(-.5, -1)')).toBe('($-$.5, $-$1)');
    expect(latexText('-4e-4')).toBe('$-4\\times10^{-4}$');
    expect(latexText('1.5e+21 (n 2)')).toBe('$1.5\\times10^{21}$ (n 2)');
  });

  test('leaves hyphens of names, dates and gaps alone', () => {
    for (const text of ['latent-diffusion', '2026-11-27', '-', 'Mesa 25.0.7-2', 'a1e5b', 't-1'])
      expect(latexText(text)).toBe(text);
    expect(latexText('m_{t,t-1}, -1')).toBe('$m_{t,t-1}$, $-$1');
  });
});

describe('the caption of a plane', () => {
  test('calls good what lies near real against real, wherever that is, and near 1 where 1 is right', () => {
    expect(planeCaption({ floor: 0.4 })).toBe(
      'Nearer to the dashed line, real against real, is closer to real data. Further right, z steers more of the series.',
    );
    const spread = planeCaption({ floor: Number.NaN, better: 'one' });
    expect(spread).toContain('the nearer to 1, the better');
    expect(spread).not.toMatch(/dashed|[Ff]urther right|[Ll]ower/);
  });

  test('says what its numbers rest on, and what is missing', () => {
    const caption = (comparison: number) => planeCaption({ floor: 1, comparison });
    expect(caption(10)).toContain('10 series a side, so that much of a score is chance.');
    expect(caption(150)).toContain('150 series a side.');
    expect(planeCaption({ floor: 1, hollow: true })).toContain('cannot be trusted');
    const missing = Array.from({ length: 8 }, (_, n) => `run ${n}`);
    expect(planeCaption({ floor: 1, missing })).toMatch(/Not measured: run 0; .*run 5; and 2 more\.$/);
  });
});

describe('samples.csv', () => {
  test('is in the units of the data, one row a position, and names no column twice', () => {
    const run = {
      features: ['position', 'x'],
      seqLen: 2,
      scaler: { mean: [10, 0], standardDeviation: [2, 1] },
    };
    expect(
      samplesText(run, { mean: Float32Array.of(1, 2, 3, 4), sample: Float32Array.of(0, 0, -1, 5) }),
    ).toBe(
      'series,position,generation,position (data),x\n' +
        '1,1,sample,10,0\n1,2,sample,8,5\n1,1,mean,12,2\n1,2,mean,16,4\n',
    );
  });

  test('has a name of its own for every column, whatever the features are called', () => {
    expect(seriesColumns(['series', 'position'], ['series', 'x', 'position', 'position (data)'])).toEqual([
      'series',
      'position',
      'series (data)',
      'x',
      'position (data) (data)',
      'position (data)',
    ]);
  });
});
