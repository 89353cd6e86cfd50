import { describe, expect, test } from 'vitest';
import { generate, generatorNames } from '../../src/engine/data/generators.ts';
import { firstWindows, inDataUnits, spreadWindows } from '../../src/engine/data/selectWindows.ts';
import type { SeriesSet, WindowSet } from '../../src/engine/data/types.ts';
import { prepare, prepareHeldOut, unscale, type WindowOptions } from '../../src/engine/data/windows.ts';
import { expectClose } from '../reference/expectClose.ts';

const options: WindowOptions = {
  window: 4,
  stride: 4,
  gap: 'none',
  shuffle: false,
  seed: 0,
  split: { train: 0.8, validation: 0.1, test: 0.1 },
};

/** `count` series of `length` rows, whose one value is 100 n + t. */
function counting(count: number, length: number): SeriesSet {
  const series = Array.from({ length: count }, (_, n) => ({
    id: `s${n}`,
    length,
    values: Float64Array.from({ length }, (_, t) => 100 * n + t),
    mask: new Uint8Array(length).fill(1),
    times: Float64Array.from({ length }, (_, t) => 2 ** t),
  }));
  return { features: ['x'], series, relativeTimes: true };
}

const raw = (windows: WindowSet, scaler: Parameters<typeof unscale>[1]) =>
  Array.from(unscale(windows.values, scaler), (value) => Math.round(value));

describe('prepare', () => {
  test('splits by series: no series stands in two parts, and the seed decides', () => {
    const data = prepare(counting(20, 8), options);
    const parts = [data.train, data.validation, data.test].map(({ ids }) => new Set(ids));
    expect(parts.map(({ size }) => size)).toEqual([16, 2, 2]);
    expect(new Set(parts.flatMap((part) => [...part])).size).toBe(20);
    expect(prepare(counting(20, 8), options)).toEqual(data);
    expect(prepare(counting(20, 8), { ...options, seed: 1 }).test.ids).not.toEqual(data.test.ids);
  });

  test('splits one series by time: the test part is the last', () => {
    const data = prepare(counting(1, 100), options);
    expect(raw(data.train, data.scaler).at(-1)).toBeLessThan(raw(data.validation, data.scaler)[0] as number);
    expect(raw(data.validation, data.scaler).at(-1)).toBeLessThan(raw(data.test, data.scaler)[0] as number);
  });

  test('windows overlap by the stride and never straddle two series', () => {
    const data = prepare(counting(10, 7), { ...options, stride: 2 });
    const values = raw(data.train, data.scaler);
    for (let n = 0; n < data.train.count; n++) {
      const window = values.slice(4 * n, 4 * n + 4);
      expect(window.map((value) => value - (window[0] as number))).toEqual([0, 1, 2, 3]);
    }
    expect(data.train.count).toBe(8 * 2);
    expect(data.notes.join(' ')).toContain('10 rows at the ends');
  });

  test('the unit does not matter: values of 1e-12 are scaled like those of 1', () => {
    const { features, series } = counting(10, 4);
    const small = series.map((one) => ({ ...one, values: one.values.map((value) => 1e-12 * value) }));
    const data = prepare({ features, series: small }, options);
    expectClose(data.train.values, prepare({ features, series }, options).train.values, {
      relative: 1e-5,
      absolute: 1e-6,
    });
    const flat = small.map((one) => ({ ...one, values: one.values.map(() => 1e-12) }));
    expect(() => prepare({ features, series: flat }, options)).toThrow("Column 'x' is constant");
  });

  test('the scaler sees the training part alone', () => {
    const data = prepare(counting(10, 4), options);
    const mean = data.train.values.reduce((a, b) => a + b, 0) / data.train.values.length;
    const square = data.train.values.reduce((a, b) => a + b * b, 0) / data.train.values.length;
    expectClose([mean, square], [0, 1], { absolute: 1e-5 });
    const own = unscale(data.train.values, data.scaler);
    expect(data.scaler.mean[0]).toBeCloseTo(own.reduce((a, b) => a + b, 0) / own.length, 3);
  });

  test('missing values stay out of the scaler and are zero afterwards', () => {
    const set = counting(10, 4);
    for (const one of set.series) {
      one.mask[1] = 0;
      one.values[1] = 0;
    }
    const data = prepare(set, options);
    expect([...data.train.mask].filter((value) => value === 0).length).toBe(8);
    data.train.mask.forEach((observed, i) => {
      if (observed === 0) expect(data.train.values[i]).toBe(0);
    });
    expect(data.scaler.mean[0]).toBeGreaterThan(100);
  });

  test('the gap is the first feature: log1p of the time since the row before', () => {
    const data = prepare(counting(10, 4), { ...options, gap: 'log' });
    expect(data.features).toEqual(['log gap', 'x']);
    const own = unscale(data.train.values, data.scaler);
    expectClose([own[0], own[2], own[4], own[6]] as number[], [1, 1, 2, 4].map(Math.log1p), {
      absolute: 1e-5,
    });
  });

  test('a linear gap is the time itself', () => {
    const data = prepare(counting(10, 4), { ...options, gap: 'linear' });
    expect(data.features).toEqual(['gap', 'x']);
    expect([0, 2, 4, 6].map((i) => raw(data.train, data.scaler)[i])).toEqual([1, 1, 2, 4]);
  });

  test('shuffling permutes the positions of each window and nothing else', () => {
    const plain = prepare(counting(10, 4), options);
    const shuffled = prepare(counting(10, 4), { ...options, shuffle: true });
    const sorted = (windows: WindowSet, n: number) =>
      [...windows.values.subarray(4 * n, 4 * n + 4)].sort((a, b) => a - b);
    for (let n = 0; n < plain.train.count; n++)
      expect(sorted(shuffled.train, n)).toEqual(sorted(plain.train, n));
    expect(shuffled.train.values).not.toEqual(plain.train.values);
  });

  test('shuffling moves what is missing along with the values', () => {
    const set = counting(10, 4);
    for (const one of set.series) {
      one.mask[1] = 0;
      one.values[1] = 0;
    }
    const { train, scaler } = prepare(set, { ...options, shuffle: true });
    expect(train.count).toBe(8);
    const own = raw(train, scaler);
    const holes = new Set<number>();
    for (const [n, id] of train.ids.entries()) {
      const places = [0, 1, 2, 3].map((t) => 4 * n + t);
      const observed = places.filter((i) => train.mask[i] === 1).map((i) => own[i] as number);
      expect(observed.toSorted((a, b) => a - b)).toEqual([0, 2, 3].map((t) => 100 * Number(id.slice(1)) + t));
      for (const i of places.filter((at) => train.mask[at] === 0)) {
        expect(train.values[i]).toBe(0);
        holes.add(i % 4);
      }
    }
    expect(holes.size).toBeGreaterThan(1);
  });
});

