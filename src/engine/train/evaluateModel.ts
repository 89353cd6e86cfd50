import { drawLengths } from '../data/lengths.ts';
import { spreadWindows } from '../data/selectWindows.ts';
import type { PreparedData, WindowSet } from '../data/types.ts';
import { control, fewestForControl } from '../metrics/control.ts';
import { lastThird, summariseDependence } from '../metrics/dependenceSummary.ts';
import { GpuScores } from '../metrics/gpuScores.ts';
import { perStep } from '../metrics/likelihood.ts';
import { Scorer } from '../metrics/scores.ts';
import { isTrusted } from '../metrics/trust.ts';
import type { Score } from '../metrics/types.ts';
import { checkLikelihood } from './checkLikelihood.ts';
import { type Config, type GenerationMode, generationModes } from './config.ts';
import type { DependenceReport, EvaluationReport } from './evaluationReport.ts';
import type { Between, Evaluator } from './evaluator.ts';
import { measureUse } from './latentUse.ts';
import type { NamedArrays } from './parameters.ts';
import { generateModes } from './sampleSource.ts';

/** Below this many held-out windows a score is mostly chance. */
const fewWindows = 50;

/** A finished evaluation: the report, the arrays it was computed from, and the generated series. */
export interface Evaluation {
  report: EvaluationReport;
  /** What goes into evaluation.safetensors, by name. */
  arrays: NamedArrays;
  /** Scaled series of each mode, [generated, seqLen, featureSize]; row n has the same latent in every mode. */
  generated: Record<GenerationMode, Float32Array>;
  /** [generated], the length of each, drawn from those of the training part; absent where all fill the window. */
  lengths?: Uint32Array;
}

export interface EvaluationOptions {
  /** Called as each part begins, with a few words on it. */
  onStage?(stage: string): void;
  /** Called between submits; throwing ends the evaluation. */
  between?: Between;
  /** Whether to compute the whole dependence matrix of every window too, the slowest part by far; true by default. */
  matrix?: boolean;
  /** Draws of the swap, the noise, the generated series and the scores; the training seed by default. */
  seed?: number;
}

/**
 * Evaluates a trained model on held-out windows: log-likelihood, swap, noise and control tests, dependence, and scores in
 * all three generation modes. The page and the command share it.
 * @param data its test part is what is held out; generated series have its lengths
 * @throws ConfigError where the likelihood cannot take that part
 */
export async function evaluateModel(
  evaluator: Evaluator,
  config: Config,
  data: Pick<PreparedData, 'test' | 'lengths'>,
  options: EvaluationOptions = {},
): Promise<Evaluation> {
  checkLikelihood(config, data.test);
  const { onStage, between, matrix = true, seed = config.train.seed } = options;
  const clock = new StageClock();
  const arrays: NamedArrays = new Map();
  const notes: string[] = [];
  const windows = spreadWindows(data.test, config.evaluate.count);

  onStage?.('log-likelihood, swap, noise and control tests');
  const tests = await latentTests(evaluator, windows, seed, arrays, between);
  const likelihood = clock.lap();

  onStage?.('dependence');
  const dependence = await measureDependence(evaluator, config, windows, arrays, { seed, between, matrix });
  if (!dependence.trusted) {
    notes.push(
      `The dependence cannot be trusted: with ${dependence.quadrature} nodes its residual is still ${dependence.residual.toPrecision(2)}.`,
    );
  }
  const dependenceTime = clock.lap();

  onStage?.('generated series');
  const generated = await generateAll(evaluator, config.evaluate.samples, seed, windows, arrays, between);
  const lengths = data.lengths && drawLengths(data.lengths, config.evaluate.samples, seed);
  if (lengths) {
    arrays.set('generated_lengths', { shape: [lengths.length], data: Float32Array.from(lengths) });
  }
  const generation = clock.lap();

  onStage?.('scores');
  const scored = spreadWindows(data.test, config.evaluate.samples);
  const { scores, comparison } = await scoreModes(evaluator, config, scored, generated, {
    ...{ seed, between, onStage },
  });
  putWindows(arrays, 'scored_', scored);
  notes.push(...fewWindowsNotes(windows.count, scored.count));
  const seconds = { likelihood, dependence: dependenceTime, generation, scores: clock.lap() };

  const report: EvaluationReport = {
    ...tests,
    dependence,
    scores,
    counts: {
      heldOut: data.test.count,
      windows: windows.count,
      generated: config.evaluate.samples,
      scored: scored.count,
      comparison,
    },
    seeds: { data: config.data.seed, train: config.train.seed, evaluation: seed },
    seconds: { ...seconds, total: clock.total() },
    notes,
  };
  return { report, arrays, generated, ...(lengths && { lengths }) };
}

/** Log-likelihood with the encoder's latents, with exchanged ones and with noise; and control. */
async function latentTests(
  evaluator: Evaluator,
  windows: WindowSet,
  seed: number,
  arrays: NamedArrays,
  between: Between | undefined,
) {
  const { count, seqLen, featureSize } = windows;
  const latents = await evaluator.encode(windows, between);
  const width = latents.length / count;
  const measured = await measureUse(evaluator, windows, latents, seed, between);
  const { use, valid, original } = measured;
  const freeRuns = await evaluator.generate(latents, { mode: 'mean', seed }, between);

  putWindows(arrays, '', windows);
  for (const [name, data, shape] of [
    ['mask', valid, [count, seqLen]],
    ['feature_mask', windows.mask, [count, seqLen, featureSize]],
    ['latents', latents, [count, width]],
    ['log_likelihood', original, [count, seqLen]],
    ['swapped_latents', measured.swappedLatents, [count, width]],
    ['swapped_log_likelihood', measured.swapped, [count, seqLen]],
    ['noise_latents', measured.noiseLatents, [count, width]],
    ['noise_log_likelihood', measured.noise, [count, seqLen]],
    ['control_runs', freeRuns, [count, seqLen, featureSize]],
  ] as const) {
    arrays.set(name, { shape: [...shape], data });
  }
  return {
    logLikelihood: perStep(original, valid, seqLen, windows.lengths),
    ...use,
    control: control(windows, freeRuns),
  };
}

