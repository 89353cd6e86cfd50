import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { createSchedule, ddimSteps, ddpmSteps } from '../../diffusion/schedule.ts';
import type { ExportedRun, Weights } from '../exportedRun.ts';
import { decoderGraph, decoderState } from './decoderStep.ts';
import { denoiserGraph } from './denoiser.ts';
import { encoderGraph } from './encoder.ts';
import type { BundleDescription } from './model.ts';

const likelihoods: readonly string[] = ['gaussian', 'mixture', 'mixture-full'];

/** A file that is no bundle of ours: one sentence. */
export class BundleError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BundleError';
  }
}

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
      formatVersion: 1,
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

/** @throws BundleError saying what is wrong */
export function readBundle(bytes: Uint8Array): Bundle {
  const files = unzipped(bytes);
  const graph = (name: string) => {
    const file = files[name];
    if (!file) throw new BundleError(`The bundle has no ${name}: it is not whole. Export it again.`);
    return file;
  };
  const description = parseDescription(strFromU8(graph('bundle.json')));
  const diffuses = description.sampler === 'diffusion';
  return {
    description,
    encoder: graph('encoder.onnx'),
    ...(diffuses && { denoiser: graph('denoiser.onnx') }),
    decoder: graph('decoder.onnx'),
  };
}

function unzipped(bytes: Uint8Array): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes);
  } catch {
    throw new BundleError('This is not an ONNX bundle: it is no zip file, or a damaged one.');
  }
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
  if (value.formatVersion !== 1 || !likelihoods.includes(value.likelihood ?? '')) {
    throw new BundleError(`The bundle is of a later version (${value.version}) than this page can read.`);
  }
  const { seqLen, latentSize, features, scaler, state, reverseSteps } = value;
  const sizes = [seqLen, latentSize].every((size) => Number.isSafeInteger(size) && (size as number) > 0);
  const lists = [features, scaler?.mean, scaler?.standardDeviation, state, reverseSteps].every(Array.isArray);
  if (!sizes || !lists || scaler?.mean.length !== features?.length) {
    throw new BundleError('The bundle.json of this bundle is damaged: sizes, features or scaler do not fit.');
  }
  return value as BundleDescription;
}
