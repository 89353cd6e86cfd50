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
  const method = methods.find((candidate) => candidate.name === name);
  if (!method)
    throw new RangeError(`no method '${name}'; there are ${methods.map((m) => m.name).join(', ')}`);
  return method;
}
