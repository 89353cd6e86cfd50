import { crc32 } from '../src/engine/export/crc32.ts';
import { type Project, writeProject } from '../src/engine/export/project.ts';
import { atStart, type Checkpoint, writeCheckpoint, writeReports } from '../src/engine/train/checkpoint.ts';
import { type History, writeHistory } from '../src/engine/train/history.ts';
import { tinyRun } from './tinyRun.ts';

const { config, weights } = tinyRun('latent-diffusion', 'lstm');
const table = new TextEncoder().encode('station;when;x\na;1;0.5\na;2;0.25\n');

/** Two losses, a curve and a line of the log; numbers that float32 and JSON keep. */
export const tinyHistory: History = {
  rows: [0, 1].map((step) => {
    return { step, total: 2 - step, vi: 1.5, cs: 0, dm: 0.25, kl: Number.NaN, gradNorm: 1, lr: 0.5 };
  }),
  curves: [
    {
      step: 2,
      residual: 0.001,
      quadrature: 16,
      series: 5,
      points: [1, 2].map((position) => {
        return { position, m0: 0.1, m0q25: 0.05, m0q75: 0.2, mLocal: 0.7, mLocalQ25: 0.6, mLocalQ75: 0.8 };
      }),
    },
  ],
  samples: [],
  clouds: [],
  log: ['Step 2: evaluated.'],
};

/** A run after two steps, as far as a file can tell. */
export const tinyCheckpoint: Checkpoint = {
  config,
  data: '0badcafe',
  counters: { ...atStart, step: 2, evaluatedAt: 2, nodes: 16 },
  tensors: new Map([...weights].slice(0, 3)),
};

/** A run that can go on, one that only reported, and their data. */
export const tinyProject: Project = {
  program: '0.0.0',
  data: {
    source: 'räume.csv',
    table: { name: 'räume.csv', size: table.length, crc32: crc32(table), content: table },
  },
  runs: [
    {
      name: 'amber heron',
      dataset: 'räume.csv',
      shown: true,
      pinned: false,
      file: writeCheckpoint(tinyCheckpoint, writeHistory(tinyHistory)),
    },
    {
      name: '<b>brisk</b> owl',
      dataset: 'Reveal',
      shown: false,
      pinned: true,
      file: writeReports(config, writeHistory(tinyHistory)),
    },
  ],
};

export const tinyProjectFile = writeProject(tinyProject);
