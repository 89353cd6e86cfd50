import { plainWiring } from '../layers/latentPath.ts';
import type { Method } from './types.ts';
import { klFormula, variational } from './variational.ts';

/**
 * Latent diffusion whose z enters the decoder through a Brenier map, which keeps different latents at least L times their
 * distance apart (Kinoshita et al. 2023). The bound holds for the map; what follows it in the decoder is free.
 */
export const inverseLipschitz: Method = {
  ...variational,
  name: 'inverse-lipschitz',
  label: 'Latent diffusion + inverse Lipschitz',
  summary: 'z passes a map that never brings two latents closer than L times their distance.',
  formula: `-\\textstyle\\sum_t \\log p(x_t \\mid \\nabla(\\psi + \\tfrac{L}{2} \\|\\cdot\\|^2)(z), x_{<t}) + \\beta\\, ${klFormula}`,
  options: ['klWeight', 'inverseLipschitz'],
  wiring: (options) => ({ ...plainWiring, inverseLipschitz: options.inverseLipschitz }),
};