async function measureDependence(
  evaluator: Evaluator,
  config: Config,
  windows: WindowSet,
  arrays: NamedArrays,
  { seed, between, matrix }: { seed: number; between?: Between; matrix: boolean },
): Promise<DependenceReport> {
  const { quadrature, latents: kind } = config.evaluate;
  const encoded = arrays.get('latents') as { shape: number[]; data: Float32Array };
  let latents = encoded.data;
  if (kind === 'sampled') {
    latents = await evaluator.sampleLatents(windows.count, seed, between);
    arrays.set('dependence_latents', { shape: encoded.shape, data: latents });
  }
  const parts = await evaluator.dependenceCurve(windows, latents, quadrature, between);
  const { count, seqLen } = windows;
  if (matrix) {
    const data = await evaluator.dependenceMatrix(windows, latents, parts.quadrature, between);
    arrays.set('dependence', { shape: [count, seqLen, seqLen], data });
    const denominators = Float32Array.from(parts.denominator); // what the mean over series weighs each matrix by
    arrays.set('dependence_denominator', { shape: [count, seqLen], data: denominators });
  }
  const { points, residual, quadrature: nodes, series } = summariseDependence(parts, 0);
  const late = lastThird(points);
  return {
    points,
    residual,
    quadrature: nodes,
    series,
    trusted: isTrusted({ residual }),
    m0: { last: points.at(-1)?.m0 ?? 0, lastThird: late.m0 },
    mLocal: { last: points.at(-1)?.mLocal ?? 0, lastThird: late.mLocal },
    latents: kind,
  };
}

async function generateAll(
  evaluator: Evaluator,
  count: number,
  seed: number,
  { seqLen, featureSize }: WindowSet,
  arrays: NamedArrays,
  between: Between | undefined,
): Promise<Record<GenerationMode, Float32Array>> {
  const latents = await evaluator.sampleLatents(count, seed, between);
  arrays.set('sampled_latents', { shape: [count, latents.length / count], data: latents });
  const generated = await generateModes(evaluator, latents, seed, between);
  for (const mode of generationModes) {
    const shape = [count, seqLen, featureSize];
    arrays.set(`generated_${mode.replaceAll('-', '_')}`, { shape, data: generated[mode] });
  }
  return generated;
}

async function scoreModes(
  evaluator: Evaluator,
  config: Config,
  windows: WindowSet,
  generated: Record<GenerationMode, Float32Array>,
  { seed, between, onStage }: { seed: number } & Pick<EvaluationOptions, 'between' | 'onStage'>,
) {
  const scores = { sample: {}, 'noise-not-fed-back': {}, mean: {} } as Record<
    GenerationMode,
    Record<string, Score>
  >;
  if (windows.count < 2) return { scores, comparison: 0 };
  const gpu = new GpuScores(evaluator.gpu, { seed, between });
  try {
    const scorer = new Scorer(windows, { seed, gpu, costly: config.evaluate.costly });
    for (const mode of generationModes) {
      const onScore = (label: string) => onStage?.(`scores of '${mode}': ${label}`);
      scores[mode] = await scorer.score(generated[mode], { between, onScore });
    }
    return { scores, comparison: scorer.sampleSize };
  } finally {
    await gpu.destroy();
  }
}

function putWindows(arrays: NamedArrays, prefix: '' | 'scored_', windows: WindowSet): void {
  const shape = [windows.count, windows.seqLen, windows.featureSize];
  arrays.set(`${prefix}windows`, { shape, data: windows.values });
  if (windows.lengths) {
    arrays.set(`${prefix}lengths`, { shape: [windows.count], data: Float32Array.from(windows.lengths) });
  }
  if (prefix) arrays.set(`${prefix}feature_mask`, { shape, data: windows.mask });
}

/** @param tested windows of the tests on latents @param scored windows of the scores */
function fewWindowsNotes(tested: number, scored: number): string[] {
  const notes: string[] = [];
  if (tested < 2) notes.push('The swap test needs at least 2 held-out windows, and had 1.');
  if (tested < fewestForControl)
    notes.push(`Control needs at least ${fewestForControl} held-out windows, and had ${tested}.`);
  if (scored < 2) notes.push('The scores need at least 2 held-out windows, and there is only 1.');
  else if (scored < fewWindows) {
    notes.push(
      `Only ${scored} held-out windows are compared, one half with the other: the scores and their floors are mostly chance.`,
    );
  }
  return notes;
}

/** Seconds since the last lap, and in all. */
class StageClock {
  readonly #start = performance.now();
  #last = this.#start;

  lap(): number {
    const now = performance.now();
    const seconds = (now - this.#last) / 1000;
    this.#last = now;
    return seconds;
  }

  total(): number {
    return (performance.now() - this.#start) / 1000;
  }
}
