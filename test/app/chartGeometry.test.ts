import fc from 'fast-check';
import { expect, test } from 'vitest';
import { css, outOfRange, shareColour, signedColour } from '../../src/app/charts/colourMap.ts';
import { columnAt, columnEdges, labelledSteps } from '../../src/app/charts/columnEdges.ts';
import { rowOf } from '../../src/app/charts/DependenceMatrix.tsx';
import { spread } from '../../src/app/charts/EndLabels.tsx';
import { frameOf } from '../../src/app/charts/LatentCloud.tsx';
import { type OverlayRun, overlayRows, shareTicks } from '../../src/app/charts/overlayRows.ts';
import { placeLabels } from '../../src/app/charts/placeLabels.ts';
import { runColour, runDash } from '../../src/app/charts/runStyle.ts';
import { rangeOf } from '../../src/app/charts/SeriesPlot.tsx';
import {
  etaFor,
  gammaFor,
  likelihoodWeight,
  penaltyWeight,
  signalText,
  zoneChange,
} from '../../src/app/charts/scheduleTimesteps.ts';
import { seriesPath, spreadBetween } from '../../src/app/charts/seriesPath.ts';
import { sliderKey } from '../../src/app/charts/sliderKey.ts';
import { axisName, positionTicks, roundTicks, tickTexts } from '../../src/app/charts/ticks.ts';
import { smooth, smoothOver } from '../../src/app/runs/lossHistory.ts';
import { createSchedule, timestepAt } from '../../src/engine/diffusion/schedule.ts';
import type { DependenceCurve } from '../../src/engine/train/protocol.ts';

const curve = (step: number, seqLen: number, m0: number): DependenceCurve => ({
  step,
  points: Array.from({ length: seqLen }, (_, t) => ({
    position: t + 1,
    m0,
    m0q25: m0 - 0.1,
    m0q75: m0 + 0.1,
    mLocal: 1 - m0,
    mLocalQ25: 0,
    mLocalQ75: 1,
  })),
  residual: 0,
  quadrature: 8,
  series: 4,
});
const { alphaBar } = createSchedule({
  numTimesteps: 1000,
  schedule: 'linear',
  betaStart: 1e-4,
  betaEnd: 0.02,
});

test('a column of the heat strip lies at its true step and reaches halfway to its neighbours', () => {
  expect(columnEdges([100])).toEqual([0, 1]);
  // Steps 0, 10, 30: edges -5, 5, 20, 40, over a width of 45.
  expect(columnEdges([0, 10, 30])).toEqual([0, 10 / 45, 25 / 45, 1]);
});

test('every place on the heat strip belongs to the column whose edges hold it', () => {
  const ascending = fc
    .uniqueArray(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 40 })
    .map((steps) => steps.toSorted((a, b) => a - b));
  fc.assert(
    fc.property(ascending, fc.double({ min: -0.1, max: 1.1, noNaN: true }), (steps, share) => {
      const edges = columnEdges(steps);
      const column = columnAt(edges, share);
      expect(column).toBeGreaterThanOrEqual(0);
      expect(column).toBeLessThan(steps.length);
      if (share >= 0 && share < 1) {
        expect(edges[column]).toBeLessThanOrEqual(share);
        expect(edges[column + 1]).toBeGreaterThan(share);
      }
    }),
  );
});

test('the steps printed under the heat strip are round, and stand where such a column would', () => {
  const steps = Array.from({ length: 25 }, (_, k) => Math.round(62.5 * k));
  const printed = labelledSteps(steps, 4);
  expect(printed.map(({ step }) => step)).toEqual([0, 500, 1000, 1500]);
  const edges = columnEdges(steps);
  for (const { step, share } of printed) expect(columnAt(edges, share)).toBe(steps.indexOf(step));
  expect(labelledSteps([0, 1], 4).map(({ step }) => step)).toEqual([0, 1]);
  expect(labelledSteps([7], 6)).toEqual([{ step: 7, share: 0.5 }]);
});

test('labels at the ends of lines keep their order and their distance, inside the picture', () => {
  expect(spread([50, 20], 14, 0, 100)).toEqual([50, 20]);
  expect(spread([100, 100, 40], 14, 0, 100)).toEqual([86, 100, 40]);
  const lifted = spread([3, 0], 14, 0, 100);
  expect(lifted).toEqual([14, 0]);
});

