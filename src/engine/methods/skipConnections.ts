import { plainWiring } from '../layers/latentPath.ts';
import { descriptions } from './descriptions.ts';
import type { Method } from './types.ts';
import { variational } from './variational.ts';

/** Latent diffusion whose decoder meets z at every position, at its input and at its output (Dieng et al. 2019). */
export const skipConnections: Method = {
  ...variational,
  ...descriptions.skipConnections,
  wiring: () => ({ ...plainWiring, skip: true }),
};
