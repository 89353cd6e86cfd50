import { descriptions } from './descriptions.ts';
import type { Method } from './types.ts';
import { variational } from './variational.ts';

/** The usual latent diffusion: a variational autoencoder, then a diffusion on its detached samples. */
export const latentDiffusion: Method = {
  ...variational,
  ...descriptions.latentDiffusion,
};
