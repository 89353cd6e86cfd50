import { prepare } from '../../src/engine/data/windows.ts';
import type { Gpu } from '../../src/engine/gpu/device.ts';
import { type Config, parseConfig } from '../../src/engine/train/config.ts';
import { Trainer } from '../../src/engine/train/trainer.ts';
import { normalSeries } from '../reference/random.ts';
import type { Counters } from './counters.ts';

/** As many positions, and as many features, as a run is promised to take. */
export const largeSizes = [
  { T: 1024, D: 2 },
  { T: 24, D: 128 },
] as const;

/** What {@link trainLarge} sets unless told otherwise: small, so that it takes seconds. */
export const largeRun = { batchSize: 2, hidden: 16, layers: 1, steps: 4 };

/**
 * The first steps of a run of the posterior-stable method, by the trainer itself, with all that it allocates for later.
 * @param counters of the device; nothing else may allocate meanwhile
 * @param sizes in place of those of `largeRun` @param evaluate settings of the one evaluation, at step 0
 * @returns bytes as estimated without a GPU, the most bytes of buffers that lived during the run, losses by step, seconds a step
 */
export async function trainLarge(
  gpu: Gpu,
  counters: Counters,
  backbone: Config['model']['backbone'],
  { T, D }: { T: number; D: number },
  { evaluate = {}, ...sizes }: Partial<typeof largeRun> & { evaluate?: Partial<Config['evaluate']> } = {},
) {
  const { batchSize, hidden, layers, steps } = { ...largeRun, ...sizes };
  const config = parseConfig({
    data: { window: T, stride: T },
    model: { backbone, hiddenSize: hidden, layers, heads: 2 },
    train: { batchSize, validations: 0 },
    evaluate: { times: 1, dependenceSeries: 2, ...evaluate },
  });
  const data = prepare(normalSeries(20, T, D), config.data);
  const estimate = Trainer.needs(config, data).bytes;
  const losses: number[] = [];
  counters.peakBytes = counters.bytes;
  const before = counters.bytes;
  const trainer = await Trainer.create(gpu, config, data, (event) => {
    if (event.type === 'losses') losses.push(...event.rows.map(({ total }) => total));
    if (losses.length >= steps) void trainer.pause();
  });
  const start = performance.now();
  await trainer.run();
  const seconds = (performance.now() - start) / 1000 / trainer.completedSteps;
  trainer.destroy();
  return { estimate, allocated: counters.peakBytes - before, losses, seconds };
}
