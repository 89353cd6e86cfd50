import type { WindowSet } from '../../engine/data/types.ts';
import type { Differences, KernelOutputs } from '../../engine/export/onnx/compare.ts';
import type { GeneratedSeries } from '../../engine/export/onnx/generate.ts';
import type { BundleDescription } from '../../engine/export/onnx/model.ts';
import type { GenerationMode } from '../../engine/train/config.ts';

/** What runs the graphs: the processor, or the GPU. */
export type Provider = 'wasm' | 'webgpu';

/** Graphs, inputs, and what our kernels gave for them. */
export interface ComparedCase {
  bundle: Uint8Array;
  windows: WindowSet;
  timesteps: number[];
  outputs: KernelOutputs;
}

/** Page to the worker of onnxruntime-web: one command, then the worker is done with. */
export type OnnxCommand =
  | { type: 'generate'; bundle: Uint8Array; count: number; seed: number; mode: GenerationMode }
  | { type: 'compare'; provider: Provider; compared: ComparedCase };

/** Worker to page. */
export type OnnxEvent =
  | { type: 'progress'; done: number }
  | { type: 'generated'; series: GeneratedSeries; description: BundleDescription }
  | { type: 'compared'; differences: Differences }
  | { type: 'failed'; message: string };
