import type { Metric } from './types.ts';

/** Area under the ROC curve of a classifier of real and generated series. */
export const discriminativeArea: Metric = {
  name: 'discriminativeAuc',
  label: 'Classifier AUC',
  direction: 'lower',
  help: 'How surely a small LSTM, trained on some of the series, tells generated from real ones that it has not seen: 0.5 is chance, 1 is always.',
  costly: true,
  needsGpu: true,
  score: async (generated, real, { gpu }) =>
    gpu ? (await gpu.discriminate(generated, real)).area : Number.NaN,
};

/** |accuracy - 1/2| of the same classifier (Yoon et al. 2019, TimeGAN). */
export const discriminativeScore: Metric = {
  name: 'discriminativeScore',
  label: 'Discriminative score',
  direction: 'lower',
  help: 'How far that classifier’s accuracy on unseen series is from one half: 0 is chance, 0.5 is always right.',
  costly: true,
  needsGpu: true,
  score: async (generated, real, { gpu }) =>
    gpu ? Math.abs((await gpu.discriminate(generated, real)).accuracy - 0.5) : Number.NaN,
};
