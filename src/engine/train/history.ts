import * as v from 'valibot';
import type { NamedArray } from '../export/safetensors.ts';
import { generationModes } from './config.ts';
import type { DependenceCurve, LatentCloud, LossRow, SampleSet, TrainerEvent } from './protocol.ts';

/** What a run reported, for a file: JSON without large arrays, and float32 tensors. */
export interface StoredHistory {
  text: string;
  tensors: Map<string, NamedArray>;
}

/** What a run reported so far. */
export interface History {
  rows: readonly LossRow[];
  curves: readonly DependenceCurve[];
  samples: readonly SampleSet[];
  clouds: readonly LatentCloud[];
  log: readonly string[];
}

const columns = ['step', 'total', 'vi', 'cs', 'dm', 'kl', 'gradNorm', 'lr'] as const;

const finite = v.pipe(v.number(), v.finite());
const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
/** NaN has no JSON: it is written as null. */
const measured = v.pipe(
  v.nullable(finite),
  v.transform((value) => value ?? Number.NaN),
);
const pair = v.tuple([measured, measured]);
const schema = v.strictObject({
  curves: v.array(
    v.strictObject({
      step: whole,
      residual: measured,
      quadrature: whole,
      series: whole,
      points: v.array(v.tuple([whole, measured, measured, measured, measured, measured, measured])),
    }),
  ),
  samples: v.array(v.strictObject({ step: whole, count: whole, seqLen: whole, featureSize: whole })),
  clouds: v.array(v.strictObject({ step: whole, origin: pair, explained: pair })),
  log: v.array(v.string()),
});

/** The history as text and tensors. Curves keep all their digits; losses and series are float32 already. */
export function writeHistory({ rows, curves, samples, clouds, log }: History): StoredHistory {
  const tensors = new Map<string, NamedArray>();
  const add = (name: string, shape: number[], data: Float32Array) => tensors.set(name, { shape, data });
  add(
    'losses',
    [rows.length, columns.length],
    Float32Array.from(rows.flatMap((row) => columns.map((column) => row[column]))),
  );
  samples.forEach(({ count, seqLen, featureSize, real, generated }, n) => {
    const shape = [count, seqLen, featureSize];
    add(`samples.${n}.real`, shape, real);
    for (const mode of generationModes) add(`samples.${n}.${mode}`, shape, generated[mode]);
  });
  clouds.forEach(({ encoded, sampled }, n) => {
    add(`clouds.${n}.encoded`, [encoded.length / 2, 2], encoded);
    add(`clouds.${n}.sampled`, [sampled.length / 2, 2], sampled);
  });
  const text = JSON.stringify({
    curves: curves.map(({ points, ...curve }) => ({
      ...curve,
      points: points.map((p) => [p.position, p.m0, p.m0q25, p.m0q75, p.mLocal, p.mLocalQ25, p.mLocalQ75]),
    })),
    samples: samples.map(({ step, count, seqLen, featureSize }) => ({ step, count, seqLen, featureSize })),
    clouds: clouds.map(({ step, origin, explained }) => ({ step, origin, explained })),
    log,
  });
  return { text, tensors };
}

/** The reports that make the history again. @throws Error naming what does not fit */
export function readHistory({ text, tensors }: StoredHistory): TrainerEvent[] {
  const { curves, samples, clouds, log } = v.parse(schema, JSON.parse(text));
  const get = (name: string, ...shape: (number | undefined)[]): Float32Array => {
    const array = tensors.get(name);
    const fits =
      array?.shape.length === shape.length && shape.every((n, i) => n === undefined || n === array.shape[i]);
    if (!array || !fits) throw new Error(`the history's '${name}' is missing or has another shape`);
    return array.data;
  };
  const losses = get('losses', undefined, columns.length);
  const rows = Array.from({ length: losses.length / columns.length }, (_, n) => {
    const at = (column: number) => losses[n * columns.length + column] as number;
    return Object.fromEntries(columns.map((name, column) => [name, at(column)])) as unknown as LossRow;
  });
  return [
    { type: 'losses', rows },
    ...curves.map(({ points, ...curve }): TrainerEvent => {
      const named = points.map(([position, m0, m0q25, m0q75, mLocal, mLocalQ25, mLocalQ75]) => {
        return { position, m0, m0q25, m0q75, mLocal, mLocalQ25, mLocalQ75 };
      });
      return { type: 'dependence', curve: { ...curve, points: named } };
    }),
    ...samples.map((shape, n): TrainerEvent => {
      const series = (name: string) =>
        get(`samples.${n}.${name}`, shape.count, shape.seqLen, shape.featureSize);
      const generated = Object.fromEntries(generationModes.map((mode) => [mode, series(mode)]));
      return {
        type: 'samples',
        samples: { ...shape, real: series('real'), generated: generated as SampleSet['generated'] },
      };
    }),
    ...clouds.map((cloud, n): TrainerEvent => {
      const points = (name: string) => get(`clouds.${n}.${name}`, undefined, 2);
      return { type: 'cloud', cloud: { ...cloud, encoded: points('encoded'), sampled: points('sampled') } };
    }),
    ...log.map((message): TrainerEvent => ({ type: 'log', message })),
  ];
}

/** Loss rows that are kept at the most; beyond it every second one goes. */
const keptRows = 1 << 14;
/** Evaluations whose series and clouds are kept. */
const keptPictures = 8;
const keptLines = 100;

/** Gathers what a trainer reports, for its checkpoints. */
export class HistoryKeeper implements History {
  rows: LossRow[] = [];
  curves: DependenceCurve[] = [];
  samples: SampleSet[] = [];
  clouds: LatentCloud[] = [];
  log: string[] = [];
  #stride = 1;

  add(event: TrainerEvent): void {
    switch (event.type) {
      case 'losses':
        this.rows.push(...event.rows.filter(({ step }) => step % this.#stride === 0));
        while (this.rows.length > keptRows) {
          this.#stride *= 2;
          this.rows = this.rows.filter(({ step }) => step % this.#stride === 0);
        }
        return;
      case 'dependence':
        this.curves = replacing(this.curves, event.curve);
        return;
      case 'samples':
        this.samples = replacing(this.samples, event.samples).slice(-keptPictures);
        return;
      case 'cloud':
        this.clouds = replacing(this.clouds, event.cloud).slice(-keptPictures);
        return;
      case 'log':
        this.log = [...this.log, event.message].slice(-keptLines);
        return;
      case 'rewound':
        this.#rewind(event.step);
        return;
      case 'state':
        if (event.state !== 'stopped') return;
        this.#rewind(-1);
        this.log = [];
    }
  }

  /** Forgets what was reported of later steps. */
  #rewind(step: number): void {
    this.rows = this.rows.filter((row) => row.step < step);
    const before = <T extends { step: number }>(list: T[]) => list.filter((item) => item.step <= step);
    this.curves = before(this.curves);
    this.samples = before(this.samples);
    this.clouds = before(this.clouds);
  }
}

function replacing<T extends { step: number }>(list: readonly T[], item: T): T[] {
  return [...list.filter(({ step }) => step !== item.step), item];
}
