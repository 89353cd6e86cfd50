import { createSchedule, qSampleTable, type Schedule } from '../diffusion/schedule.ts';
import { sigmaRange } from '../layers/decoder.ts';
import { backboneByName } from '../layers/index.ts';
import { methodByName } from '../methods/index.ts';
import type { ModelShape } from '../methods/types.ts';
import type { Config } from './config.ts';

/** The sizes a config and its data give the model. */
export function modelShape(config: Config, data: { seqLen: number; featureSize: number }): ModelShape {
  const { backbone, hiddenSize, latentSize, layers, heads, forgetBias, sigma, likelihood, components } =
    config.model;
  const { defaultLayers, tokenSize } = backboneByName(backbone);
  const { embeddingSize, width, blocks } = config.diffusion;
  return {
    ...data,
    backbone,
    hiddenSize,
    latentSize,
    tokenSize: tokenSize(config.model),
    layers: layers ?? defaultLayers,
    heads,
    forgetBias,
    likelihood,
    components,
    sigma: sigmaRange(sigma),
    wiring: methodByName(config.method.name).wiring(config.method),
    denoiser: { latentSize, embeddingSize, width, blocks },
  };
}

/**
 * Host values of the tables by timestep: the forward process, and the weights of the objective, alphaBar_{gamma i} for
 * likelihood rows and 1 - alphaBar_{ceil(k / eta)} for penalty rows; indices past L count as L.
 */
export function timestepTables(config: Config): {
  schedule: Schedule;
  qSample: Float32Array;
  weights: Float32Array;
} {
  const schedule = createSchedule(config.diffusion);
  const { gamma, eta } = config.method;
  const alphaBar = (index: number) => schedule.alphaBar[Math.min(schedule.numTimesteps, index)] ?? 0;
  const weights = new Float32Array(2 * (schedule.numTimesteps + 1));
  for (let i = 0; i <= schedule.numTimesteps; i++) {
    weights[2 * i] = alphaBar(Math.round(gamma * i));
    weights[2 * i + 1] = 1 - alphaBar(Math.ceil(i / eta));
  }
  return { schedule, qSample: qSampleTable(schedule), weights };
}

/** Steps of both phases: everything together, then the denoiser alone, the encoder frozen; without a denoiser only the first. */
export function phases(config: Config): { joint: number; total: number } {
  const { steps, denoiserShare } = config.train;
  const share = methodByName(config.method.name).sampler === 'prior' ? 0 : denoiserShare;
  return { joint: Math.max(1, Math.round(steps * (1 - share))), total: steps };
}

/** `times` equally spaced steps of a phase, its start and its end; none where `times` is 0. */
function spacedSteps(times: number, end: number): number[] {
  return times === 0 ? [] : Array.from({ length: times + 1 }, (_, k) => Math.round((k * end) / times));
}

/** Steps at which the validation objective is computed. */
export function validationMarks(config: Config): ReadonlySet<number> {
  const marks = new Set(spacedSteps(config.train.validations, phases(config).joint));
  marks.delete(0);
  return marks;
}

/**
 * Steps at which the model is evaluated: equally spaced over the run, and `evaluate.early` more at a half, a quarter, ... of
 * the first interval, where curves move fastest.
 */
export function evaluationMarks(config: Config): ReadonlySet<number> {
  const { times, early } = config.evaluate;
  const { total } = phases(config);
  const halvings = times === 0 ? [] : Array.from({ length: early }, (_, k) => total / times / 2 ** (k + 1));
  return new Set([...spacedSteps(times, total), ...halvings.map(Math.round)]);
}

/**
 * Rows (lr of the model, lr of the denoiser, 1 - beta1^t, 1 - beta2^t) for every step, computed in float64: linear warm-up,
 * then a cosine down to the smallest rate, where that is below the group's own, over the steps the group trains.
 * @param scale multiplies every rate
 */
export function optimiserSchedule(config: Config, scale = 1): Float32Array {
  const { learningRate, denoiserLearningRate, minLearningRate, warmup } = config.train;
  const { joint, total } = phases(config);
  const rate = (peak: number, step: number, steps: number) => {
    if (step < warmup) return (peak * (step + 1)) / warmup;
    const done = Math.min(1, (step - warmup) / Math.max(1, steps - warmup));
    const least = Math.min(minLearningRate, peak);
    return least + 0.5 * (peak - least) * (1 + Math.cos(Math.PI * done));
  };
  const rows = new Float32Array(4 * total);
  for (let step = 0; step < total; step++) {
    rows[4 * step] = scale * rate(learningRate, step, joint);
    rows[4 * step + 1] = scale * rate(denoiserLearningRate, step, total);
    rows[4 * step + 2] = 1 - 0.9 ** (step + 1);
    rows[4 * step + 3] = 1 - 0.999 ** (step + 1);
  }
  return rows;
}

/** The KL term's weight at every step: the method's own, over the joint phase. */
export function klWeights(config: Config): Float32Array {
  const method = methodByName(config.method.name);
  const { joint, total } = phases(config);
  return Float32Array.from({ length: total }, (_, step) =>
    method.klWeight(config.method, Math.min(1, step / joint)),
  );
}
