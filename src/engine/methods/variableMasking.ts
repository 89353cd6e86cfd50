import { plainWiring } from '../layers/latentPath.ts';
import type { Method } from './types.ts';
import { klFormula, variational } from './variational.ts';

/** Latent diffusion whose decoder misses some of its own past in training, and has to ask z (Bowman et al. 2016). */
export const variableMasking: Method = {
  ...variational,
  name: 'variable-masking',
  label: 'Latent diffusion + variable masking',
  summary: 'In training the value fed to the decoder is often replaced by a learned mask token.',
  formula: `-\\textstyle\\sum_t \\log p(x_t \\mid z, \\tilde x_{<t}) + \\beta\\, ${klFormula}`,
  options: ['klWeight', 'maskProbability'],
  wiring: ({ maskProbability }) => ({ ...plainWiring, maskProbability }),
};
