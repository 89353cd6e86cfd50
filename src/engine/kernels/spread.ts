import rowsInTurn from '../../../shaders/rows_in_turn.wgsl?raw';
import withSubgroups from '../../../shaders/spread.wgsl?raw';
import alone from '../../../shaders/spread_alone.wgsl?raw';
import type { Gpu } from '../gpu/device.ts';
import type { Prelude } from '../gpu/kernel.ts';

/**
 * `spread`, for kernels in which all threads of a workgroup need the same values: with subgroups each thread reads one of them
 * and hands it round, which on an adapter that reads for each thread apart saves most of the reads.
 */
export const spread: Prelude = ({ subgroups }) => (subgroups ? withSubgroups : alone);

/** `spread`, and a tile of so many rows a thread, taken in turn as suits the device; see rows_in_turn.wgsl. */
export const tileOf =
  (rows: (gpu: Gpu) => number): Prelude =>
  (gpu) =>
    `${spread(gpu)}const ROWS = ${rows(gpu)}u;\nconst MOVING = ${gpu.movingRows};\n${rowsInTurn}`;

/**
 * One of two ways to share a kernel's work among threads (see `Gpu.fine`), in WGSL that stands before the kernel.
 * @param reads what the coarse way takes for granted
 */
export const cut =
  (coarse: string, fine: string, reads: Prelude = spread): Prelude =>
  (gpu) =>
    gpu.fine ? fine : reads(gpu) + coarse;
