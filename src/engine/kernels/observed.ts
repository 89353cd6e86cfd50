import source from '../../../shaders/observed.wgsl?raw';
import type { Prelude } from '../gpu/kernel.ts';

/** `observed(position)`, for kernels that leave out the positions at which nothing is observed. */
export const observed: Prelude = () => source;
