import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { defaults } from '../../src/engine/train/config.ts';
import type { LossRow, SampleSet, TrainerEvent } from '../../src/engine/train/protocol.ts';
import { Recorder } from '../../src/engine/train/recorder.ts';
import {
  parseRecording,
  type RecordingFile,
  recordingFormat,
  restOf,
} from '../../src/engine/train/recording.ts';

const [steps, seqLen, count] = [500, 4, 8];

const lossRow = (step: number): LossRow => ({
  step,
  total: 1 / 3 + step,
  vi: step < 400 ? 2 / 3 : Number.NaN,
  cs: 0,
  dm: 1,
  kl: Number.NaN,
  gradNorm: 1.23456789e-7,
  lr: 1e-3,
});

const point = (position: number) => ({
  position,
  m0: 1 / position,
  m0q25: -1e-9,
  m0q75: 0.98765,
  mLocal: 0.25,
  mLocalQ25: 0.125,
  mLocalQ75: 0.5,
});

function samplesAt(step: number): SampleSet {
  const series = (scale: number) => Float32Array.from({ length: count * seqLen }, (_, i) => (scale * i) / 7);
  const generated = { sample: series(step), 'noise-not-fed-back': series(2 * step), mean: series(3 * step) };
  const real = series(1);
  real[1] = Number.NaN; // not observed
  return { step, real, generated, count, seqLen, featureSize: 1 };
}

const curve = (step: number) => ({
  step,
  points: [1, 2, 3, 4].map(point),
  residual: 1.234e-4,
  quadrature: 32,
  series: 8,
});
const cloud = (step: number) => ({
  step,
  encoded: Float32Array.from({ length: 200 }, (_, i) => i / 3),
  sampled: Float32Array.from({ length: 200 }, (_, i) => -i / 3),
  origin: [0.123456, 2] as [number, number],
  explained: [0.7, 0.2] as [number, number],
});

/** What a trainer would report of 500 steps. */
function* report(): Generator<TrainerEvent> {
  yield { type: 'ready', adapter: 'test', bytes: 1, parts: [], work: 1, steps };
  yield { type: 'state', state: 'running' };
  for (let step = 0; step <= steps; step += 25) {
    yield { type: 'dependence', curve: curve(step) };
    yield { type: 'samples', samples: samplesAt(step) };
    yield { type: 'cloud', cloud: cloud(step) };
    const rows = Array.from({ length: 25 }, (_, i) => lossRow(step + i));
    if (step < steps) yield { type: 'losses', rows };
    const phase = step < 400 ? 'joint' : 'denoiser';
    yield { type: 'progress', progress: { step, steps, phase, stepsPerSecond: 12.3456, secondsLeft: 7 } };
  }
  yield { type: 'state', state: 'finished' };
}

function recorded(): RecordingFile {
  const recorder = new Recorder(defaults, ['x']);
  for (const event of report()) recorder.onEvent(event);
  const common = { format: recordingFormat, version: '1.2.3', adapter: 'test', date: '2026-01-31', seed: 0 };
  return { ...common, runs: [recorder.finish('one')] } as RecordingFile;
}

/** The file after something in it was changed. */
function damaged(change: (file: ReturnType<typeof JSON.parse>) => void): string {
  const file = JSON.parse(JSON.stringify(recorded()));
  change(file);
  return JSON.stringify(file);
}

