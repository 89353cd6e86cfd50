import { closeGpu, type Gpu } from '../../engine/gpu/device.ts';
import type { Config } from '../../engine/train/config.ts';
import { Evaluator } from '../../engine/train/evaluator.ts';
import { openNodeGpu } from '../gpu.ts';
import type { RunFolder } from './runFolder.ts';
import type { RunRecord } from './runRecord.ts';

/** A trained model of a run, on the GPU. */
export interface OpenModel {
  gpu: Gpu;
  evaluator: Evaluator;
  weights: Awaited<ReturnType<RunFolder['readWeights']>>;
}

/**
 * Opens a device and puts the weights of a run on it.
 * @throws UsageError where the weights do not fit the config, GpuError where the device does not serve
 */
export async function openModel(folder: RunFolder, config: Config, run: RunRecord): Promise<OpenModel> {
  const weights = await folder.readWeights(config, run);
  const gpu = await openNodeGpu();
  const shape = { seqLen: run.seqLen, featureSize: run.features.length };
  try {
    return { gpu, weights, evaluator: await Evaluator.create(gpu, config, shape, weights) };
  } catch (error) {
    closeGpu(gpu);
    throw error;
  }
}
