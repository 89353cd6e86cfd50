import { describe, expect, test } from 'vitest';
import { createSchedule } from '../../src/engine/diffusion/schedule.ts';
import { lateOf, perStep, wholeOf } from '../../src/engine/metrics/likelihood.ts';
import { candidates, choiceConfigs, choose, same, usualPilotSteps } from '../../src/engine/train/choose.ts';
import { defaults, parseConfig, setKeys } from '../../src/engine/train/config.ts';
import type { PilotResult } from '../../src/engine/train/protocol.ts';

const tried = candidates(defaults);
const measured = (logLikelihood: number, swap: number, error = 0.1, noise = swap): PilotResult => ({
  measures: {
    windows: 40,
    logLikelihood: { value: logLikelihood, error },
    swap: { value: swap, error: 0.5 },
    noise: { value: noise, error: 0.5 },
    m0: 0.3,
    trusted: true,
    control: 0.5,
  },
});
const failed: PilotResult = { failure: 'The loss is no finite number.' };
const pick = (...results: (PilotResult | undefined)[]) => choose(tried, results)?.index;

describe('the candidates', () => {
  test('are the defaults first, and each of the three moved alone', () => {
    const { inferenceEnd, collapseStart, lambdaCS } = defaults.method;
    const start = { inferenceEnd, collapseStart, lambdaCS };
    expect(tried[0]).toEqual(start);
    expect(tried).toHaveLength(8);
    for (const one of tried.slice(1)) {
      const moved = (Object.keys(start) as (keyof typeof start)[]).filter((key) => one[key] !== start[key]);
      expect(moved).toHaveLength(1);
    }
    const { alphaBar } = createSchedule(defaults.diffusion);
    const kept = (key: 'inferenceEnd' | 'collapseStart') =>
      [...new Set(tried.map((one) => (alphaBar[one[key]] as number).toPrecision(1)))].sort();
    expect(kept('inferenceEnd')).toEqual(['0.9', '1']);
    expect(kept('collapseStart')).toEqual(['0.0003', '0.05', '0.2']);
  });

  test('keep as much of the signal on other schedules, and all can be run', () => {
    for (const set of [
      ['diffusion.schedule', 'cosine'],
      ['diffusion.numTimesteps', '950'],
    ] as const) {
      const config = setKeys(defaults, [set]);
      const { alphaBar } = createSchedule(config.diffusion);
      const [first] = candidates(config);
      expect(alphaBar[first?.inferenceEnd as number]).toBeCloseTo(0.971, 2);
      for (const one of choiceConfigs(config, 10)) expect(parseConfig(one)).toEqual(one);
    }
  });

  test('are fewer, and no two the same, where a schedule has few timesteps', () => {
    const short = setKeys(defaults, [
      ['method.inferenceEnd', '1'],
      ['method.collapseStart', '3'],
      ['diffusion.numTimesteps', '3'],
      ['diffusion.betaEnd', '0.9'],
    ]);
    const few = candidates(short);
    expect(few.length).toBeLessThan(8);
    few.forEach((one, index) => {
      expect(one.inferenceEnd).toBeLessThan(one.collapseStart);
      expect(few.findIndex((other) => same(one, other))).toBe(index);
    });
  });

  test('are there for the shortest schedule too', () => {
    const diffusion = { ...defaults.diffusion, numTimesteps: 2 };
    expect(candidates({ diffusion })[0]).toEqual({ inferenceEnd: 1, collapseStart: 2, lambdaCS: 0.1 });
  });

  test('are tried for a fifth of the steps, all with one seed and none for the denoiser alone', () => {
    expect(usualPilotSteps(defaults)).toBe(600);
    for (const { train, method } of choiceConfigs(setKeys(defaults, [['train.seed', '7']]), 100)) {
      expect(train).toMatchObject({ steps: 100, warmup: 10, seed: 7, denoiserShare: 0 });
      expect(method.name).toBe('posterior-stable');
    }
  });
});

