import { pageDefaults } from '../../src/app/settings/index.ts';
import { closeGpu } from '../../src/engine/gpu/device.ts';
import type { Config } from '../../src/engine/train/config.ts';
import { Trainer } from '../../src/engine/train/trainer.ts';
import { readData } from '../../src/node/commands/readData.ts';
import { openNodeGpu } from '../../src/node/gpu.ts';

/** Percentage points between what two decoders take from z at the last position, from which on their curves have parted. */
export const apart = 25;

/** When the curves had parted: the step, and seconds from the press of the button, or from when the trainers were made. */
export interface Parting {
  step: number;
  seconds: number;
}

/**
 * Trains what the page's Train both live trains, without the page: by the same engine, on the adapter of the headless command.
 * @returns undefined where the curves never part
 */
export async function partedHeadless(): Promise<{ adapter: string; parting?: Parting }> {
  const gpu = await openNodeGpu();
  const method = (name: Config['method']['name']): Config => ({
    ...pageDefaults,
    method: { ...pageDefaults.method, name },
  });
  const { data } = await readData(pageDefaults);
  const start = performance.now();
  const shares = new Map<number, number[]>();
  let parting: Parting | undefined;
  const configs = [method('latent-diffusion'), method('posterior-stable')];
  const trainers = await Promise.all(
    configs.map((config, k) =>
      Trainer.create(gpu, config, data, (event) => {
        if (event.type !== 'dependence' || parting) return;
        const { step, points } = event.curve;
        const both = shares.get(step) ?? [];
        shares.set(step, both);
        both[k] = points.at(-1)?.m0 ?? Number.NaN;
        const [left, right] = both;
        if (left === undefined || right === undefined || 100 * (right - left) < apart) return;
        parting = { step, seconds: (performance.now() - start) / 1000 };
        for (const trainer of trainers) void trainer.pause();
      }),
    ),
  );
  await Promise.all(trainers.map((trainer) => trainer.run()));
  for (const trainer of trainers) trainer.destroy();
  closeGpu(gpu);
  return { adapter: gpu.adapterName, parting };
}
