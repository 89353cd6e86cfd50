import { describe, expect, test } from 'vitest';
import { blankPadding, countLengths, drawLengths } from '../../src/engine/data/lengths.ts';
import type { SeriesSet, WindowSet } from '../../src/engine/data/types.ts';
import { prepare } from '../../src/engine/data/windows.ts';
import { Memory } from '../../src/engine/gpu/memory.ts';
import { methodByName } from '../../src/engine/methods/index.ts';
import { planModel } from '../../src/engine/methods/model.ts';
import { summariseDependence } from '../../src/engine/metrics/dependenceSummary.ts';
import { type Config, parseConfig } from '../../src/engine/train/config.ts';
import { evaluateModel } from '../../src/engine/train/evaluateModel.ts';
import { Evaluator } from '../../src/engine/train/evaluator.ts';
import { initialParameters, type NamedArrays } from '../../src/engine/train/parameters.ts';
import type { TrainerEvent } from '../../src/engine/train/protocol.ts';
import { modelShape } from '../../src/engine/train/shape.ts';
import { Trainer } from '../../src/engine/train/trainer.ts';
import { samplesText } from '../../src/node/commands/results.ts';
import { useGpu } from '../gpu.ts';
import { expectClose } from '../reference/expectClose.ts';
import { normals } from '../reference/random.ts';
import { TrainingStep } from '../trainingStep.ts';

const gpu = useGpu();
const [batchSize, featureSize, latentSize] = [3, 2, 3];
const [short, long] = [4, 7];
const observations = normals(1, batchSize * short * featureSize);

/** The same series of `short` positions in `seqLen`; the padding holds nonsense, which must not be read. */
function padded(seqLen: number) {
  const values = new Float32Array(batchSize * seqLen * featureSize).fill(55);
  const mask = new Float32Array(values.length);
  for (let i = 0; i < observations.length; i++) {
    const [n, rest] = [Math.floor(i / (short * featureSize)), i % (short * featureSize)];
    values[n * seqLen * featureSize + rest] = observations[i] as number;
    mask[n * seqLen * featureSize + rest] = i % 5 === 2 ? 0 : 1;
  }
  return { seqLen, batchSize, featureSize, values, mask };
}

function configOf(backbone: string, method: object, likelihood = 'gaussian'): Config {
  const hiddenSize = backbone === 'lstm' ? 4 : 8;
  return parseConfig({
    model: { backbone, hiddenSize, heads: 2, layers: 1, latentSize, tokenSize: 5, likelihood, components: 3 },
    method,
    diffusion: { embeddingSize: 4, width: 6, blocks: 1, sampleSteps: 4 },
    train: { batchSize, steps: 4, denoiserShare: 0.5, denoiserBatchSize: 4, clip: 1e6, validations: 1 },
    evaluate: { dependenceSeries: 2, count: 4, samples: 6, times: 1, quadrature: 8 },
  });
}

/** Weights for `long` positions, larger than at the start of a training, so that gates bend. */
function weightsOf(config: Config): NamedArrays {
  const method = methodByName(config.method.name);
  const shape = modelShape(config, { seqLen: long, featureSize });
  const initial = initialParameters(method, planModel(new Memory(), method, shape, false), 3);
  return new Map(
    [...initial].map(([name, { shape: size, data }]) => [
      name,
      { shape: size, data: name.includes('norm') ? data : data.map((v) => 1.5 * v) },
    ]),
  );
}

/** The learned positions of a Transformer cut to the first `seqLen`; the other weights know no length. */
function cutPositions(weights: NamedArrays, seqLen: number): NamedArrays {
  return new Map(
    [...weights].map(([name, { shape, data }]) => {
      if (!name.endsWith('position.weight')) return [name, { shape, data }];
      const width = shape[1] as number;
      return [name, { shape: [seqLen, width], data: data.slice(0, seqLen * width) }];
    }),
  );
}

const backbones = ['lstm', 'transformer'];
const methods: { name: string; likelihood?: string; [option: string]: string | number | undefined }[] = [
  { name: 'posterior-stable', penalty: 'softplus', lambdaCS: 0.4, penaltyShare: 1 },
  { name: 'posterior-stable', penalty: 'hinge', lambdaCS: 0.4, penaltyShare: 1, reference: 'fitted' },
  { name: 'latent-diffusion' },
  { name: 'skip-connections' },
  { name: 'latent-diffusion', likelihood: 'mixture' },
  { name: 'mutual-information', importanceSamples: 2 },
];

