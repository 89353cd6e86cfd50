import type { Metric } from './types.ts';

/** Error of a predictor trained on generated series, on real ones (Yoon et al. 2019, TimeGAN). */
export const predictiveScore: Metric = {
  name: 'predictiveScore',
  label: 'Predictive score',
  direction: 'lower',
  help: 'Mean absolute error, in standard deviations of the data, of a small LSTM that learnt from generated series to predict real ones one step ahead.',
  costly: true,
  needsGpu: true,
  applies: ({ seqLen }) => seqLen > 1,
  score: async (generated, real, { gpu }) => (gpu ? gpu.predict(generated, real) : Number.NaN),
};
