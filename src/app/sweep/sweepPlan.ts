import type { Config } from '../../engine/train/config.ts';
import { pilotConfig } from '../../engine/train/pilotConfig.ts';

/** Ends N of the inference zone and starts M of the collapse zone, as many of each, spread over 0..0.09 L and 0.1 L..0.9 L. */
export function sweepAxes(size: number, numTimesteps: number): { ends: number[]; starts: number[] } {
  const spread = (low: number, high: number) =>
    Array.from({ length: size }, (_, k) =>
      Math.round(numTimesteps * (low + ((high - low) * k) / (size - 1))),
    );
  return { ends: spread(0, 0.09), starts: spread(0.1, 0.9) };
}

/** The configs of a sweep, row by row: M changes fastest. */
export function sweepConfigs(config: Config, size: number, steps: number): Config[] {
  const { ends, starts } = sweepAxes(size, config.diffusion.numTimesteps);
  return ends.flatMap((inferenceEnd) =>
    starts.map((collapseStart) => pilotConfig(config, { inferenceEnd, collapseStart }, steps)),
  );
}
