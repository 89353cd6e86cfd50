import { named } from './descriptions.ts';
import { inverseLipschitz } from './inverseLipschitz.ts';
import { klAnnealing } from './klAnnealing.ts';
import { latentDiffusion } from './latentDiffusion.ts';
import { mutualInformation } from './mutualInformation.ts';
import { posteriorStable } from './posteriorStable.ts';
import { skipConnections } from './skipConnections.ts';
import type { Method } from './types.ts';
import { vae } from './vae.ts';
import { variableMasking } from './variableMasking.ts';

/** Every method, in the order the page lists them. */
export const methods: readonly Method[] = [
  latentDiffusion,
  posteriorStable,
  klAnnealing,
  variableMasking,
  skipConnections,
  mutualInformation,
  inverseLipschitz,
  vae,
];

/** @throws RangeError naming the methods there are */
export function methodByName(name: string): Method {
  return named(methods, name);
}