test('a share outside 0..1 takes the colour of the end and is marked; numerical noise is not', () => {
  expect(shareColour(-0.2)).toEqual(shareColour(0));
  expect(shareColour(1.7)).toEqual(shareColour(1));
  expect([-0.2, -1e-3, 0, 0.5, 1.001, 1.2].map((share) => outOfRange(share))).toEqual([-1, 0, 0, 0, 0, 1]);
  expect([-1.2, -1.001, -0.2, 1.2].map((share) => outOfRange(share, -1))).toEqual([-1, 0, 0, 1]);
  expect(css(shareColour(Number.NaN))).toBe('none');
});

test('lightness of the sequential map rises with the share', () => {
  const lightness = (share: number) => {
    const [red, green, blue] = shareColour(share) ?? [0, 0, 0];
    return 0.2126 * red ** 2.2 + 0.7152 * green ** 2.2 + 0.0722 * blue ** 2.2;
  };
  const ladder = Array.from({ length: 21 }, (_, k) => lightness(k / 20));
  expect(ladder).toEqual(ladder.toSorted((a, b) => a - b));
});

test.each(['light', 'dark'] as const)(
  'the diverging map is neutral at zero, warm below and cool above: %s',
  (scheme) => {
    const [red, , blue] = signedColour(0, scheme) ?? [0, 255, 255];
    expect(Math.abs(red - blue)).toBeLessThan(15);
    for (const value of [0.02, 0.3, 1]) {
      const [coolRed, , coolBlue] = signedColour(value, scheme) ?? [255, 0, 0];
      const [warmRed, , warmBlue] = signedColour(-value, scheme) ?? [0, 0, 255];
      expect(coolBlue).toBeGreaterThan(coolRed);
      expect(warmRed).toBeGreaterThan(warmBlue);
    }
  },
);

test('the overlay draws at most 400 positions of a line, the last among them, for runs of different length', () => {
  const runs: OverlayRun[] = [
    { id: 'a', label: 'a', colour: 0, curve: curve(10, 1000, 0.25), ghosts: [curve(5, 1000, 0.75)] },
    { id: 'b', label: 'b', colour: 1, curve: curve(10, 7, 0.5) },
  ];
  const rows = overlayRows(runs, 'both', 32);
  expect(rows.length).toBeLessThanOrEqual(401);
  expect(rows.at(-1)).toMatchObject({ position: 1000, g0: 0.25, l0: 0.75, 'e0.0': 0.75 });
  expect(rows.at(-1)).not.toHaveProperty('g1');
  expect(rows[0]).toMatchObject({ position: 1, g0: 0.25, g1: 0.5, gb1: [0.4, 0.6] });
});

test('the overlay leaves out the share that is not asked for, and its trails follow the one that is', () => {
  const runs = [{ id: 'a', label: 'a', colour: 0, curve: curve(9, 4, 0.25), ghosts: [curve(3, 4, 0.75)] }];
  const [global] = overlayRows(runs, 'global', 4);
  expect(global).toMatchObject({ g0: 0.25, 'e0.0': 0.75 });
  expect(global).not.toHaveProperty('l0');
  const [local] = overlayRows(runs, 'local', 4);
  expect(local).toMatchObject({ l0: 0.75, 'e0.0': 0.25 });
  expect(local).not.toHaveProperty('g0');
});

test('a row of the matrix stops before the diagonal, whatever lies beyond', () => {
  const matrix = Float64Array.from([1, 9, 9, 0.75, 0.25, 9, 0.5, -0.125, 0.625]);
  expect(rowOf({ matrix, seqLen: 3 }, 2)).toEqual({ values: [0.75, 0.25], sum: 1 });
  expect(rowOf({ matrix, seqLen: 3 }, 3)).toEqual({ values: [0.5, -0.125, 0.625], sum: 1 });
});

test('the frame of the cloud is a square that holds every point and the circle of two deviations', () => {
  const { centre, half } = frameOf([Float32Array.from([5, 0, -1, 1]), new Float32Array(0)], [1, 1]);
  for (const [x, y] of [
    [5, 0],
    [-1, 1],
    [3, 1],
    [1, -1],
    [1, 3],
  ] as const) {
    expect(Math.abs(x - centre[0])).toBeLessThan(half);
    expect(Math.abs(y - centre[1])).toBeLessThan(half);
  }
  expect(frameOf([Float32Array.from([Number.NaN, 0])], [0, 0]).half).toBeCloseTo(2.12);
});

