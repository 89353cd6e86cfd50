import withSubgroups from '../../../shaders/spread.wgsl?raw';
import alone from '../../../shaders/spread_alone.wgsl?raw';
import type { Prelude } from '../gpu/kernel.ts';

/**
 * `spread`, for kernels in which all threads of a workgroup need the same values: with subgroups each thread reads one of them
 * and hands it round, which on an adapter that reads for each thread apart saves most of the reads.
 */
export const spread: Prelude = ({ subgroups }) => (subgroups ? withSubgroups : alone);
