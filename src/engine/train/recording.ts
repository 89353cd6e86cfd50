import * as v from 'valibot';
import { schemaProblem } from '../export/schemaProblem.ts';
import { type Config, ConfigError, parseStoredConfig } from './config.ts';
import type { LossRow, Progress, SampleSet, TrainerEvent } from './protocol.ts';

/** Raised when the file's layout changes; a page reads its own format only. */
export const recordingFormat = 1;

/** What a trainer reported, and when. */
export interface RecordedEvent {
  /** Seconds since the run began. */
  at: number;
  event: TrainerEvent;
}

/** One recorded run: dependence, samples and clouds of every evaluation, thinned losses, progress. */
export interface RecordedRun {
  label: string;
  config: Config;
  features: string[];
  /** Wall time of the whole run on the adapter it was recorded on. */
  seconds: number;
  events: RecordedEvent[];
}

/** Runs that were trained beforehand, to be replayed without a GPU. */
export interface RecordedRuns {
  version: string;
  adapter: string;
  /** Of recording, ISO, e.g. 2026-01-31. */
  date: string;
  /** Of training, the same for all. */
  seed: number;
  runs: RecordedRun[];
}

/** A recording that cannot be replayed: one sentence with the reason. */
export class RecordingError extends Error {
  constructor(reason: string) {
    super(`The recording cannot be read: ${reason}.`);
    this.name = 'RecordingError';
  }
}

const finite = v.pipe(v.number(), v.finite());
const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
/** NaN has no JSON: it is written as null. */
const measured = v.pipe(
  v.nullable(finite),
  v.transform((value) => value ?? Number.NaN),
);
const measures = v.array(measured);
const floats = v.pipe(
  measures,
  v.transform((values) => Float32Array.from(values)),
);
const phase = v.picklist(['joint', 'denoiser']);
const pair = v.tuple([finite, finite]);

const event = v.variant('type', [
  v.strictObject({ type: v.literal('losses'), rows: v.array(v.tuple([whole, ...sevenOf(measured)])) }),
  v.strictObject({
    type: v.literal('progress'),
    step: whole,
    phase,
    stepsPerSecond: finite,
    secondsLeft: finite,
  }),
  v.strictObject({
    type: v.literal('dependence'),
    step: whole,
    residual: finite,
    quadrature: whole,
    series: whole,
    m0: measures,
    m0q25: measures,
    m0q75: measures,
    mLocal: measures,
    mLocalQ25: measures,
    mLocalQ75: measures,
  }),
  v.strictObject({
    type: v.literal('samples'),
    step: whole,
    sample: floats,
    'noise-not-fed-back': floats,
    mean: floats,
  }),
  v.strictObject({
    type: v.literal('cloud'),
    step: whole,
    encoded: floats,
    sampled: floats,
    origin: pair,
    explained: pair,
  }),
]);

const run = v.strictObject({
  label: v.string(),
  config: v.unknown(),
  features: v.array(v.string()),
  seconds: finite,
  steps: whole,
  /** The real series beside all samples, [count, seqLen, featureSize]. */
  real: v.strictObject({ count: whole, seqLen: whole, featureSize: whole, values: floats }),
  events: v.array(v.tuple([finite, event])),
});

const file = v.strictObject({
  format: v.literal(recordingFormat),
  version: v.string(),
  adapter: v.string(),
  date: v.string(),
  seed: whole,
  runs: v.pipe(v.array(run), v.minLength(1)),
});

/** The file as JSON has it. */
export type RecordingFile = v.InferInput<typeof file>;
type StoredRun = v.InferOutput<typeof run>;
type StoredEvent = v.InferOutput<typeof event>;

/** What a page does not need for its first picture: fetched once that is drawn. */
const later: ReadonlySet<StoredEvent['type']> = new Set(['losses', 'samples', 'cloud']);

/** A recording as two: the curves, which a page plays at once, and the same runs with what it fetches after that. */
export function splitRecording(file: RecordingFile): { first: RecordingFile; rest: RecordingFile } {
  const part = (isLater: boolean): RecordingFile => ({
    ...file,
    runs: file.runs.map((run) => ({
      ...run,
      events: run.events.filter(([, { type }]) => later.has(type) === isLater),
    })),
  });
  return { first: part(false), rest: part(true) };
}