describe('prepareHeldOut', () => {
  const scaler = { mean: [50], standardDeviation: [10] };

  test('scales by the statistics of the model, whatever those of the new data', () => {
    const { count, values } = prepareHeldOut(counting(3, 8), options, scaler);
    expect(count).toBe(6);
    expectClose(values.subarray(0, 4), [-5, -4.9, -4.8, -4.7]);
    expectClose(values.subarray(8, 12), [5, 5.1, 5.2, 5.3]);
  });

  test('shuffles where the model was trained on shuffled positions', () => {
    const plain = prepareHeldOut(counting(3, 4), options, scaler);
    const shuffled = prepareHeldOut(counting(3, 4), { ...options, shuffle: true }, scaler);
    expect(shuffled.values).not.toEqual(plain.values);
    for (const n of [0, 1, 2]) {
      const window = (values: Float32Array) => values.slice(4 * n, 4 * n + 4).sort();
      expect(window(shuffled.values)).toEqual(window(plain.values));
    }
  });

  test('adds the gap, and refuses another number of features than the model has', () => {
    const two = { mean: [0, 50], standardDeviation: [1, 10] };
    const { featureSize, values } = prepareHeldOut(counting(1, 4), { ...options, gap: 'linear' }, two);
    expect(featureSize).toBe(2);
    expectClose(values, [1, -5, 1, -4.9, 2, -4.8, 4, -4.7]);
    expect(() => prepareHeldOut(counting(1, 4), options, two)).toThrow(
      'The data have 1 features, but the model was trained on 2.',
    );
  });
});

describe('windows chosen of a set', () => {
  const { train, scaler } = prepare(counting(10, 4), options);

  test('are spread over all of it', () => {
    expect(spreadWindows(train, 2).ids).toEqual([train.ids[0], train.ids[4]]);
    expect(spreadWindows(train, 2).values).toEqual(
      Float32Array.of(...train.values.subarray(0, 4), ...train.values.subarray(16, 20)),
    );
    expect(spreadWindows(train, 8)).toBe(train);
    expect(firstWindows(train, 2).ids).toEqual(train.ids.slice(0, 2));
  });

  test('show nothing, and not the mean, where nothing was observed', () => {
    const holes = { ...train, mask: train.mask.map((_, i) => (i % 4 === 1 ? 0 : 1)) };
    const shown = inDataUnits(holes, scaler);
    const own = raw(train, scaler);
    shown.forEach((value, i) => {
      if (i % 4 === 1) expect(value).toBeNaN();
      else expect(Math.round(value)).toBe(own[i]);
    });
  });
});

describe('generators', () => {
  test.each(generatorNames)('%s: the seed decides, the count is kept', (name) => {
    const set = generate(name, { seed: 3, count: 5 });
    expect(set.series.length).toBe(5);
    expect(generate(name, { seed: 3, count: 5 })).toEqual(set);
    expect(generate(name, { seed: 4, count: 5 })).not.toEqual(set);
  });

  test('reveal: both signs, noise of 0.3 before the step, a level of 1.5 after it', () => {
    const { series } = generate('reveal', { seed: 1, count: 400 });
    const ends = series.map(({ values }) => values[31] as number);
    expect(ends.filter((value) => value > 0).length / 400).toBeCloseTo(0.5, 1);
    expectClose([ends.reduce((sum, v) => sum + Math.abs(v), 0) / 400], [1.5], {
      absolute: 0.06,
      relative: 0,
    });
    const starts = series.map(({ values }) => values[0] as number);
    expectClose([Math.sqrt(starts.reduce((sum, v) => sum + v * v, 0) / 400)], [0.3], {
      absolute: 0.04,
      relative: 0,
    });
  });

  test('ar1 is stationary with variance 1 and correlation 0.8', () => {
    const { series } = generate('ar1', { seed: 1, count: 2000 });
    const moment = (s: number, t: number) =>
      series.reduce((sum, { values: v }) => sum + (v[s] as number) * (v[t] as number), 0) / 2000;
    expectClose([moment(0, 0), moment(31, 31), moment(10, 11)], [1, 1, 0.8], { absolute: 0.1, relative: 0 });
  });
});
