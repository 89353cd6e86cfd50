import type { Method } from './types.ts';
import { klFormula, likelihoodFormula, variational } from './variational.ts';

/** A variational autoencoder alone (Kingma and Welling 2014): new latents are drawn from the prior, with no diffusion. */
export const vae: Method = {
  ...variational,
  name: 'vae',
  label: 'Variational autoencoder',
  summary: 'The same autoencoder without a diffusion: new series start from z drawn from N(0, I).',
  formula: `${likelihoodFormula} + \\beta\\, ${klFormula}`,
  terms: ['vi', 'kl'],
  sampler: 'prior',
};