test('labels of points that coincide stay apart, inside the picture, and miss the points', () => {
  const points = Array.from({ length: 5 }, (_, k) => ({ x: 150 + k, y: 100, label: 'posterior-stable' }));
  const placed = placeLabels(points, 400, 200);
  const boxes = placed.flatMap((place) => {
    if (!place) return [];
    const long = 16 * 6.6;
    const left =
      place.anchor === 'start' ? place.x : place.anchor === 'end' ? place.x - long : place.x - long / 2;
    return [{ left, right: left + long, top: place.y - 11, bottom: place.y + 3 }];
  });
  expect(boxes.length).toBe(5);
  boxes.forEach((a, i) => {
    expect(a.left >= 0 && a.right <= 400 && a.top >= 0 && a.bottom <= 200).toBe(true);
    for (const b of boxes.slice(i + 1)) {
      expect(a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).toBe(false);
    }
  });
});

test('a label that finds no place is left out', () => {
  expect(placeLabels([{ x: 20, y: 10, label: 'a label much wider than the picture' }], 40, 20)).toEqual([
    undefined,
  ]);
});

test('N and M keep to 0 <= N < M <= L', () => {
  const at = { N: 50, M: 900, numTimesteps: 1000 };
  expect(zoneChange({ N: 120.4 }, at)).toEqual({ N: 120 });
  expect(zoneChange({ N: 950 }, at)).toEqual({ N: 899 });
  expect(zoneChange({ N: -3 }, at)).toEqual({ N: 0 });
  expect(zoneChange({ M: 20 }, at)).toEqual({ M: 51 });
  expect(zoneChange({ M: 2000 }, at)).toEqual({ M: 1000 });
});

test('a share of the signal gives the timestep that keeps it', () => {
  for (const timestep of [0, 50, 100, 500, 900]) {
    expect(timestepAt(alphaBar, alphaBar[timestep] as number)).toBe(timestep);
  }
  expect(timestepAt(alphaBar, 2)).toBe(0);
  expect(timestepAt(alphaBar, -1)).toBe(1000);
});

test('gamma multiplies the index and eta divides it, as in the objective; past L counts as L', () => {
  expect(likelihoodWeight(alphaBar, 2, 50)).toBe(alphaBar[100]);
  expect(likelihoodWeight(alphaBar, 100, 50)).toBe(alphaBar[1000]);
  expect(penaltyWeight(alphaBar, 3, 100)).toBe(1 - (alphaBar[34] as number));
});

test('dragging a weight to a share gives the gamma or eta with which it weighs about that', () => {
  for (const gamma of [0, 1, 2.5, 8]) {
    const weight = likelihoodWeight(alphaBar, gamma, 50);
    expect(gammaFor(alphaBar, weight, 50, [0, 20])).toBe(gamma);
  }
  for (const eta of [1, 2, 5, 10]) {
    const weight = penaltyWeight(alphaBar, eta, 900);
    expect(penaltyWeight(alphaBar, etaFor(alphaBar, weight, 900, [0.25, 20]), 900)).toBeCloseTo(weight, 2);
  }
  expect(gammaFor(alphaBar, 0, 50, [0, 20])).toBe(20);
  expect(etaFor(alphaBar, 0, 900, [0.25, 20])).toBe(20);
});

test('signal kept is written with the figures that matter', () => {
  expect([1, 0.9995, 0.971, 0.0788, 2.8e-4, 0].map(signalText)).toEqual(
    ['100 %', '100 %', '97 %', '7.9 %', '0.028 %', '0 %'].map((text) => text.replace(' ', '\u00a0')),
  );
});

test('the path of a series has a gap where nothing was observed and a dot for a lone value', () => {
  const set = { values: Float32Array.from([1, 2, Number.NaN, 4]), count: 1, seqLen: 4, featureSize: 1 };
  const path = seriesPath(
    set,
    0,
    0,
    (t) => t,
    (value) => value,
  );
  expect(path).toBe('M0.0 1.0h.01L0.0 1.0L1.0 2.0M3.0 4.0h.01L3.0 4.0');
});

test('series that are all the same have no spread between them, however much each moves', () => {
  const same = { values: Float32Array.from([1, 5, 9, 1, 5, 9]), count: 2, seqLen: 3, featureSize: 1 };
  expect(spreadBetween(same, 0)).toBe(0);
  const apart = { values: Float32Array.from([0, Number.NaN, 2, 1]), count: 2, seqLen: 2, featureSize: 1 };
  expect(spreadBetween(apart, 0)).toBeCloseTo(Math.SQRT2);
  expect(spreadBetween({ ...apart, count: 1 }, 0)).toBeNaN();
});