describe.each(
  backbones.flatMap((backbone) =>
    methods.map(({ likelihood, ...method }) => ({ backbone, likelihood, method })),
  ),
)('$method.name $method.penalty $likelihood with $backbone', ({ backbone, likelihood, method }) => {
  test('a padded batch has the loss and the gradients of the series without padding', async () => {
    const config = configOf(backbone, method, likelihood);
    const weights = weightsOf(config);
    const rows = method.name === 'mutual-information' || method.lambdaCS ? 2 * batchSize : batchSize;
    const streams = {
      'latent noise': normals(3, rows * latentSize),
      'denoiser noise': normals(4, batchSize * latentSize),
      'denoiser timestep': [3, 400, 900],
      ...(method.lambdaCS && { 'latent timestep': [0, 20, 50, 900, 950, 1000] }),
    };
    const [plain, filled] = await Promise.all(
      [short, long].map(async (seqLen) => {
        const step = await TrainingStep.create(gpu(), config, padded(seqLen), cutPositions(weights, seqLen));
        const row = await step.run(streams);
        const gradients = new Map<string, Float32Array>();
        for (const { name } of step.model.arena.specs) gradients.set(name, await step.gradient(name));
        step.destroy();
        return { row, gradients };
      }),
    );
    for (const term of ['total', 'vi', 'cs', 'dm', 'kl'] as const) {
      expectClose([filled?.row[term] as number], [plain?.row[term] as number], { relative: 1e-6 });
    }
    expect(plain?.gradients.size).toBeGreaterThan(5);
    for (const [name, expected] of plain?.gradients ?? []) {
      const found = filled?.gradients.get(name) as Float32Array;
      const size = Math.max(1, ...expected.map(Math.abs));
      expectClose(found.subarray(0, expected.length), expected, { absolute: 1e-5 * size, label: name });
      // Learned positions that no series reaches do not move.
      expect(
        found.subarray(expected.length).every((value) => value === 0),
        name,
      ).toBe(true);
    }
  });
});

const lengths = [short, long, 5];
/** Series of three lengths; the padding holds nonsense. */
const windows: WindowSet = (() => {
  const values = normals(5, 3 * long * featureSize);
  const mask = new Float32Array(values.length).fill(1);
  for (let i = 0; i < values.length; i++) {
    const [n, t] = [Math.floor(i / (long * featureSize)), Math.floor(i / featureSize) % long];
    if (t < (lengths[n] as number)) continue;
    values[i] = 55;
    mask[i] = 0;
  }
  const ids = ['a', 'b', 'c'];
  return { count: 3, seqLen: long, featureSize, values, mask, lengths: Uint32Array.from(lengths), ids };
})();

describe.each(backbones)('with %s', (backbone) => {
  const config = configOf(backbone, { name: 'latent-diffusion' });

  test('latents, likelihood, dependence and its matrix are those of each series alone', async () => {
    const weights = weightsOf(config);
    const together = await Evaluator.create(gpu(), config, { seqLen: long, featureSize }, weights);
    const latents = await together.encode(windows);
    const likelihood = await together.logLikelihood(windows, latents);
    const parts = await together.dependenceCurve(windows, latents, 8);
    const matrix = await together.dependenceMatrix(windows, latents, 8);
    together.destroy();
    const own = (n: number, seqLen: number): WindowSet => {
      const from = n * long * featureSize;
      const part = (data: Float32Array) => data.subarray(from, from + seqLen * featureSize);
      return {
        count: 1,
        seqLen,
        featureSize,
        values: part(windows.values),
        mask: part(windows.mask),
        ids: [''],
      };
    };
    for (const [n, seqLen] of lengths.entries()) {
      const alone = await Evaluator.create(
        gpu(),
        config,
        { seqLen, featureSize },
        cutPositions(weights, seqLen),
      );
      const one = own(n, seqLen);
      const z = await alone.encode(one);
      expectClose(latents.subarray(n * latentSize, (n + 1) * latentSize), z);
      const [from, to, end] = [n * long, n * long + seqLen, (n + 1) * long];
      expectClose(likelihood.subarray(from, to), await alone.logLikelihood(one, z));
      const expected = await alone.dependenceCurve(one, z, parts.quadrature);
      for (const name of ['numeratorGlobal', 'numeratorLocal', 'numeratorSum', 'denominator'] as const) {
        expectClose(parts[name].subarray(from, to), expected[name], { label: name });
        expect([...parts[name].subarray(to, end)]).toEqual(new Array(end - to).fill(0));
      }
      const rows = await alone.dependenceMatrix(one, z, 8);
      for (let t = 0; t < long; t++) {
        const row = matrix.subarray((from + t) * long, (from + t + 1) * long);
        const here = t < seqLen ? [...rows.subarray(t * seqLen, (t + 1) * seqLen)] : [];
        expectClose(row, [...here, ...new Array(long - here.length).fill(0)], { label: `row ${t}` });
      }
      alone.destroy();
    }
    // A position's dependence is the ratio of sums over the series that reach it.
    const { points } = summariseDependence(parts, 0);
    expect(points.length).toBe(long);
    const at = (t: number, among: number[], array: Float64Array) =>
      among.reduce((sum, n) => sum + (array[n * long + t] as number), 0);
    for (const [t, among] of [
      [3, [0, 1, 2]],
      [4, [1, 2]],
      [6, [1]],
    ] as const) {
      const ratio = at(t, [...among], parts.numeratorGlobal) / at(t, [...among], parts.denominator);
      expect(points[t]?.m0).toBeCloseTo(ratio, 12);
    }
  });
});

