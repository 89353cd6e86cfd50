import { type MixtureShape, mixtureBackward, mixtureForward, mixtureStep } from '../../kernels/mixture.ts';
import { descriptions, type LikelihoodDescription } from './descriptions.ts';
import type { Likelihood, LikelihoodShape } from './likelihood.ts';

/** Standard deviation of the components' means at the start, so that they do not all begin as one. */
const spreadOfMeans = 0.7;

/**
 * sum_k w_k N(m_k, cov_k): a head [K logits, K D means, K D raw deviations] and, where features covary, K D (D - 1) / 2 raw
 * entries of B; the residual (I - B)(x - m)/s is standard normal, so that the density needs no solve, and its determinant is
 * that of s (docs/methods.md, Likelihoods).
 */
function mixtureOf(description: LikelihoodDescription, full: boolean): Likelihood {
  const kernels = ({ components, sigma }: LikelihoodShape): MixtureShape => ({ components, full, sigma });
  const headSize = ({ components, featureSize: width }: LikelihoodShape) =>
    components * (1 + 2 * width + (full ? (width * (width - 1)) / 2 : 0));
  return {
    ...description,
    headSize,
    noiseSize: ({ featureSize }) => featureSize + 1,
    drawnByFeature: false,
    startOfBias: ({ components, featureSize }) => ({
      wide: { from: components, to: components * (1 + featureSize), bound: spreadOfMeans * Math.sqrt(3) },
    }),
    forward: (builder, tensors, shape) => mixtureForward(builder, tensors, kernels(shape)),
    backward: (builder, tensors, shape) => mixtureBackward(builder, tensors, kernels(shape)),
    step: (builder, tensors, shape) => mixtureStep(builder, tensors, kernels(shape)),
    means(heads, shape) {
      const { components, featureSize } = shape;
      const size = headSize(shape);
      const rows = heads.length / size;
      const means = new Float32Array(rows * featureSize);
      for (let row = 0; row < rows; row++) {
        const head = heads.subarray(row * size, (row + 1) * size);
        const top = Math.max(...head.subarray(0, components));
        const weights = Array.from(head.subarray(0, components), (logit) => Math.exp(logit - top));
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        for (let d = 0; d < featureSize; d++) {
          const sum = weights.reduce(
            (mean, weight, k) => mean + weight * (head[components + k * featureSize + d] as number),
            0,
          );
          means[row * featureSize + d] = sum / total;
        }
      }
      return means;
    },
  };
}

export const mixture = mixtureOf(descriptions.mixture, false);
export const mixtureFull = mixtureOf(descriptions['mixture-full'], true);
