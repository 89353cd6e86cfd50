import { spreadWindows } from '../data/selectWindows.ts';
import type { PreparedData } from '../data/types.ts';
import type { Gpu } from '../gpu/device.ts';
import { control } from '../metrics/control.ts';
import { lastThird } from '../metrics/dependenceSummary.ts';
import { lateOf, perStep, wholeOf } from '../metrics/likelihood.ts';
import { isTrusted } from '../metrics/trust.ts';
import { type Config, ConfigError } from './config.ts';
import { measureUse } from './latentUse.ts';
import type { DependenceCurve, PilotEvent, PilotMeasures, PilotResult } from './protocol.ts';
import { Trainer } from './trainer.ts';

/** Through which pilot runs are stopped: `asked` is set, and the trainer there is, if any, is paused. */
export interface PilotStop {
  asked: boolean;
  trainer?: Pick<Trainer, 'pause'>;
}

/**
 * Trains a short run of each config, one after the other, and measures it on the validation part: the test part stays unseen,
 * so that what is chosen by these numbers can be tested on it. A run that fails is a result with its reason.
 * @param configs as `pilotConfig` makes them
 * @throws ConfigError where there is no validation part @throws GpuError when the adapter cannot hold a run
 */
export async function runPilots(
  gpu: Gpu,
  configs: readonly Config[],
  data: PreparedData,
  emit: (event: PilotEvent) => void,
  stop: PilotStop,
): Promise<void> {
  checkValidation(data);
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
      // The stop may have been asked for in the seconds that compiling takes.
      if (!stop.asked) await trainer.run();
      if (stop.asked) break;
      const result: PilotResult =
        curve && failure === undefined
          ? { measures: { ...(await measure(trainer)), ...dependenceOf(curve) } }
          : { failure: failure ?? 'The run measured no dependence.' };
      emit({ type: 'result', index, result, seconds: seconds() });
    } finally {
      stop.trainer = undefined;
      trainer.destroy();
    }
  }
  emit({ type: 'end', stopped: stop.asked });
}

/** @throws ConfigError where the validation part has fewer than the two windows that the swap test needs */
export function checkValidation({ validation: { count } }: Pick<PreparedData, 'validation'>): void {
  if (count >= 2) return;
  throw new ConfigError(
    `the pilot runs are measured on the validation part, which has ${count === 1 ? 'one window' : 'no windows'}: raise 'data.split.validation', or give more series`,
  );
}

function dependenceOf(curve: DependenceCurve): Pick<PilotMeasures, 'm0' | 'trusted'> {
  return { m0: lastThird(curve.points).m0, trusted: isTrusted(curve) };
}

/** The latent's use and control (docs/dependence.md, What stands beside it). */
function measure(trainer: Trainer): Promise<Omit<PilotMeasures, 'm0' | 'trusted'>> {
  return trainer.ask(async ({ evaluator, config, data, between }) => {
    const windows = spreadWindows(data.validation, config.evaluate.count);
    const { seed } = config.train;
    const latents = await evaluator.encode(windows, between);
    const { valid, original, use } = await measureUse(evaluator, windows, latents, seed, between);
    const freeRuns = await evaluator.generate(latents, { mode: 'mean', seed }, between);
    const { seqLen, lengths } = windows;
    return {
      windows: windows.count,
      logLikelihood: wholeOf(perStep(original, valid, seqLen, lengths)),
      swap: lateOf(use.swap),
      noise: lateOf(use.noise),
      control: control(windows, freeRuns).correlation,
    };
  });
}
