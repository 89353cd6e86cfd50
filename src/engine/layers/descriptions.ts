import type { BackboneDescription } from './backbone.ts';

/** What each backbone says of itself, in the order the page lists them: apart from its kernels, for what only checks settings. */
export const descriptions = {
  lstm: {
    name: 'lstm',
    label: 'LSTM',
    defaultLayers: 1,
    problem: () => undefined,
  },
  transformer: {
    name: 'transformer',
    label: 'Transformer',
    defaultLayers: 2,
    problem({ hiddenSize, heads }) {
      if (hiddenSize % (4 * heads) === 0) return undefined;
      return `'model.hiddenSize' (${hiddenSize}) must be a multiple of 4 times 'model.heads' (${heads}) for the Transformer`;
    },
  },
} satisfies Record<string, BackboneDescription>;
