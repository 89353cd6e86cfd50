import { spreadWindows } from '../data/selectWindows.ts';
import type { PreparedData } from '../data/types.ts';
import type { Gpu } from '../gpu/device.ts';
import { control } from '../metrics/control.ts';
import { lastThird } from '../metrics/dependenceSummary.ts';
import type { Config } from './config.ts';
import type { DependenceCurve, SweepEvent } from './protocol.ts';
import { Trainer } from './trainer.ts';

/** Through which a sweep is stopped: `asked` is set, and the trainer there is, if any, is paused. */
export interface SweepStop {
  asked: boolean;
  trainer?: Pick<Trainer, 'pause'>;
}

/**
 * Trains a short run of each config, one after the other, and reports what each decoder takes from z: m_{t,0} over the last
 * third and control, on held-out windows. A run that fails is a result with its reason.
 * @throws GpuError when the adapter cannot hold a run
 */
export async function sweep(
  gpu: Gpu,
  configs: readonly Config[],
  data: PreparedData,
  emit: (event: SweepEvent) => void,
  stop: SweepStop,
): Promise<void> {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  for (const [index, config] of configs.entries()) {
    if (stop.asked) break;
    let curve: DependenceCurve | undefined;
    let failure: string | undefined;
    const trainer = await Trainer.create(gpu, config, data, (event) => {
      if (event.type === 'dependence') curve = event.curve;
      else if (event.type === 'failed') failure = event.failure.message;
      else if (event.type === 'progress')
        emit({
          type: 'progress',
          index,
          share: event.progress.step / event.progress.steps,
          seconds: seconds(),
        });
    });
    stop.trainer = trainer;
    try {
      await trainer.run();
      if (stop.asked) break;
      const measured =
        curve && failure === undefined
          ? { m0: lastThird(curve.points).m0, control: await controlOf(trainer) }
          : { m0: Number.NaN, control: Number.NaN };
      emit({ type: 'result', index, ...measured, failure, seconds: seconds() });
    } finally {
      stop.trainer = undefined;
      trainer.destroy();
    }
  }
  emit({ type: 'end', stopped: stop.asked });
}

/** METHOD section 7: correlation of held-out series with the mean-mode free runs from their latents. */
function controlOf(trainer: Trainer): Promise<number> {
  return trainer.ask(async ({ evaluator, config, test, between }) => {
    const windows = spreadWindows(test, config.evaluate.count);
    const latents = await evaluator.encode(windows, between);
    const runs = await evaluator.generate(latents, { mode: 'mean', seed: config.train.seed }, between);
    return control(windows, runs).correlation;
  });
}
