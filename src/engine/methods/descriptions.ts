import type { MethodDescription } from './types.ts';

/** TeX of the negative log-likelihood, and of the KL term. */
const likelihood = '-\\textstyle\\sum_t \\log p(x_t \\mid z, x_{<t})';
const kl = '\\mathrm{KL}\\bigl(q(z \\mid X)\\,\\|\\,N(0, I)\\bigr)';

/** What every method on a variational autoencoder has in common. */
const variational = {
  terms: ['vi', 'kl', 'dm'],
  options: ['klWeight'],
  sampler: 'diffusion',
} as const;

/**
 * What each method says of itself, in the order the page lists them. It is plain data, apart from the objectives, so that a
 * page that only names methods loads no kernels.
 */
export const descriptions = {
  latentDiffusion: {
    ...variational,
    name: 'latent-diffusion',
    label: 'Latent diffusion',
    summary:
      'A variational autoencoder first: the KL term pulls every posterior to N(0, I), and may pull it empty.',
    formula: `${likelihood} + \\beta\\, ${kl}`,
  },
  posteriorStable: {
    name: 'posterior-stable',
    label: 'Posterior-stable',
    summary: 'Diffuses the latent itself: little noise must keep the series decodable, much noise must not.',
    formula:
      '\\mathbb{E}_{i \\le N}\\bigl[-\\bar\\alpha_{\\gamma i} \\textstyle\\sum_t \\log p(x_t \\mid z_i, x_{<t})\\bigr] + \\lambda\\, \\mathbb{E}_{k \\ge M}\\bigl[(1 - \\bar\\alpha_{\\lceil k/\\eta \\rceil}) \\textstyle\\sum_t P_t(z_k)\\bigr]',
    terms: ['vi', 'cs', 'dm'],
    options: [
      'inferenceEnd',
      'collapseStart',
      'gamma',
      'eta',
      'lambdaCS',
      'penalty',
      'penaltyShare',
      'negatives',
      'reference',
    ],
    sampler: 'diffusion',
  },
  klAnnealing: {
    ...variational,
    name: 'kl-annealing',
    label: 'Latent diffusion + KL annealing',
    summary: 'The weight of the KL term rises from 0 in the course of training, once or in cycles.',
    formula: `${likelihood} + \\beta(\\mathrm{step})\\, ${kl}`,
    options: ['klWeight', 'klSchedule', 'klRamp', 'klCycles'],
  },
  variableMasking: {
    ...variational,
    name: 'variable-masking',
    label: 'Latent diffusion + variable masking',
    summary: 'In training the value fed to the decoder is often replaced by a learned mask token.',
    formula: `-\\textstyle\\sum_t \\log p(x_t \\mid z, \\tilde x_{<t}) + \\beta\\, ${kl}`,
    options: ['klWeight', 'maskProbability'],
  },
  skipConnections: {
    ...variational,
    name: 'skip-connections',
    label: 'Latent diffusion + skip connections',
    summary: 'z is joined to every input of the decoder and to its output, so that it cannot be forgotten.',
    formula: `-\\textstyle\\sum_t \\log p(x_t \\mid z, [x; z]_{<t}) + \\beta\\, ${kl}`,
  },
  mutualInformation: {
    ...variational,
    name: 'mutual-information',
    label: 'Latent diffusion + mutual information',
    summary: 'A bound over several latents per series that pays for the information z holds.',
    formula:
      '-(1 - \\lambda) \\log p_K(X) - \\lambda \\textstyle\\sum_k w_k \\log p(X \\mid z_k),\\quad w = \\mathrm{softmax}_k \\log \\frac{p(X, z_k)}{q(z_k \\mid X)}',
    options: ['mutualInformation', 'importanceSamples'],
  },
  inverseLipschitz: {
    ...variational,
    name: 'inverse-lipschitz',
    label: 'Latent diffusion + inverse Lipschitz',
    summary: 'z passes a map that never brings two latents closer than L times their distance.',
    formula: `-\\textstyle\\sum_t \\log p(x_t \\mid \\nabla(\\psi + \\tfrac{L}{2} \\|\\cdot\\|^2)(z), x_{<t}) + \\beta\\, ${kl}`,
    options: ['klWeight', 'inverseLipschitz'],
  },
  vae: {
    ...variational,
    name: 'vae',
    label: 'Variational autoencoder',
    summary: 'The same autoencoder without a diffusion: new series start from z drawn from N(0, I).',
    formula: `${likelihood} + \\beta\\, ${kl}`,
    terms: ['vi', 'kl'],
    sampler: 'prior',
  },
} as const satisfies Record<string, MethodDescription>;

/** Every method's description, in that order. */
export const methodDescriptions: readonly MethodDescription[] = Object.values(descriptions);

/** @throws RangeError naming the methods there are */
export function describedMethod(name: string): MethodDescription {
  return named(methodDescriptions, name);
}

/** @throws RangeError naming the methods there are */
export function named<T extends MethodDescription>(all: readonly T[], name: string): T {
  const method = all.find((candidate) => candidate.name === name);
  if (!method) throw new RangeError(`no method '${name}'; there are ${all.map((m) => m.name).join(', ')}`);
  return method;
}
