import { gaussian } from './gaussian.ts';
import type { Likelihood } from './likelihood.ts';
import { mixture, mixtureFull } from './mixture.ts';

export type { Likelihood, LikelihoodShape } from './likelihood.ts';

/** Every likelihood, in the order the page lists them. */
export const likelihoods: readonly Likelihood[] = [gaussian, mixture, mixtureFull];

/** @throws RangeError naming the likelihoods there are */
export function likelihoodByName(name: string): Likelihood {
  const likelihood = likelihoods.find((candidate) => candidate.name === name);
  if (!likelihood)
    throw new RangeError(
      `no likelihood '${name}'; there are ${likelihoods.map((one) => one.name).join(', ')}`,
    );
  return likelihood;
}