/** The address of the second of the two files: `reveal.json` goes on in `reveal.rest.json`. */
export const restOf = (address: string): string => address.replace(/(\.json)?$/, '.rest.json');

/** Reads a recording. @param text of the JSON file @throws RecordingError with the reason */
export function parseRecording(text: string): RecordedRuns {
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch {
    throw new RecordingError('it is not JSON, or was cut off');
  }
  const format = (input as { format?: unknown } | null)?.format;
  if (format !== recordingFormat) {
    throw new RecordingError(
      `its format is ${JSON.stringify(format)}, and this page reads ${recordingFormat}`,
    );
  }
  const result = v.safeParse(file, input);
  if (!result.success) throw new RecordingError(schemaProblem(result.issues[0]));
  const { version, adapter, date, seed, runs } = result.output;
  return { version, adapter, date, seed, runs: runs.map((stored, n) => restoreRun(stored, `runs.${n}`)) };
}

function restoreRun(stored: StoredRun, place: string): RecordedRun {
  const { label, features, seconds, real } = stored;
  const size = real.count * real.seqLen * real.featureSize;
  check(real.values.length === size, `${place}.real`);
  check(features.length === real.featureSize, `${place}.features`);
  let config: Config;
  try {
    config = parseStoredConfig(stored.config);
  } catch (error) {
    if (error instanceof ConfigError) throw new RecordingError(`${place}.config: ${error.message}`);
    throw error;
  }
  const events = stored.events.map(([at, one], n) => ({
    at,
    event: restoreEvent(one, stored, `${place}.events.${n}`),
  }));
  return { label, config, features, seconds, events };
}

function restoreEvent(stored: StoredEvent, { real, steps }: StoredRun, place: string): TrainerEvent {
  switch (stored.type) {
    case 'losses':
      return {
        type: 'losses',
        rows: stored.rows.map(([step, total, vi, cs, dm, kl, gradNorm, lr]): LossRow => {
          return { step, total, vi, cs, dm, kl, gradNorm, lr };
        }),
      };
    case 'progress': {
      const { type, ...rest } = stored;
      const progress: Progress = { ...rest, steps };
      return { type, progress };
    }
    case 'dependence': {
      const { step, residual, quadrature, series, m0, m0q25, m0q75, mLocal, mLocalQ25, mLocalQ75 } = stored;
      const columns = [m0, m0q25, m0q75, mLocal, mLocalQ25, mLocalQ75];
      check(
        columns.every(({ length }) => length === m0.length && length <= real.seqLen),
        place,
      );
      const at = (column: number[], t: number) => column[t] as number;
      const points = m0.map((value, t) => ({
        position: t + 1,
        m0: value,
        m0q25: at(m0q25, t),
        m0q75: at(m0q75, t),
        mLocal: at(mLocal, t),
        mLocalQ25: at(mLocalQ25, t),
        mLocalQ75: at(mLocalQ75, t),
      }));
      return { type: 'dependence', curve: { step, residual, quadrature, series, points } };
    }
    case 'samples': {
      const { type, step, ...generated } = stored;
      check(
        Object.values(generated).every(({ length }) => length === real.values.length),
        place,
      );
      const { values, ...shape } = real;
      const samples: SampleSet = { step, ...shape, real: values, generated };
      return { type, samples };
    }
    case 'cloud': {
      const { type, ...cloud } = stored;
      check(cloud.encoded.length % 2 === 0 && cloud.sampled.length % 2 === 0, place);
      return { type, cloud };
    }
  }
}

/** @throws RecordingError where the lengths of arrays disagree */
function check(agrees: boolean, place: string): void {
  if (!agrees) throw new RecordingError(`'${place}' has too few or too many values`);
}

function sevenOf<T>(value: T): [T, T, T, T, T, T, T] {
  return [value, value, value, value, value, value, value];
}
