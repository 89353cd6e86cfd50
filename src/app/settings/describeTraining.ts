import { methodDescriptions } from '../../engine/methods/descriptions.ts';
import type { Descriptions } from './description.ts';

export const methodKeys = {
  'method.name': {
    label: 'Method',
    help: 'The objective that trains encoder and decoder.',
    choices: Object.fromEntries(methodDescriptions.map(({ name, label }) => [name, label])),
  },
  'method.inferenceEnd': {
    label: 'Inference end N',
    help: 'Latents with noise up to this timestep must still explain the series.',
    unit: 'timesteps',
  },
  'method.collapseStart': {
    label: 'Collapse start M',
    help: 'Latents with noise from this timestep on must not help the decoder; above N.',
    unit: 'timesteps',
  },
  'method.gamma': {
    label: 'Gamma',
    help: 'How fast the weight of the likelihood falls as noise is added to z.',
  },
  'method.eta': {
    label: 'Eta',
    help: 'Where the weight of the penalty rises; larger shifts it to noisier latents.',
  },
  'method.lambdaCS': {
    label: 'Penalty weight λ',
    help: 'Weight of the collapse penalty; 0 leaves it out, and most of the cure stays.',
  },
  'method.penalty': {
    label: 'Penalty',
    help: 'Form of the penalty; the literal one has no lower bound and is known to diverge.',
    choices: { hinge: 'hinge', softplus: 'softplus', literal: 'literal (diverges)' },
  },
  'method.penaltyShare': {
    label: 'Penalised share',
    help: 'Share of a batch whose penalty is taken in a step. Half costs half; its mean is the same, and its variance twice as large.',
  },
  'method.negatives': {
    label: 'Negatives',
    help: 'What the noise in a penalty’s latent is: drawn from N(0, I), another series’ latent, or half of each.',
    choices: { tail: 'noise', perm: 'other series', mix: 'half of each' },
  },
  'method.reference': {
    label: 'Reference',
    help: 'What a latent drowned in noise may still give away: N(0, I), or a mixture fitted to the training values.',
    choices: { standard: 'N(0, I)', fitted: 'fitted mixture' },
  },
  'method.klWeight': {
    label: 'KL weight',
    help: 'How strongly every posterior is pulled to N(0, I); under annealing, the weight it rises to.',
  },
  'method.klSchedule': {
    label: 'KL schedule',
    help: 'How the KL weight rises from 0: along a line, along a logistic curve, or again in every cycle.',
    choices: { linear: 'linear', logistic: 'logistic', cyclical: 'cyclical' },
  },
  'method.klRamp': {
    label: 'KL ramp',
    help: 'Share of the training before the denoiser’s own part, or of each cycle, over which the weight rises.',
  },
  'method.klCycles': {
    label: 'KL cycles',
    help: 'How often a cyclical schedule starts again from 0.',
  },
  'method.maskProbability': {
    label: 'Masked inputs',
    help: 'Share of the decoder’s inputs replaced by the mask token; more leave z more to explain.',
  },
  'method.mutualInformation': {
    label: 'Information weight λ',
    help: 'How much of the KL is forgiven to keep information in z; 0 is the plain bound, 1 leaves only the likelihood.',
  },
  'method.importanceSamples': {
    label: 'Samples K',
    help: 'Latents drawn for each series; more tighten the bound, and each costs a pass of the decoder.',
    unit: 'latents',
  },
  'method.inverseLipschitz': {
    label: 'Inverse Lipschitz L',
    help: 'Two latents enter the decoder at least L times their distance apart.',
  },
} as const satisfies Descriptions;

export const diffusionKeys = {
  'diffusion.numTimesteps': {
    label: 'Timesteps L',
    help: 'Length of the diffusion over z; N and M lie within it.',
    unit: 'timesteps',
  },
  'diffusion.schedule': {
    label: 'Noise schedule',
    help: 'How noise grows with the timestep.',
    choices: { linear: 'linear', cosine: 'cosine' },
  },
  'diffusion.betaStart': {
    label: 'First beta',
    help: 'Noise added at the first timestep of the linear schedule.',
  },
  'diffusion.betaEnd': {
    label: 'Last beta',
    help: 'Noise added at the last timestep of the linear schedule.',
  },
  'diffusion.embeddingSize': {
    label: 'Timestep embedding',
    help: 'Sines and cosines that tell the denoiser the timestep; an even number.',
    unit: 'numbers',
  },
  'diffusion.width': {
    label: 'Denoiser width',
    help: 'Width of the network that predicts the noise in z.',
    unit: 'units',
  },
  'diffusion.blocks': { label: 'Denoiser blocks', help: 'Residual blocks of that network.' },
  'diffusion.sampler': {
    label: 'Sampler',
    help: 'How z is drawn: DDIM takes few steps, DDPM all of them.',
    choices: { ddim: 'DDIM', ddpm: 'DDPM' },
  },
  'diffusion.sampleSteps': {
    label: 'Sampling steps',
    help: 'Steps of DDIM; 20 or more make no difference we could measure.',
  },
} as const satisfies Descriptions;

export const trainKeys = {
  'train.steps': {
    label: 'Steps',
    help: 'Optimiser steps of the whole run, the denoiser’s own share included.',
  },
  'train.batchSize': { label: 'Batch', help: 'Series in each step.', unit: 'series' },
  'train.learningRate': {
    label: 'Learning rate',
    help: 'Largest step of Adam, reached after the warm-up; lower it when the loss jumps.',
  },
  'train.minLearningRate': { label: 'Final learning rate', help: 'Where the cosine decay ends.' },
  'train.warmup': {
    label: 'Warm-up',
    help: 'Steps over which the learning rate rises from zero.',
    unit: 'steps',
  },
  'train.clip': {
    label: 'Gradient clip',
    help: 'Longest gradient that is applied as it is; longer ones are shortened to it.',
  },
  'train.seed': {
    label: 'Training seed',
    help: 'Fixes first weights, batches and all noise; the same seed and adapter give the same run.',
  },
  'train.denoiserShare': {
    label: 'Denoiser share',
    help: 'Last share of the steps, in which only the denoiser trains; encoder and decoder stay as they are.',
  },
  'train.denoiserLearningRate': {
    label: 'Denoiser learning rate',
    help: 'The denoiser’s own learning rate.',
  },
  'train.denoiserBatchSize': {
    label: 'Denoiser batch',
    help: 'Latents in each step in which the denoiser trains alone.',
    unit: 'latents',
  },
  'train.validations': {
    label: 'Validations',
    help: 'How often the validation loss is measured to keep the best snapshot; without a validation part the last one is kept.',
  },
} as const satisfies Descriptions;
