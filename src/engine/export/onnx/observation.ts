import type { BundleDescription } from './model.ts';

/** The decoder's outputs at one position, by name: see decoderStep. */
export type Outputs = Record<string, Float32Array>;

/** E[x_t] and x_t drawn, [n, D] each. */
export interface Observation {
  mean: Float32Array;
  drawn: Float32Array;
}

/** Standard normals that drawing a value of D features takes. */
export function noiseSize({ likelihood, features }: BundleDescription): number {
  return likelihood === 'gaussian' ? features.length : features.length + 1;
}

/** Draws a position of every series from the decoder's outputs. @param noise [n, noiseSize] */
export function observe(description: BundleDescription, outputs: Outputs, noise: Float32Array): Observation {
  return description.likelihood === 'gaussian'
    ? observeGaussian(outputs, noise)
    : observeMixture(description.features.length, outputs, noise);
}

function observeGaussian(outputs: Outputs, noise: Float32Array): Observation {
  const mean = named(outputs, 'mean');
  const logSigma = named(outputs, 'log_sigma');
  return { mean, drawn: mean.map((mu, i) => mu + Math.exp(logSigma[i] as number) * (noise[i] as number)) };
}

/** x = m_k + s_k (I - B_k)^-1 eps, k by the last of the noise: as shaders/mixture_step. */
function observeMixture(width: number, outputs: Outputs, noise: Float32Array): Observation {
  const logWeights = named(outputs, 'log_weights');
  const means = named(outputs, 'means');
  const logSigmas = named(outputs, 'log_sigmas');
  const { coupling } = outputs;
  const count = noise.length / (width + 1);
  const components = logWeights.length / count;
  const entries = (width * (width - 1)) / 2;
  const result = { mean: new Float32Array(count * width), drawn: new Float32Array(count * width) };
  for (let n = 0; n < count; n++) {
    const weights = Array.from(logWeights.subarray(n * components, (n + 1) * components), Math.exp);
    const eps = noise.subarray(n * (width + 1), (n + 1) * (width + 1));
    const chosen = n * components + choose(weights, normalDistribution(eps[width] as number));
    const v: number[] = [];
    for (let d = 0; d < width; d++) {
      const row = chosen * entries + (d * (d - 1)) / 2;
      const carried = coupling
        ? v.reduce((sum, value, j) => sum + (coupling[row + j] as number) * value, 0)
        : 0;
      v.push((eps[d] as number) + carried);
      const at = chosen * width + d;
      result.drawn[n * width + d] =
        (means[at] as number) + Math.exp(logSigmas[at] as number) * (v[d] as number);
      result.mean[n * width + d] = weights.reduce(
        (sum, weight, k) => sum + weight * (means[(n * components + k) * width + d] as number),
        0,
      );
    }
  }
  return result;
}

/** The first component whose cumulative weight passes a uniform number; the last one whatever rounding says. */
function choose(weights: readonly number[], uniform: number): number {
  let reached = 0;
  for (const [k, weight] of weights.entries()) {
    reached += weight;
    if (reached > uniform) return k;
  }
  return weights.length - 1;
}

/** Abramowitz and Stegun 26.2.17, to 7.5e-8. */
function normalDistribution(v: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(v));
  const high = 1.781477937 + t * (-1.821255978 + t * 1.330274429);
  const tail = 0.3989422804 * Math.exp(-0.5 * v * v) * t * (0.31938153 + t * (-0.356563782 + t * high));
  return v > 0 ? 1 - tail : tail;
}

/** @throws Error naming an output that the graph does not give */
export function named(outputs: Outputs, name: string): Float32Array {
  const value = outputs[name];
  if (!value) throw new Error(`the graph gives no '${name}'`);
  return value;
}