test('whole series are trained on, evaluated and generated at lengths of the training part', async () => {
  const config = configOf('lstm', { name: 'latent-diffusion' });
  const random = normals(9, 4000);
  const set: SeriesSet = {
    features: ['x', 'y'],
    series: Array.from({ length: 30 }, (_, n) => {
      const length = 3 + ((7 * n) % 8);
      const values = Float64Array.from({ length: 2 * length }, (_, i) => n / 10 + (random[60 * n + i] ?? 0));
      const mask = Uint8Array.from(values, (_, i) => (i % 7 === 3 ? 0 : 1));
      return { id: `s${n}`, length, values, mask };
    }),
  };
  const data = prepare(set, { ...config.data, layout: 'series', window: 9 });
  expect(data.train.seqLen).toBe(9);
  expect(data.notes).toContain('4 series are longer than 9 rows: the first 9 were kept.');
  const known = (data.lengths ?? []).map(([length]) => length);
  expect(Math.min(...known)).toBe(3);
  const events: TrainerEvent[] = [];
  const trainer = await Trainer.create(gpu(), config, data, (event) => events.push(event));
  await trainer.run();
  const samples = events.findLast((event) => event.type === 'samples')?.samples;
  if (!samples) throw new Error('a finished run has samples');
  const parameters = await trainer.parameters();
  trainer.destroy();
  const lengthsOf = (values: Float32Array) =>
    Array.from({ length: samples.count }, (_, n) => {
      const series = values.subarray(n * 18, (n + 1) * 18);
      const first = series.findIndex((value, i) => i % 2 === 0 && Number.isNaN(value));
      return first < 0 ? 9 : first / 2;
    });
  const drawn = lengthsOf(samples.generated.mean);
  expect(drawn).toEqual(lengthsOf(samples.generated.sample));
  expect(drawn.every((length) => known.includes(length))).toBe(true);
  const evaluator = await Evaluator.create(gpu(), config, data.train, parameters);
  const { report, lengths: written } = await evaluateModel(evaluator, config, data, { seed: 0 });
  evaluator.destroy();
  expect(written?.length).toBe(6);
  expect([...(written ?? [])].every((length) => known.includes(length))).toBe(true);
  expect(report.dependence.residual).toBeLessThan(0.05);
  for (const value of [report.logLikelihood.all, report.logLikelihood.lastThird, report.control.spread])
    expect(Number.isFinite(value)).toBe(true);
  expect(report.dependence.points.length).toBe(Math.max(...(data.test.lengths ?? [])));
});

test('generated series are written up to their length, in the units of the data', () => {
  const run = { features: ['x'], seqLen: 3, scaler: { mean: [10], standardDeviation: [2] } };
  const sample = Float32Array.of(1, 2, 3, 4, 5, 6);
  expect(samplesText(run, { sample }, [1, 3]).split('\n')).toEqual([
    'series,position,generation,x',
    '1,1,sample,12',
    '2,1,sample,18',
    '2,2,sample,20',
    '2,3,sample,22',
    '',
  ]);
  expect(samplesText(run, { sample }).split('\n')).toHaveLength(8);
});

test('lengths are drawn with their frequencies, the same for the same seed', () => {
  const counts = countLengths({ lengths: Uint32Array.of(3, 5, 5, 5) }) ?? [];
  expect(counts).toEqual([
    [3, 1],
    [5, 3],
  ]);
  const drawn = drawLengths(counts, 4000, 7);
  expect(drawLengths(counts, 4000, 7)).toEqual(drawn);
  expect(drawn.filter((length) => length === 3).length / 4000).toBeCloseTo(0.25, 1);
  expect([...blankPadding(Float32Array.of(1, 2, 3, 4), [1, 2], 2, 1)]).toEqual([1, Number.NaN, 3, 4]);
});
