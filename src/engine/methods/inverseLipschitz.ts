import { plainWiring } from '../layers/latentPath.ts';
import { descriptions } from './descriptions.ts';
import type { Method } from './types.ts';
import { variational } from './variational.ts';

/**
 * Latent diffusion whose z enters the decoder through a Brenier map, which keeps different latents at least L times their
 * distance apart (Kinoshita et al. 2023). The bound holds for the map; what follows it in the decoder is free.
 */
export const inverseLipschitz: Method = {
  ...variational,
  ...descriptions.inverseLipschitz,
  wiring: (options) => ({ ...plainWiring, inverseLipschitz: options.inverseLipschitz }),
};
