import { klBackward, klForward } from '../kernels/objective.ts';
import { encoder } from '../layers/encoder.ts';
import { plainWiring } from '../layers/latentPath.ts';
import { likelihoodLoss } from './likelihood.ts';
import type { Method, MethodDescription } from './types.ts';

/** What every method on a variational autoencoder has in common; each changes what its own file says. */
export const variational = {
  headsPerLatent: 2,
  normalised: false,
  wiring: () => plainWiring,
  klWeight: ({ klWeight }) => klWeight,

  posterior: (builder, model, { x, mask }) => encoder(builder, model, x, mask),

  latents(builder, posterior, noise) {
    const [rows, width] = posterior.shape as [number, number];
    const z = builder.tensor(noise ? 'posterior sample' : 'posterior mean', [rows, width / 2]);
    const kl = builder.tensor('kl', [rows]);
    klForward(builder, { statistics: posterior, noise: noise ?? builder.none, z, kl }, noise !== undefined);
    return z;
  },

  record(context) {
    const { builder, model, batch, randomness, tables, clock } = context;
    const series = batch.x.dim(1);
    const statistics = encoder(builder, model, batch.x, batch.mask);
    const noise = randomness.normal('latent noise', [series, model.shape.latentSize]);
    const z = builder.tensor('z', noise.shape, true);
    const kl = builder.tensor('kl', [series]);
    klForward(builder, { statistics, noise, z, kl }, true);
    builder.onBackward(() => {
      const dZ = builder.gradient(z);
      const dStatistics = dZ && builder.gradientTarget(statistics)?.tensor;
      const { klWeights } = tables;
      if (dStatistics) klBackward(builder, { clock, klWeights, statistics, noise, dZ, dStatistics });
    });
    // Timestep 0 everywhere: alphaBar_0 = 1 weighs every series by 1. The tensor is never written, so it holds zeros.
    const timestep = builder.tensor('timestep 0', [series]);
    return { latents: z, likelihoodLoss: likelihoodLoss(context, z, timestep, 0), klLoss: kl, lambda: 0 };
  },
} satisfies Omit<Method, keyof MethodDescription>;
