import { firstWindows } from '../data/selectWindows.ts';
import type { WindowSet } from '../data/types.ts';
import { makeBundle, writeBundle } from '../export/onnx/bundle.ts';
import type { KernelOutputs } from '../export/onnx/compare.ts';
import { torchScript } from '../export/torch/script.ts';
import { writeWeightsFile } from '../export/weightsFile.ts';
import { exportedRun } from './exportRun.ts';
import { kernelOutputs } from './kernelOutputs.ts';
import type { ExportKind } from './protocol.ts';
import type { Answering } from './questions.ts';

/** Series on which exported graphs are held against the kernels. */
const comparedSeries = 8;

/** A bundle, inputs, and what our kernels give for them. */
export interface ParityCase {
  bundle: Uint8Array;
  windows: WindowSet;
  timesteps: number[];
  outputs: KernelOutputs;
}

/** The model as it is now, as a file. @param version of this project */
export function exportFile(
  trainer: Answering,
  kind: Exclude<ExportKind, 'checkpoint'>,
  version: string,
): Promise<Uint8Array> {
  return trainer.ask(async ({ config, data }) => {
    const run = exportedRun(config, { ...data, seqLen: data.train.seqLen }, version);
    if (kind === 'torch') return new TextEncoder().encode(torchScript(run));
    const weights = await trainer.parameters();
    return kind === 'weights'
      ? writeWeightsFile(weights, { config, features: data.features })
      : writeBundle(makeBundle(run, weights));
  });
}

/** What the exported graphs are to be held against. */
export function parityCase(trainer: Answering, version: string): Promise<ParityCase> {
  return trainer.ask(async ({ config, data, held, evaluator }) => {
    const run = exportedRun(config, { ...data, seqLen: data.train.seqLen }, version);
    const weights = await trainer.parameters();
    const windows = firstWindows(held, comparedSeries);
    const { numTimesteps } = config.diffusion;
    const timesteps = Array.from({ length: windows.count }, (_, n) =>
      Math.max(1, Math.round((numTimesteps * (n + 1)) / windows.count)),
    );
    const outputs = await kernelOutputs(evaluator.gpu, config, weights, windows, timesteps);
    return { bundle: writeBundle(makeBundle(run, weights)), windows, timesteps, outputs };
  });
}
