import { RandomStream } from './random.ts';
import type { WindowSet } from './types.ts';

/** Components of the fitted marginal (docs/methods.md, Choices). */
export const mixtureComponents = 16;
const largestSample = 8192;
const largestIterations = 200;
/** Mean gain in log-density, nats a value, below which the fit has settled. */
const settled = 1e-5;
/** No component is narrower than the narrowest the decoder can be: else values that repeat would win without bound. */
const lowestLogDeviation = -3;
const stream = 21;
const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);

/**
 * A mixture of diagonal Gaussians fitted to the values x_t of all windows by expectation maximisation (Dempster et al. 1977),
 * in float64. Missing features take no part. At most 8192 values are used, spread evenly over the windows.
 * @returns [components, 1 + 2D]: log weight, means, log deviations; the same bits for the same windows
 */
export function fitMixture(windows: WindowSet, components: number): Float32Array {
  const { values, mask, width } = spreadValues(windows);
  const count = values.length / width;
  const random = new RandomStream(0, stream);
  const logWeights = new Float64Array(components).fill(-Math.log(components));
  const means = new Float64Array(components * width);
  const logDeviations = new Float64Array(components * width);
  const starts = random.permutation(count);
  for (let i = 0; i < means.length; i++) {
    const row = starts[Math.floor(i / width) % Math.max(1, count)] ?? 0;
    const at = row * width + (i % width);
    means[i] = mask[at] ? (values[at] as number) : 0; // the mean of scaled values, where one is missing
  }
  let before = Number.NEGATIVE_INFINITY;
  for (let iteration = 0; iteration < largestIterations; iteration++) {
    const mixture = { logWeights, means, logDeviations };
    const { responsibilities, logDensity } = expectation(values, mask, width, mixture);
    maximisation(values, mask, width, responsibilities, mixture);
    if (!(logDensity / count - before > settled)) break;
    before = logDensity / count;
  }
  return Float32Array.from({ length: components * (1 + 2 * width) }, (_, at) => {
    const [k, column] = [Math.floor(at / (1 + 2 * width)), at % (1 + 2 * width)];
    if (column === 0) return logWeights[k] as number;
    const source = column <= width ? means : logDeviations;
    return source[k * width + ((column - 1) % width)] as number;
  });
}

interface Mixture {
  logWeights: Float64Array; // [K]
  means: Float64Array; // [K, D]
  logDeviations: Float64Array; // [K, D]
}

/** Responsibilities [n, K] of the components for each value, and the log-density of all values together. */
function expectation(values: Float64Array, mask: Float64Array, width: number, mixture: Mixture) {
  const { logWeights, means, logDeviations } = mixture;
  const [count, components] = [values.length / width, logWeights.length];
  const responsibilities = new Float64Array(count * components);
  let logDensity = 0;
  for (let n = 0; n < count; n++) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < components; k++) {
      let term = logWeights[k] as number;
      for (let d = 0; d < width; d++) {
        if (!mask[n * width + d]) continue;
        const logDeviation = logDeviations[k * width + d] as number;
        const u =
          ((values[n * width + d] as number) - (means[k * width + d] as number)) * Math.exp(-logDeviation);
        term -= 0.5 * u * u + logDeviation + halfLogTwoPi;
      }
      responsibilities[n * components + k] = term;
      largest = Math.max(largest, term);
    }
    const here = responsibilities.subarray(n * components, (n + 1) * components);
    let total = 0;
    for (let k = 0; k < components; k++) {
      here[k] = Math.exp((here[k] as number) - largest);
      total += here[k] as number;
    }
    for (let k = 0; k < components; k++) here[k] = (here[k] as number) / total;
    logDensity += largest + Math.log(total);
  }
  return { responsibilities, logDensity };
}

/** Weights, means and deviations from the responsibilities, in place; a feature no value of a component has stays. */
function maximisation(
  values: Float64Array,
  mask: Float64Array,
  width: number,
  responsibilities: Float64Array,
  { logWeights, means, logDeviations }: Mixture,
): void {
  const [count, components] = [values.length / width, logWeights.length];
  for (let k = 0; k < components; k++) {
    let share = 0;
    for (let n = 0; n < count; n++) share += responsibilities[n * components + k] as number;
    logWeights[k] = Math.log(Math.max(share / count, 1e-12));
    for (let d = 0; d < width; d++) {
      let [weight, first, second] = [0, 0, 0];
      const mean = means[k * width + d] as number;
      for (let n = 0; n < count; n++) {
        const r = (responsibilities[n * components + k] as number) * (mask[n * width + d] as number);
        const centred = (values[n * width + d] as number) - mean;
        weight += r;
        first += r * centred;
        second += r * centred * centred;
      }
      if (weight < 1e-9) continue;
      const shift = first / weight;
      const variance = Math.max(second / weight - shift * shift, 0);
      means[k * width + d] = mean + shift;
      logDeviations[k * width + d] = Math.max(lowestLogDeviation, 0.5 * Math.log(variance));
    }
  }
}

/** Values with at least one observed feature, at most as many as the fit takes, [n, D] with their mask. */
function spreadValues({ values, mask, featureSize: width }: WindowSet) {
  const observed: number[] = [];
  for (let row = 0; row < values.length / width; row++) {
    if (mask.subarray(row * width, (row + 1) * width).some((value) => value > 0)) observed.push(row);
  }
  const count = Math.min(largestSample, observed.length);
  const rows = Array.from(
    { length: count },
    (_, i) => observed[Math.floor((i * observed.length) / count)] as number,
  );
  const pick = (source: Float32Array) =>
    Float64Array.from({ length: count * width }, (_, i) => {
      return source[(rows[Math.floor(i / width)] as number) * width + (i % width)] as number;
    });
  return { values: pick(values), mask: pick(mask), width };
}
