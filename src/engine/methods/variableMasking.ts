import { plainWiring } from '../layers/latentPath.ts';
import { descriptions } from './descriptions.ts';
import type { Method } from './types.ts';
import { variational } from './variational.ts';

/** Latent diffusion whose decoder misses some of its own past in training, and has to ask z (Bowman et al. 2016). */
export const variableMasking: Method = {
  ...variational,
  ...descriptions.variableMasking,
  wiring: ({ maskProbability }) => ({ ...plainWiring, maskProbability }),
};
