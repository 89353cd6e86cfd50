import { gaussianBackward, gaussianForward } from '../../kernels/objective.ts';
import { observationStep } from '../../kernels/tokens.ts';
import { descriptions } from './descriptions.ts';
import type { Likelihood } from './likelihood.ts';

/** N(mu, diag sigma^2): a head [mu, raw], log sigma = low + range sigmoid(raw). */
export const gaussian: Likelihood = {
  ...descriptions.gaussian,
  headSize: ({ featureSize }) => 2 * featureSize,
  noiseSize: ({ featureSize }) => featureSize,
  drawnByFeature: true,
  forward: (builder, tensors, { sigma }) => gaussianForward(builder, tensors, sigma),
  backward: (builder, { logLikelihood: _, ...tensors }, { sigma }) =>
    gaussianBackward(builder, tensors, sigma),
  step: (builder, tensors, { sigma }) => observationStep(builder, tensors, sigma),
  means: (heads, { featureSize }) => heads.filter((_, i) => i % (2 * featureSize) < featureSize),
};
