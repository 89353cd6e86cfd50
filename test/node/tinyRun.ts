/** Settings of a run that takes a second or two, for tests that need a whole one. */
export const tinyRun = {
  'data.source': 'reveal',
  'data.window': 8,
  'data.stride': 8,
  'data.count': 60,
  'model.hiddenSize': 4,
  'model.latentSize': 2,
  'model.tokenSize': 4,
  'diffusion.width': 8,
  'diffusion.sampleSteps': 4,
  'train.batchSize': 8,
  'train.denoiserBatchSize': 8,
  'train.validations': 1,
  'evaluate.count': 4,
  'evaluate.dependenceSeries': 4,
  'evaluate.quadrature': 8,
  'evaluate.times': 1,
  'evaluate.samples': 12,
  'evaluate.costly': false,
} as const;

/** Settings as the command takes them: `--set key=value` of each. */
export const setFlags = (settings: Readonly<Record<string, string | number | boolean>>): string[] =>
  Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
