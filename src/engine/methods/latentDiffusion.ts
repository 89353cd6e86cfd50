import { klBackward, klForward } from '../kernels/objective.ts';
import { encoder } from '../layers/encoder.ts';
import { likelihoodLoss } from './likelihood.ts';
import type { Method } from './types.ts';

/** The usual latent diffusion: a variational autoencoder, then a diffusion on its detached samples. */
export const latentDiffusion: Method = {
  name: 'latent-diffusion',
  label: 'Latent diffusion',
  summary:
    'A variational autoencoder first: the KL term pulls every posterior to N(0, I), and may pull it empty.',
  formula:
    '-\\textstyle\\sum_t \\log p(x_t \\mid z, x_{<t}) + \\beta\\, \\mathrm{KL}\\bigl(q(z \\mid X)\\,\\|\\,N(0, I)\\bigr)',
  headsPerLatent: 2,
  normalised: false,

  encode(builder, model, { x, mask }) {
    const statistics = encoder(builder, model, x, mask);
    const z = builder.tensor('posterior mean', [x.dim(1), model.shape.latentSize]);
    const kl = builder.tensor('kl', [x.dim(1)]);
    klForward(builder, { statistics, noise: builder.none, z, kl }, false);
    return z;
  },

  record(context) {
    const { builder, model, batch, randomness, options } = context;
    const series = batch.x.dim(1);
    const statistics = encoder(builder, model, batch.x, batch.mask);
    const noise = randomness.normal('latent noise', [series, model.shape.latentSize]);
    const z = builder.tensor('z', noise.shape, true);
    const kl = builder.tensor('kl', [series]);
    klForward(builder, { statistics, noise, z, kl }, true);
    builder.onBackward(() => {
      const dZ = builder.gradient(z);
      const dStatistics = dZ && builder.gradientTarget(statistics);
      if (dStatistics) {
        klBackward(
          builder,
          { statistics, noise, dZ, dStatistics: dStatistics.tensor },
          options.klWeight / series,
        );
      }
    });
    // Timestep 0 everywhere: alphaBar_0 = 1 weighs every series by 1. The tensor is never written, so it holds zeros.
    const timestep = builder.tensor('timestep 0', [series]);
    return {
      latents: z,
      likelihoodLoss: likelihoodLoss(context, z, timestep, 0),
      klLoss: kl,
      lambda: 0,
      klWeight: options.klWeight,
    };
  },
};