describe('a recording read again', () => {
  const { runs, ...about } = parseRecording(JSON.stringify(recorded()));
  const events = runs[0]?.events.map(({ event }) => event) ?? [];
  const of = <T extends TrainerEvent['type']>(type: T) =>
    events.filter((event): event is Extract<TrainerEvent, { type: T }> => event.type === type);

  test('says what it is', () => {
    expect(about).toEqual({ version: '1.2.3', adapter: 'test', date: '2026-01-31', seed: 0 });
    expect(runs[0]).toMatchObject({ label: 'one', config: defaults, features: ['x'] });
    const times = runs[0]?.events.map(({ at }) => at) ?? [];
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test('has every curve, to a tenth of a percent', () => {
    expect(of('dependence').map((event) => event.curve.step)).toEqual(
      Array.from({ length: 21 }, (_, k) => 25 * k),
    );
    const third = of('dependence')[1]?.curve.points[2];
    expect(third).toEqual({ ...point(3), m0: 0.333, m0q25: 0, m0q75: 0.988 });
  });

  test('has at most 200 losses, the last one among them, and keeps what a phase does not compute', () => {
    const rows = of('losses').flatMap((event) => event.rows);
    expect(rows.length).toBeGreaterThan(100);
    expect(rows.length).toBeLessThanOrEqual(200);
    expect(rows.at(-1)).toMatchObject({ step: 499, vi: Number.NaN, gradNorm: 1.23e-7 });
    expect(rows[0]).toMatchObject({ step: 0, total: 0.333, vi: 0.667 });
  });

  test('has the pictures of twelve evaluations, the first and the last among them', () => {
    const kept = [0, 50, 100, 125, 175, 225, 275, 325, 375, 400, 450, 500];
    expect(of('samples').map((event) => event.samples.step)).toEqual(kept);
    expect(of('cloud').map((event) => event.cloud.step)).toEqual(kept);
  });

  test('has six series, the real ones beside each picture, to a 250th of their range at least', () => {
    for (const { samples } of of('samples')) {
      expect(samples).toMatchObject({ count: 6, seqLen, featureSize: 1 });
      expect(samples.real[1]).toBeNaN();
      expect(samples.real[2]).toBeCloseTo(0.29, 6); // 2 / 7; 24 values up to 23 / 7 are drawn in steps of 0.01
      expect(samples.generated.mean).toHaveLength(6 * seqLen);
    }
    expect(of('samples')[1]?.samples.generated.mean[3]).toBeCloseTo(64.29, 3); // 3 * 50 * 3 / 7
  });

  test('has 48 points of each kind, to a 200th of the range of both at least', () => {
    const [first] = of('cloud');
    expect([first?.cloud.encoded.length, first?.cloud.sampled.length]).toEqual([96, 96]);
    expect([...(first?.cloud.encoded.subarray(0, 4) ?? [])]).toEqual([0, 0.5, 0.5, 1]); // 0, 1/3, 2/3, 1
    expect(first?.cloud.origin).toEqual([0.1235, 2]);
  });

  test('knows how far each moment was', () => {
    expect(of('progress').at(-1)?.progress).toMatchObject({ step: 500, steps, phase: 'denoiser' });
  });
});

describe('a damaged recording is refused with the reason', () => {
  const whole = JSON.stringify(recorded());
  test.each([
    ['cut off', whole.slice(0, whole.length / 2), 'it is not JSON, or was cut off'],
    [
      'of another format',
      damaged((file) => {
        file.format = 99;
      }),
      'its format is 99, and this page reads 1',
    ],
    ['no object', 'null', 'its format is undefined'],
    [
      'without runs',
      damaged((file) => {
        file.runs = [];
      }),
      "'runs' is 0, not >=1",
    ],
    [
      'with a word for a number',
      damaged((file) => {
        file.runs[0].events[0][0] = 'soon';
      }),
      `'runs.0.events.0.0' is "soon", not number`,
    ],
    [
      'of an unknown event',
      damaged((file) => {
        file.runs[0].events[0][1].type = 'weights';
      }),
      '"weights"',
    ],
    [
      'with a short curve',
      damaged((file) => {
        file.runs[0].events[0][1].m0.pop();
      }),
      "'runs.0.events.0' has too few or too many values",
    ],
    [
      'with series missing',
      damaged((file) => {
        file.runs[0].events[1][1].mean.pop();
      }),
      "'runs.0.events.1' has too few or too many values",
    ],
    [
      'with the real ones missing',
      damaged((file) => {
        file.runs[0].real.count = 7;
      }),
      "'runs.0.real' has too few or too many values",
    ],
    [
      'of a setting that does not exist',
      damaged((file) => {
        file.runs[0].config.model.hidenSize = 8;
      }),
      "did you mean 'model.hiddenSize'?",
    ],
  ])('%s', (_, text, reason) => {
    expect(() => parseRecording(text)).toThrow(reason);
    expect(() => parseRecording(text)).toThrow(/^The recording cannot be read: /);
  });
});

test('a run without an evaluation is not recorded', () => {
  expect(() => new Recorder(defaults, ['x']).finish('one')).toThrow('nothing was evaluated');
});

test('the recording that the page opens with is whole, of one data set and seed, and small', () => {
  const read = (address: string) =>
    readFileSync(fileURLToPath(new URL(`../../public/${address}`, import.meta.url)), 'utf8');
  const text = read('recorded/reveal.json');
  expect(gzipSync(text).length).toBeLessThan(20_000);
  const rest = read(restOf('recorded/reveal.json'));
  expect(gzipSync(rest).length).toBeLessThan(130_000);
  const types = parseRecording(rest).runs.map(({ events }) => new Set(events.map(({ event }) => event.type)));
  expect(types).toEqual([new Set(['losses', 'samples', 'cloud']), new Set(['losses', 'samples', 'cloud'])]);
  const { runs } = parseRecording(text);
  expect(runs.map(({ config }) => config.method.name)).toEqual(['latent-diffusion', 'posterior-stable']);
  const [first, second] = runs.map(({ config: { method, ...rest } }) => rest);
  expect(second).toEqual(first);
  for (const { events, config } of runs) {
    const steps = events.flatMap(({ event }) => (event.type === 'dependence' ? [event.curve.step] : []));
    expect(steps.length).toBeGreaterThan(config.evaluate.times);
    expect(steps.at(-1)).toBe(config.train.steps);
  }
});
