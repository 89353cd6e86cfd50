import { descriptions } from './descriptions.ts';
import type { Method, MethodOptions } from './types.ts';
import { variational } from './variational.ts';

/** Latent diffusion whose KL term sets in late, so that the decoder learns to read z first (Bowman et al. 2016). */
export const klAnnealing: Method = {
  ...variational,
  ...descriptions.klAnnealing,
  klWeight: (options, progress) => options.klWeight * annealing(options, progress),
};

/**
 * Share of the full KL weight: `linear` and `logistic` rise over the first klRamp of the joint phase and stay; `cyclical`
 * rises linearly over the first klRamp of each of klCycles cycles (Fu et al. 2019).
 * @param progress share of the joint phase that is done
 */
function annealing({ klSchedule, klRamp, klCycles }: MethodOptions, progress: number): number {
  if (progress >= 1) return 1; // and not the start of a cycle more
  if (klSchedule === 'cyclical') return Math.min(1, ((progress * klCycles) % 1) / klRamp);
  const risen = Math.min(1, progress / klRamp);
  if (klSchedule === 'linear' || risen === 1) return risen;
  return 1 / (1 + Math.exp(-12 * (risen - 0.5))); // from 0.0025 to 0.9975 over the ramp
}
