import { plainWiring } from '../layers/latentPath.ts';
import type { Method } from './types.ts';
import { klFormula, variational } from './variational.ts';

/** Latent diffusion whose decoder meets z at every position, at its input and at its output (Dieng et al. 2019). */
export const skipConnections: Method = {
  ...variational,
  name: 'skip-connections',
  label: 'Latent diffusion + skip connections',
  summary: 'z is joined to every input of the decoder and to its output, so that it cannot be forgotten.',
  formula: `-\\textstyle\\sum_t \\log p(x_t \\mid z, [x; z]_{<t}) + \\beta\\, ${klFormula}`,
  wiring: () => ({ ...plainWiring, skip: true }),
};
