import type { LengthCounts } from '../data/lengths.ts';
import type { Scaler } from '../data/types.ts';
import type { NetworkShape } from '../layers/backbone.ts';
import type { DenoiserShape } from '../layers/denoiser.ts';
import type { NamedArray } from './safetensors.ts';

/** The settings that an export carries: what the networks and the sampler are made of. */
export interface ExportedConfig {
  model: { sigma: number | null } & Record<string, unknown>;
  method: { name: string } & Record<string, unknown>;
  diffusion: {
    numTimesteps: number;
    schedule: 'linear' | 'cosine';
    betaStart: number;
    betaEnd: number;
    sampler: 'ddim' | 'ddpm';
    sampleSteps: number;
  } & Record<string, unknown>;
}

/** A trained run as the exports see it: sizes, wiring, settings, and how its data were scaled. */
export interface ExportedRun {
  /** Version of this project. */
  version: string;
  /** The method's name on the page. */
  label: string;
  config: ExportedConfig;
  shape: NetworkShape & {
    denoiser: DenoiserShape;
    /** Numbers that the decoder's head puts out at a position. */
    headSize: number;
  };
  /** Whether the latent passes through batch normalisation; else the encoder gives means and log variances. */
  normalised: boolean;
  sampler: 'diffusion' | 'prior';
  features: readonly string[];
  scaler: Scaler;
  /** Of whole series: each length in the training part, and how many have it. */
  lengths?: LengthCounts;
}

/** Weights under their safetensors names. */
export type Weights = ReadonlyMap<string, NamedArray>;

/** The weights' array of a name. @throws Error naming what is missing */
export function weightOf(weights: Weights, name: string): NamedArray {
  const array = weights.get(name);
  if (!array) throw new Error(`the weights have no '${name}'`);
  return array;
}
