import type { PreparedData } from '../data/types.ts';
import type { Gpu } from '../gpu/device.ts';
import type { Config } from './config.ts';
import { planRun } from './runPlans.ts';

/**
 * Compiles what a run will need, before anybody asks for it: the run then begins at once. Nothing is allocated; what is compiled
 * already is not compiled again. @throws GpuError `validation`
 */
export async function compileAhead(gpu: Gpu, config: Config, data: PreparedData): Promise<void> {
  const { joint, denoiser, validation, evaluator } = planRun(config, data);
  const plans = [joint, ...(denoiser ? [denoiser] : []), validation.plan, ...evaluator.plans];
  await Promise.all(plans.map((plan) => plan.pipelines(gpu)));
}
