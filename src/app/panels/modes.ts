import type { GenerationMode } from '../../engine/train/config.ts';

/** The generation modes as the screen names them, and what each shows. */
export const modes: Record<GenerationMode, { label: string; help: string }> = {
  sample: {
    label: 'Sampled',
    help: 'Each value is drawn and fed back. The decoder makes diversity out of its own noise, so a collapse does not show.',
  },
  'noise-not-fed-back': {
    label: 'Noise not fed back',
    help: 'Each value is drawn, but its mean is fed back: what is left of diversity in the course of a series comes from z.',
  },
  mean: {
    label: 'Means only',
    help: 'No noise at all: where z says nothing, every series is the same.',
  },
};