test('keys move a slider, stop at its ends, and follow the screen where it runs downwards', () => {
  expect(sliderKey('ArrowRight', 3, [0, 20])).toBe(4);
  expect(sliderKey('ArrowLeft', 0, [0, 20])).toBe(0);
  expect(sliderKey('PageUp', 3, [0, 20])).toBe(5);
  expect(sliderKey('End', 3, [0, 20])).toBe(20);
  expect(sliderKey('ArrowDown', 3, [1, 20])).toBe(2);
  expect(sliderKey('ArrowDown', 3, [1, 20], 'more')).toBe(4);
  expect(sliderKey('a', 3, [0, 20])).toBeUndefined();
});

test('ticks are round, inside, and keep the ends of a series', () => {
  expect(positionTicks(32)).toEqual([1, 4, 8, 12, 16, 20, 24, 28, 32]);
  expect(positionTicks(16)).toEqual([1, 4, 6, 8, 10, 12, 14, 16]);
  expect(positionTicks(1)).toEqual([1]);
  expect(roundTicks(-0.04, 1.04, 5)).toEqual([0, 0.5, 1]);
  expect(roundTicks(-3, 3, 4)).toEqual([-2, 0, 2]);
});

test('the axis of shares has quarters, beyond 0 and 1 too, and round numbers where shares run away', () => {
  const ticks = (...shares: (number | [number, number])[]) =>
    shareTicks(shares.map((share, k) => ({ position: k + 1, g0: share })));
  expect(ticks(0.2, 0.9)).toEqual([0, 0.25, 0.5, 0.75, 1]);
  expect(ticks(-0.3, [0.1, 1.3])).toEqual([-0.25, 0, 0.25, 0.5, 0.75, 1, 1.25]);
  expect(ticks(Number.NaN, [0, 7.7])).toEqual([0, 2, 4, 6]);
});

test('no two of sixteen runs share their colour and their dash', () => {
  const styles = Array.from({ length: 16 }, (_, index) => `${runColour(index)} ${runDash(index)}`);
  expect(new Set(styles).size).toBe(16);
});

test('smoothing looks back over steps, also where a value stands for many of them', () => {
  const values = [4, 0, 2, 0, 6, 0];
  expect(smoothOver([1, 2, 3, 4, 5, 6], values, 10)).toEqual(smooth(values, 10));
  expect(smoothOver([1, 6, 11, 16, 21, 26], values, 10)).toEqual(smooth(values, 2));
  expect(smoothOver([1, 51, 101, 151, 201, 251], values, 10)).toEqual(values);
  expect(smoothOver([7], [3], 10)).toEqual([3]);
});

test('numbers of one axis differ where their ticks do, however small the step beside them', () => {
  expect(tickTexts([0, 0.5, 1])).toEqual(['0', '0.5', '1']);
  expect(tickTexts([101_320, 101_330, 101_340])).toEqual(['101,320', '101,330', '101,340']);
  expect(tickTexts([-1013.2, 1013.2, 1013.4])).toEqual(['−1,013.2', '1,013.2', '1,013.4']);
  expect(tickTexts([1.001e12, 1.002e12])).toEqual(['1.001·10¹²', '1.002·10¹²']);
  expect(tickTexts([0.001_01, 0.001_02])).toEqual(['0.00101', '0.00102']);
  expect(tickTexts([Number.NaN, Number.NaN])).toEqual(['–', '–']);
});

test('a name that is too long for its axis keeps its start and its unit', () => {
  expect(axisName('pulse', 10)).toBe('pulse');
  const name = axisName('sensor 4 of the turbine hall, north side (kPa)', 30);
  expect(name).toHaveLength(30);
  expect(name).toMatch(/^sensor 4 .*….*\(kPa\)$/);
});

test('a range holds data of any size, and has room for one value alone', () => {
  const set = (values: number[]) => {
    return { values: Float32Array.from(values), count: 1, seqLen: values.length, featureSize: 1 };
  };
  for (const size of [1e-12, 1, 1e12]) {
    const [low, high] = rangeOf([set([size, 3 * size])], 0);
    expect(low).toBeLessThanOrEqual(1.001 * size);
    expect(high).toBeGreaterThanOrEqual(2.999 * size);
    expect(high - low).toBeLessThan(4 * size);
  }
  const [low, high] = rangeOf([set([1e12, 1e12])], 0);
  expect([low < 1e12, high > 1e12]).toEqual([true, true]);
  expect(rangeOf([set([5, 5])], 0)).toEqual([4, 6]);
});
