import type { Config } from './config.ts';

/**
 * The config of a short run of the posterior-stable method, which is measured once, at its end. No step is spent on the denoiser
 * alone: nothing that is measured of a pilot run depends on it.
 * @param change settings of the method in which the run differs @param steps of the optimiser
 */
export function pilotConfig(config: Config, change: Partial<Config['method']>, steps: number): Config {
  return {
    ...config,
    method: { ...config.method, name: 'posterior-stable', ...change },
    train: {
      ...config.train,
      steps,
      warmup: Math.min(config.train.warmup, Math.floor(steps / 10)),
      denoiserShare: 0,
      validations: 0,
    },
    evaluate: { ...config.evaluate, times: 1, early: 0, latents: 'encoded' },
  };
}
