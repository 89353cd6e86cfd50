import type { Config } from '../../engine/train/config.ts';

/** Ends N of the inference zone and starts M of the collapse zone, as many of each, spread over 0..0.09 L and 0.1 L..0.9 L. */
export function sweepAxes(size: number, numTimesteps: number): { ends: number[]; starts: number[] } {
  const spread = (low: number, high: number) =>
    Array.from({ length: size }, (_, k) =>
      Math.round(numTimesteps * (low + ((high - low) * k) / (size - 1))),
    );
  return { ends: spread(0, 0.09), starts: spread(0.1, 0.9) };
}

/** The configs of a sweep, row by row: M changes fastest. Each is evaluated once, at its end. */
export function sweepConfigs(config: Config, size: number, steps: number): Config[] {
  const { ends, starts } = sweepAxes(size, config.diffusion.numTimesteps);
  return ends.flatMap((inferenceEnd) =>
    starts.map((collapseStart) => ({
      ...config,
      method: { ...config.method, name: 'posterior-stable', inferenceEnd, collapseStart },
      train: {
        ...config.train,
        steps,
        warmup: Math.min(config.train.warmup, Math.floor(steps / 10)),
        validations: 0,
      },
      evaluate: { ...config.evaluate, times: 1, early: 0 },
    })),
  );
}