describe('the rule', () => {
  test('takes the largest swap loss among those as likely as the best', () => {
    expect(pick(measured(-3, 2), measured(-3.05, 6), measured(-3.08, 4))).toBe(1);
  });

  test('leaves out whatever is less likely by more than one standard error of the best', () => {
    expect(pick(measured(-3, 2), measured(-3.11, 9), measured(-3.09, 4))).toBe(2);
    // It is the error of the best that counts, not one's own.
    expect(pick(measured(-3, 2), measured(-3.11, 9, 5), measured(-3.2, 9, 5))).toBe(0);
  });

  test('keeps the defaults where they lose as much within one standard error, and no other candidate for that', () => {
    expect(pick(measured(-3, 5.6), measured(-3, 6))).toBe(0);
    expect(pick(measured(-3, 5.4), measured(-3, 6))).toBe(1);
    expect(pick(measured(-3, 1), measured(-3, 5.6), measured(-3, 6))).toBe(2);
    expect(pick(...tried.map(() => measured(-3, 1)))).toBe(0);
  });

  test('does not keep defaults that are less likely', () => {
    expect(pick(measured(-3.5, 6), measured(-3, 6), measured(-3, 2))).toBe(1);
  });

  test('goes by the candidates that were measured', () => {
    expect(pick(failed, measured(-3, 2), undefined, measured(-3.05, 4))).toBe(3);
    expect(pick(measured(Number.NaN, 9), measured(-3, Number.NaN), measured(-4, 1))).toBe(2);
    expect(pick(failed, undefined, failed)).toBeUndefined();
    expect(pick()).toBeUndefined();
  });

  test('says why, with the numbers', () => {
    const { reason, likely } = choose(tried, [measured(-3.02, 2), measured(-3, 6), measured(-3.5, 9)]) ?? {};
    expect(likely).toEqual([0, 1]);
    expect(reason).toBe(
      `2 of 3 candidates are within 0.1 nats a step, one standard error over 40 validation windows, of the best log-likelihood, -3.00 nats a step. Of these, N = 28, M = 900, λ_CS = 0.1 loses the most when latents are exchanged, over the last third: 6 nats a step; the defaults lose 2 nats a step.`,
    );
    expect(choose(tried, [measured(-3, 5.6), measured(-3, 6)])?.reason).toMatch(/5\.6 .* 6 .*: they stay\.$/);
    expect(choose(tried, [measured(-4, 6), measured(-3, 5)])?.reason).toContain(
      'the defaults are less likely',
    );
    expect(choose(tried, [failed, measured(-3, 5)])?.reason).toContain('the defaults could not be measured');
    expect(choose(tried, [measured(-3, 0.01)])?.reason).toContain('more pilot steps would tell more');
    expect(choose(tried, [measured(-3, 0.6, 0.1, 50)])?.reason).not.toContain('more pilot steps');
  });
});

describe('the standard error over series', () => {
  const valid = [1, 1, 1, 1, 1, 1];

  test('is that of the mean of the series’ means where all are as long', () => {
    const { value, error } = wholeOf(perStep([1, 3, 5, 7, 6, 8], valid, 2)); // means 2, 6, 7
    expect(value).toBe(5);
    expect(error).toBeCloseTo(Math.sqrt(((2 - 5) ** 2 + 1 + 4) / (3 * 2)));
  });

  test('weighs series by their length, and leaves out those without a value', () => {
    const { value, error } = wholeOf(perStep([1, 3, 8, 0, 0, 0], [1, 1, 1, 0, 0, 0], 2));
    expect(value).toBe(4);
    expect(error).toBeCloseTo(Math.sqrt(((4 - 8) ** 2 + (8 - 4) ** 2) / (2 * 1)) / 1.5);
  });

  test('is unknown for one series; the last third is all where it is empty', () => {
    expect(wholeOf(perStep([1, 2], [1, 1], 2))).toEqual({ value: 1.5, error: Number.NaN });
    const values = [1, 2, 3, 4, 5, 7];
    expect(lateOf(perStep(values, valid, 3)).value).toBe(5);
    expect(lateOf(perStep(values, [1, 1, 0, 1, 1, 0], 3)).value).toBe(3);
  });
});
