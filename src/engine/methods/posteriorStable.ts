import { qSample } from '../diffusion/qSample.ts';
import { batchNorm, encoder } from '../layers/encoder.ts';
import { likelihoodLoss } from './likelihood.ts';
import type { Method } from './types.ts';

/**
 * The paper's method: the encoder's v is read as the clean end of a diffusion. Latents a little noised (i <= N) must
 * explain the series (L_VI); latents drowned in noise (k >= M) must not (L_CS). No KL.
 */
export const posteriorStable: Method = {
  name: 'posterior-stable',
  label: 'Posterior-stable',
  summary: 'Diffuses the latent itself: little noise must keep the series decodable, much noise must not.',
  formula:
    '\\mathbb{E}_{i \\le N}\\bigl[-\\bar\\alpha_{\\gamma i} \\textstyle\\sum_t \\log p(x_t \\mid z_i, x_{<t})\\bigr] + \\lambda\\, \\mathbb{E}_{k \\ge M}\\bigl[(1 - \\bar\\alpha_{\\lceil k/\\eta \\rceil}) \\textstyle\\sum_t P_t(z_k)\\bigr]',
  headsPerLatent: 1,
  normalised: true,

  encode(builder, model, { x, mask }) {
    return batchNorm(builder, 'v', encoder(builder, model, x, mask), model.running);
  },

  record(context) {
    const { builder, model, batch, randomness, tables, numTimesteps, options } = context;
    const series = batch.x.dim(1);
    const v = this.encode(builder, model, batch);
    const inference = { count: series, low: 0, high: options.inferenceEnd };
    const collapse = { count: series, low: options.collapseStart, high: numTimesteps };
    // Both decoder passes are stacked into one batch of 2B; without the penalty there is only the first.
    const timestep = randomness.integers(
      'latent timestep',
      options.lambdaCS > 0 ? [inference, collapse] : [inference],
    );
    const noise = randomness.normal('latent noise', [timestep.size, v.dim(1)]);
    const z = qSample(builder, 'z', { v, noise, timestep, schedule: tables.schedule });
    return {
      latents: v,
      likelihoodLoss: likelihoodLoss(context, z, timestep, options.lambdaCS),
      klLoss: builder.tensor('no kl', [series]),
      lambda: options.lambdaCS,
      klWeight: 0,
    };
  },
};
