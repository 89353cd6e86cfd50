import { descriptions } from './descriptions.ts';
import type { Method } from './types.ts';
import { variational } from './variational.ts';

/** A variational autoencoder alone (Kingma and Welling 2014): new latents are drawn from the prior, with no diffusion. */
export const vae: Method = {
  ...variational,
  ...descriptions.vae,
};
