import type { Backbone } from './backbone.ts';
import { lstmBackbone } from './lstmBackbone.ts';
import { transformerBackbone } from './transformerBackbone.ts';

/** Every backbone, in the order the page lists them. */
export const backbones: readonly Backbone[] = [lstmBackbone, transformerBackbone];

/** @throws RangeError naming the backbones there are */
export function backboneByName(name: string): Backbone {
  const backbone = backbones.find((candidate) => candidate.name === name);
  if (!backbone)
    throw new RangeError(`no backbone '${name}'; there are ${backbones.map((b) => b.name).join(', ')}`);
  return backbone;
}
