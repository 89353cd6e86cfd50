import { latentDiffusion } from './latentDiffusion.ts';
import { posteriorStable } from './posteriorStable.ts';
import type { Method } from './types.ts';

/** Every method, in the order the page lists them. */
export const methods: readonly Method[] = [latentDiffusion, posteriorStable];

/** @throws RangeError naming the methods there are */
export function methodByName(name: string): Method {
  const method = methods.find((candidate) => candidate.name === name);
  if (!method)
    throw new RangeError(`no method '${name}'; there are ${methods.map((m) => m.name).join(', ')}`);
  return method;
}
