import { strToU8, zipSync } from 'fflate';
import { createSchedule, ddimSteps, ddpmSteps } from '../../diffusion/schedule.ts';
import type { ExportedRun, Weights } from '../exportedRun.ts';
import { largest, unzipped, type ZipKind } from '../unzipped.ts';
import { decoderGraph, decoderState } from './decoderStep.ts';
import { denoiserGraph } from './denoiser.ts';
import { descriptionProblem, formatVersion } from './descriptionSchema.ts';
import { encoderGraph } from './encoder.ts';
import type { BundleDescription } from './model.ts';

/** A file that is no bundle of ours: one sentence. */
export class BundleError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BundleError';
  }
}

const kind: ZipKind = { name: 'bundle', whole: 'an ONNX bundle', Failure: BundleError };

/** A bundle taken apart. */
export interface Bundle {
  description: BundleDescription;
  encoder: Uint8Array;
  /** Absent where latents are drawn from N(0, I). */
  denoiser?: Uint8Array;
  decoder: Uint8Array;
}

/** The graphs of a run and what is beside them. */
export function makeBundle(run: ExportedRun, weights: Weights): Bundle {
  const { diffusion } = run.config;
  const schedule = createSchedule(diffusion);
  const diffuses = run.sampler === 'diffusion';
  const steps = () =>
    diffusion.sampler === 'ddpm' ? ddpmSteps(schedule) : ddimSteps(schedule, diffusion.sampleSteps);
  const { version, label, config, features, scaler, sampler, shape } = run;
  const { seqLen, latentSize, backbone } = shape;
  return {
    description: {
      format: 'posterior-lab-onnx',
      formatVersion,
      ...{ version, label, config, seqLen, latentSize, backbone, features, scaler, sampler },
      likelihood: shape.likelihood,
      state: decoderState(shape),
      reverseSteps: diffuses ? steps() : [],
    },
    encoder: encoderGraph(run, weights),
    ...(diffuses && { denoiser: denoiserGraph(run, weights) }),
    decoder: decoderGraph(run, weights),
  };
}

/** One file, .onnx.zip: encoder.onnx, denoiser.onnx, decoder.onnx, bundle.json. The same bundle gives the same bytes. */
export function writeBundle({ description, encoder, denoiser, decoder }: Bundle): Uint8Array {
  const files = {
    'bundle.json': strToU8(`${JSON.stringify(description, null, 2)}\n`),
    'encoder.onnx': encoder,
    ...(denoiser && { 'denoiser.onnx': denoiser }),
    'decoder.onnx': decoder,
  };
  return zipSync(files, { level: 6, mtime: '2000-01-01' });
}

/** Unpacks what a bundle of its description has, and nothing else. @throws BundleError saying what is wrong */
export function readBundle(bytes: Uint8Array): Bundle {
  const entries = (names: string[], most: number) => {
    const files = unzipped(bytes, new Set(names), most, kind);
    return (name: string) => {
      const file = files[name];
      if (!file) throw new BundleError(`The bundle has no ${name}: it is not whole. Export it again.`);
      return file;
    };
  };
  const text = entries(['bundle.json'], largest.text)('bundle.json');
  const description = parseDescription(new TextDecoder().decode(text));
  const diffuses = description.sampler === 'diffusion';
  const names = ['encoder.onnx', ...(diffuses ? ['denoiser.onnx'] : []), 'decoder.onnx'];
  const graph = entries(names, largest.bytes);
  return {
    description,
    encoder: graph('encoder.onnx'),
    ...(diffuses && { denoiser: graph('denoiser.onnx') }),
    decoder: graph('decoder.onnx'),
  };
}

function parseDescription(text: string): BundleDescription {
  let value: Partial<BundleDescription> | null = null;
  try {
    value = JSON.parse(text);
  } catch {
    // Said below.
  }
  if (value?.format !== 'posterior-lab-onnx')
    throw new BundleError('This is not an ONNX bundle of Posterior Lab: its bundle.json is another.');
  const problem = descriptionProblem(value);
  if (problem) throw new BundleError(problem);
  return value as BundleDescription;
}
