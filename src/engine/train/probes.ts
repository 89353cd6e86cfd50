import { shufflePositions } from '../data/cutWindows.ts';
import { blankPadding, drawLengths, lengthOf } from '../data/lengths.ts';
import { RandomStream } from '../data/random.ts';
import { firstWindows, inDataUnits, selectWindows, spreadWindows } from '../data/selectWindows.ts';
import { takeRows } from '../data/takeRows.ts';
import type { WindowSet } from '../data/types.ts';
import { unscale } from '../data/windows.ts';
import { control } from '../metrics/control.ts';
import { lastThird, summariseDependence } from '../metrics/dependenceSummary.ts';
import { GpuScores } from '../metrics/gpuScores.ts';
import { lostPerStep, validPositions } from '../metrics/likelihood.ts';
import { meanMatrix } from '../metrics/meanMatrix.ts';
import { compareSets } from '../metrics/setDistance.ts';
import { generationModes } from './config.ts';
import { measureUse } from './latentUse.ts';
import type {
  DependenceMatrix,
  PriorResult,
  ProbeName,
  ProbeResult,
  ShuffledDependence,
  ShuffleResult,
  SwapResult,
  ZeroResult,
} from './protocol.ts';
import type { ModelTools } from './questions.ts';
import { generateModes, mapModes, shownSeries } from './sampleSource.ts';

/** Latents among which the pair of the swap's picture is looked for. */
const pairAmong = 32;
/** Series of each kind between which distances are taken, at the most. */
const compared = 128;
/** Streams of the seed. */
const priorStream = 21;
const shuffleStream = 22;

export interface ProbeOptions {
  /** Of the exchange, the noise and the permutations. */
  seed: number;
}

/** What can be asked of a trained model, and how it is measured. */
export const probes: Record<ProbeName, (tools: ModelTools, options: ProbeOptions) => Promise<ProbeResult>> = {
  swap,
  prior,
  zero,
  shuffle,
};

/**
 * The swap test, and a picture of it: two series whose latents are far apart, and what the decoder predicts one step ahead,
 * given the past of the first, with the latent of either.
 */
export async function swap(tools: ModelTools, { seed }: ProbeOptions): Promise<SwapResult> {
  const { evaluator, data, step, between } = tools;
  const { windows, latents, use } = await testedUse(tools, seed);
  const width = latents.length / windows.count;
  const pair = farthestPair(latents.subarray(0, pairAmong * width), width);
  const [a, b] = pair;
  const pairLatents = takeRows(new Float32Array(2 * width), latents, pair);
  const samePast = selectWindows(windows, [a, a]);
  const ahead = await evaluator.predict(samePast, pairLatents, between);
  const free = await evaluator.generate(pairLatents, { mode: 'mean', seed }, between);
  const { seqLen, featureSize } = windows;
  const size = seqLen * featureSize;
  // The past is that of the first series, so both predictions end where it does; a free run ends with the series it is of.
  const lengthsOf = (...rows: number[]) => windows.lengths && rows.map((row) => lengthOf(windows, row));
  const shown = (values: Float32Array, lengths: number[] | undefined) =>
    both(blankPadding(unscale(values, data.scaler), lengths, seqLen, featureSize));
  const both = (values: Float32Array) => ({ own: values.slice(0, size), other: values.slice(size) });
  return {
    probe: 'swap',
    step,
    use,
    windows: windows.count,
    picture: {
      seqLen,
      featureSize,
      ids: [windows.ids[a] as string, windows.ids[b] as string],
      real: both(inDataUnits(selectWindows(windows, pair), data.scaler)),
      predicted: shown(ahead, lengthsOf(a, a)),
      freeRun: shown(free, lengthsOf(a, b)),
    },
  };
}

/** Series from z ~ N(0, I) beside those of the diffusion; equal where the posterior has collapsed (Proposition 3.1). */
export async function prior(tools: ModelTools, { seed }: ProbeOptions): Promise<PriorResult> {
  const { evaluator, data, config, test, step, between } = tools;
  const { windows, use } = await testedUse(tools, seed);
  const real = spreadWindows(test, compared);
  const random = new RandomStream(seed, priorStream);
  const normal = new Float32Array(real.count * config.model.latentSize).map(() => random.normal());
  const sampled = await evaluator.sampleLatents(real.count, seed, between);
  const fromPrior = await generateModes(evaluator, normal, seed, between);
  const fromDiffusion = await generateModes(evaluator, sampled, seed, between);
  const distances: Partial<PriorResult['distances']> = {};
  const gpu = new GpuScores(evaluator.gpu, { between });
  try {
    for (const mode of generationModes)
      distances[mode] = await compareSets(gpu, fromPrior[mode], fromDiffusion[mode], real, { seed });
  } finally {
    await gpu.destroy();
  }
  const { seqLen, featureSize } = real;
  const count = Math.min(shownSeries, real.count);
  const lengths = data.lengths && drawLengths(data.lengths, count, seed);
  const shown = (series: Float32Array) =>
    blankPadding(
      unscale(series.subarray(0, count * seqLen * featureSize), data.scaler),
      lengths,
      seqLen,
      featureSize,
    );
  return {
    probe: 'prior',
    step,
    use,
    windows: windows.count,
    distances: distances as PriorResult['distances'],
    series: {
      count,
      seqLen,
      featureSize,
      fromPrior: mapModes(fromPrior, shown),
      fromDiffusion: mapModes(fromDiffusion, shown),
    },
  };
}

