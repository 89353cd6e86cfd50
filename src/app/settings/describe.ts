import type { Descriptions } from './description.ts';

export const dataKeys = {
  'data.source': { label: 'Source', help: 'A built-in name, or the name of the file you opened.' },
  'data.id': {
    label: 'Series column',
    help: 'Rows with the same value are one series; with none the whole file is.',
  },
  'data.time': {
    label: 'Time column',
    help: 'Orders the rows, finds duplicates and can give the gap feature.',
  },
  'data.features': {
    label: 'Features',
    help: 'The columns of numbers that the model learns.',
  },
  'data.group': {
    label: 'Group column',
    help: 'Series with the same value, of one patient for example, stay in one part: training never sees whom it is tested on.',
  },
  'data.part': {
    label: 'Parts column',
    help: 'Says what each series is for: train, val or test. With none the split is drawn by shares.',
  },
  'data.form': {
    label: 'Read as',
    help: 'Tables of measurements (MIMIC) and earthquake catalogues (USGS) are known by their columns, or a table is taken as it stands.',
    choices: { auto: 'what it is known as', table: 'a plain table' },
  },
  'data.items': {
    label: 'Items',
    help: 'The measurements that become features; a position without one is missing, not zero.',
  },
  'data.bin': {
    label: 'Bin',
    help: 'Time that makes one position: the mean of what was measured in it.',
    unit: 'hours',
  },
  'data.labels': {
    label: 'Labels',
    help: 'A file with the columns itemid and label, such as d_items.csv, that names the items.',
  },
  'data.layout': {
    label: 'Each example is',
    help: 'Windows of one length cut from the series, or whole series of any length, padded to the longest; padding counts nowhere.',
    choices: { windows: 'a window', series: 'a whole series' },
  },
  'data.window': {
    label: 'Window',
    help: 'Positions in a series, at the most: more leave more room to forget z.',
    unit: 'rows',
  },
  'data.stride': {
    label: 'Stride',
    help: 'From one window to the next; with fewer than the window they overlap.',
    unit: 'rows',
  },
  'data.gap': {
    label: 'Gap feature',
    help: 'Adds the time since the previous row as a feature, for events that come at irregular times.',
    choices: { none: 'none', linear: 'as it is', log: 'logarithm' },
  },
  'data.shuffle': {
    label: 'Shuffle positions',
    help: 'Permutes the positions of each window, so that any local dependence the model then shows is invented.',
  },
  'data.seed': {
    label: 'Data seed',
    help: 'Fixes generated series, the split and the shuffle; the same seed gives the same data.',
  },
  'data.count': {
    label: 'Generated series',
    help: 'How many series a generator draws; fewer start faster, more overfit less.',
    unit: 'series',
    empty: 'the generator’s own',
  },
  'data.split.train': {
    label: 'Training share',
    help: 'Share of the series to learn from; the three shares add up to 1.',
  },
  'data.split.validation': {
    label: 'Validation share',
    help: 'Share that chooses the best snapshot and draws the dependence curve; with none the last snapshot stays.',
  },
  'data.split.test': {
    label: 'Test share',
    help: 'Share kept aside; the real series on the screen come from it.',
  },
} as const satisfies Descriptions;

export const modelKeys = {
  'model.backbone': {
    label: 'Backbone',
    help: 'The sequence model in encoder and decoder: a recurrence, or causal attention with learned positions.',
    choices: { lstm: 'LSTM', transformer: 'Transformer' },
  },
  'model.hiddenSize': {
    label: 'Hidden size',
    help: 'Width of encoder and decoder, a multiple of 4 (Transformer: of 4 times the heads); larger fits more and runs slower.',
    unit: 'units',
  },
  'model.latentSize': {
    label: 'Latent size',
    help: 'Numbers in z, the one vector that should describe the whole series.',
    unit: 'numbers',
  },
  'model.tokenSize': {
    label: 'Token size',
    help: 'Width in which z and each value enter the LSTM decoder; the Transformer takes its hidden size.',
    unit: 'units',
  },
  'model.layers': {
    label: 'Layers',
    help: 'Layers, or blocks, of encoder and of decoder: an LSTM has 1 of its own, a Transformer 2; more fit more and run slower.',
    empty: 'the backbone’s own',
  },
  'model.forgetBias': {
    label: 'Forget bias',
    help: 'LSTM decoder: where the bias of the forget gate starts. At 1 the gates start open and z lasts; at 0 z fades within a few positions before training begins.',
  },
  'model.heads': {
    label: 'Attention heads',
    help: 'Transformer only: parts of the width that attend on their own.',
  },
  'model.likelihood': {
    label: 'Likelihood',
    help: 'What the decoder gives for the next value: one Gaussian, or a mixture of several, whose features may covary.',
    choices: {
      gaussian: 'Gaussian',
      mixture: 'mixture of Gaussians',
      'mixture-full': 'mixture, full covariance',
    },
  },
  'model.components': {
    label: 'Components',
    help: 'Gaussians in a mixture.',
    unit: 'Gaussians',
  },
  'model.sigma': {
    label: 'Fixed spread',
    help: 'Spread of each of the decoder’s Gaussians, in standard deviations of the data.',
    empty: 'learned',
  },
} as const satisfies Descriptions;

export const evaluateKeys = {
  'evaluate.count': {
    label: 'Series scored',
    help: 'Generated series behind the scores that the command prints.',
    unit: 'series',
  },
  'evaluate.dependenceSeries': {
    label: 'Series in the curve',
    help: 'Held-out series behind each dependence curve; more steady the curve and slow the evaluation.',
    unit: 'series',
  },
  'evaluate.quadrature': {
    label: 'Quadrature nodes',
    help: 'Points on the path of the dependence integral; take more when the residual is above 0.01.',
    choices: { 4: '4', 8: '8', 16: '16', 32: '32', 64: '64', 128: '128', 256: '256' },
  },
  'evaluate.times': {
    label: 'Curves in a run',
    help: 'Evaluations spread evenly over the run; more move more often and cost time.',
  },
  'evaluate.early': {
    label: 'Early curves',
    help: 'More evaluations at a half, a quarter and so on of the first interval, where the curve moves fastest.',
    unit: 'more',
  },
  'evaluate.samples': {
    label: 'Series generated',
    help: 'Series the command writes to its table of samples.',
    unit: 'series',
  },
  'evaluate.generation': {
    label: 'Generation mode',
    help: 'What is fed back while a series is generated; only the latter two show a collapse, since fed-back noise makes diversity by itself.',
    choices: { sample: 'sampled', 'noise-not-fed-back': 'noise not fed back', mean: 'means only' },
  },
  'evaluate.latents': {
    label: 'Latents in the curve',
    help: 'Whether the dependence curve uses latents encoded from held-out series or drawn by the diffusion.',
    choices: { encoded: 'encoded', sampled: 'sampled' },
  },
  'evaluate.costly': {
    label: 'Costly scores',
    help: 'Whether scores include those that take seconds: networks trained to tell generated from real series and to predict, and exact distances.',
  },
} as const satisfies Descriptions;
