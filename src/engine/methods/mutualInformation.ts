import {
  importanceLatentsBackward,
  importanceLatentsForward,
  importanceObjective,
} from '../kernels/importance.ts';
import { encoder } from '../layers/encoder.ts';
import { descriptions } from './descriptions.ts';
import { logLikelihoods } from './likelihood.ts';
import type { Method } from './types.ts';
import { variational } from './variational.ts';

/**
 * Latent diffusion trained on a bound of K samples that is held to keep information in z (Melis et al. 2022): maximise
 * (1 - lambda) log p_K + lambda sum_k w_k log p(X | z_k), log p_K = log mean_k p(X, z_k) / q(z_k | X), w the importance
 * weights. Minus that is `vi` + (1 - lambda) `kl`, vi = -sum_k w_k log p(X | z_k), kl = -vi - log p_K: an estimate of the
 * KL divergence of p(z | X) from the prior. With K = 1 it is a beta-VAE, beta = 1 - lambda, whose KL is sampled. Gradients
 * flow through the weights too: the objective is differentiated as a whole.
 */
export const mutualInformation: Method = {
  ...variational,
  ...descriptions.mutualInformation,
  klWeight: (options) => 1 - options.mutualInformation,

  record(context) {
    const { builder, model, batch, randomness, options } = context;
    const series = batch.x.dim(1);
    const rows = options.importanceSamples * series;
    const statistics = encoder(builder, model, batch.x, batch.mask);
    const noise = randomness.normal('latent noise', [rows, model.shape.latentSize]);
    const z = builder.tensor('z', noise.shape, true);
    const logRatio = builder.tensor('log p(z) - log q(z | X)', [rows], true);
    importanceLatentsForward(builder, { statistics, noise, z, logRatio });
    builder.onBackward(() => {
      const [dZ, dLogRatio] = [builder.gradient(z), builder.gradient(logRatio)];
      const dStatistics = builder.gradientTarget(statistics)?.tensor;
      if (dZ && dLogRatio && dStatistics)
        importanceLatentsBackward(builder, { statistics, noise, z, dZ, dLogRatio, dStatistics });
    });
    const logLikelihood = logLikelihoods(context, z);
    const [loss, kl] = [builder.tensor('likelihood loss', [series]), builder.tensor('kl', [series])];
    const gradientOf = (tensor: typeof z) =>
      builder.gradientTarget(tensor)?.tensor ?? builder.tensor(`unused d ${tensor.label}`, tensor.shape);
    importanceObjective(
      builder,
      {
        logLikelihood,
        logRatio,
        loss,
        kl,
        dLogLikelihood: gradientOf(logLikelihood),
        dLogRatio: gradientOf(logRatio),
        summed: builder.tensor('log p(X | z_k)', [rows]),
      },
      options.mutualInformation,
    );
    // The first sample of each series is one draw of q(z | X), which is what the diffusion learns.
    return { latents: z.prefix(series), likelihoodLoss: loss, klLoss: kl, lambda: 0 };
  },
};