/** What is lost without a latent, and the one series that the decoder then makes, beside those it makes from encoded latents. */
export async function zero(tools: ModelTools, { seed }: ProbeOptions): Promise<ZeroResult> {
  const { evaluator, data, step, between } = tools;
  const { windows, latents, use, original } = await testedUse(tools, seed);
  const nothing = new Float32Array(latents.length);
  const without = await evaluator.logLikelihood(windows, nothing, between);
  const valid = validPositions(windows.mask, windows.featureSize);
  const shown = firstWindows(windows, shownSeries);
  const { count, seqLen, featureSize } = shown;
  const width = latents.length / windows.count;
  const runs = new Float32Array((count + 1) * width); // the last row stays zero
  runs.set(latents.subarray(0, count * width));
  const free = unscale(await evaluator.generate(runs, { mode: 'mean', seed }, between), data.scaler);
  const size = count * seqLen * featureSize;
  return {
    probe: 'zero',
    step,
    use,
    windows: windows.count,
    lost: lostPerStep(original, without, valid, seqLen, windows.lengths),
    series: {
      count,
      seqLen,
      featureSize,
      real: inDataUnits(shown, data.scaler),
      fromEncoded: blankPadding(free.slice(0, size), shown.lengths, seqLen, featureSize),
      fromZero: free.slice(size),
    },
  };
}

/** Dependence where there is no order to depend on: the windows of the live curve with their positions permuted. */
export async function shuffle(tools: ModelTools, { seed }: ProbeOptions): Promise<ShuffleResult> {
  const windows = firstWindows(tools.held, tools.config.evaluate.dependenceSeries);
  const permuted = { ...windows, values: windows.values.slice(), mask: windows.mask.slice() };
  shufflePositions(permuted, new RandomStream(seed, shuffleStream));
  return {
    probe: 'shuffle',
    step: tools.step,
    ordered: await dependenceOn(tools, windows, seed),
    shuffled: await dependenceOn(tools, permuted, seed),
  };
}

async function dependenceOn(
  { evaluator, config, step, between }: ModelTools,
  windows: WindowSet,
  seed: number,
): Promise<ShuffledDependence> {
  const latents = await evaluator.encode(windows, between);
  const parts = await evaluator.dependenceCurve(windows, latents, config.evaluate.quadrature, between);
  const curve = summariseDependence(parts, step);
  const freeRuns = await evaluator.generate(latents, { mode: 'mean', seed }, between);
  return { curve, ...lastThird(curve.points), control: control(windows, freeRuns) };
}

/**
 * The whole dependence matrix of the first windows of the live curve, by the ratio of sums. The nodes double, like those of
 * the curve, while its residual is too large.
 */
export async function matrix(
  { evaluator, held, step, between }: ModelTools,
  { series, quadrature }: { series: number; quadrature: number },
): Promise<DependenceMatrix> {
  const windows = firstWindows(held, series);
  const latents = await evaluator.encode(windows, between);
  const parts = await evaluator.dependenceCurve(windows, latents, quadrature, between);
  const each = await evaluator.dependenceMatrix(windows, latents, parts.quadrature, between);
  const { seqLen } = windows;
  return {
    step,
    seqLen,
    ...meanMatrix(each, parts.denominator, seqLen),
    quadrature: parts.quadrature,
    series: windows.count,
  };
}

/** The tests on latents with the windows, and by their seed the numbers, of an evaluation. */
async function testedUse({ evaluator, config, test, between }: ModelTools, seed: number) {
  const windows = spreadWindows(test, config.evaluate.count);
  const latents = await evaluator.encode(windows, between);
  const { use, original } = await measureUse(evaluator, windows, latents, seed, between);
  return { windows, latents, use, original };
}

/** The two rows that are farthest apart; the first row twice where there is only one. */
function farthestPair(points: Float32Array, width: number): [number, number] {
  const count = points.length / width;
  let [best, pair]: [number, [number, number]] = [-1, [0, 0]];
  for (let a = 0; a < count; a++) {
    for (let b = a + 1; b < count; b++) {
      let distance = 0;
      for (let d = 0; d < width; d++)
        distance += ((points[a * width + d] as number) - (points[b * width + d] as number)) ** 2;
      if (distance > best) [best, pair] = [distance, [a, b]];
    }
  }
  return pair;
}
