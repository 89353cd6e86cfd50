import type { Method } from './types.ts';
import { klFormula, likelihoodFormula, variational } from './variational.ts';

/** The usual latent diffusion: a variational autoencoder, then a diffusion on its detached samples. */
export const latentDiffusion: Method = {
  ...variational,
  name: 'latent-diffusion',
  label: 'Latent diffusion',
  summary:
    'A variational autoencoder first: the KL term pulls every posterior to N(0, I), and may pull it empty.',
  formula: `${likelihoodFormula} + \\beta\\, ${klFormula}`,
};
