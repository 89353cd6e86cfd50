import { qSample } from '../diffusion/qSample.ts';
import type { Tensor } from '../gpu/tensor.ts';
import { permutedNoise } from '../kernels/diffusion.ts';
import { batchNorm, encoder } from '../layers/encoder.ts';
import { plainWiring } from '../layers/latentPath.ts';
import { descriptions } from './descriptions.ts';
import { likelihoodLoss } from './likelihood.ts';
import type { Method, ObjectiveContext } from './types.ts';

/**
 * The paper's method: the encoder's v is read as the clean end of a diffusion. Latents a little noised (i <= N) must
 * explain the series (L_VI); latents drowned in noise (k >= M) must not (L_CS). No KL.
 */
export const posteriorStable: Method = {
  ...descriptions.posteriorStable,
  headsPerLatent: 1,
  normalised: true,
  wiring: () => plainWiring,
  klWeight: () => 0,

  posterior(builder, model, { x, mask }) {
    return batchNorm(builder, 'v', encoder(builder, model, x, mask), model.running);
  },

  latents: (_, v) => v,

  record(context) {
    const { builder, model, batch, randomness, tables, numTimesteps, options } = context;
    const series = batch.x.dim(1);
    const v = this.posterior(builder, model, batch);
    const inference = { count: series, low: 0, high: options.inferenceEnd };
    // Both decoder passes are stacked into one batch. A batch is drawn at random, and so are its first series: their mean
    // penalty is that of all, of more variance and at less cost. A validation, which is rare, takes them all.
    const share = builder.training ? options.penaltyShare : 1;
    const penalised = options.lambdaCS > 0 ? Math.ceil(share * series) : 0;
    const collapse = { count: penalised, low: options.collapseStart, high: numTimesteps };
    const timestep = randomness.integers(
      'latent timestep',
      penalised > 0 ? [inference, collapse] : [inference],
    );
    const noise = randomness.normal('latent noise', [series + penalised, v.dim(1)]);
    permuteNegatives(context, v, noise);
    const z = qSample(builder, 'z', { v, noise, timestep, schedule: tables.schedule });
    return {
      latents: v,
      likelihoodLoss: likelihoodLoss(context, z, timestep, options.lambdaCS),
      klLoss: builder.tensor('no kl', [series]),
      lambda: options.lambdaCS,
    };
  },
};

/**
 * In the penalty rows of `perm`, and in the later half of those of `mix`, the noise becomes another series' v, detached: then
 * z_k is as real as any latent, and only its content is wrong. `tail`, the paper's, leaves N(0, I).
 */
function permuteNegatives(context: ObjectiveContext, v: Tensor, noise: Tensor): void {
  const { builder, randomness, options } = context;
  const series = v.dim(0);
  const penalised = noise.dim(0) - series;
  const first = { tail: penalised, mix: Math.ceil(penalised / 2), perm: 0 }[options.negatives];
  if (first === penalised) return;
  const offset = randomness.integers('negative', [{ count: penalised - first, low: 1, high: series - 1 }]);
  permutedNoise(builder, { v, offset, noise }, { start: series + first, first });
}
