import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { writeProject } from '../../src/engine/export/project.ts';
import { writeCheckpoint } from '../../src/engine/train/checkpoint.ts';
import { writeHistory } from '../../src/engine/train/history.ts';
import type { ReportData } from '../../src/engine/train/reportData.ts';
import { tinyCheckpoint, tinyHistory, tinyProject, tinyProjectFile } from '../tinyProject.ts';
import { labHere, useFolder } from './lab.ts';

const path = useFolder();
const series = (value: number) => new Float32Array(30 * 2).fill(value);
const samples = {
  step: 2,
  count: 30,
  seqLen: 2,
  featureSize: 1,
  real: series(Number.NaN),
  generated: { sample: series(1), 'noise-not-fed-back': series(2), mean: series(3) },
};
const cloud = {
  step: 2,
  encoded: Float32Array.of(1, 2, 3, 4),
  sampled: Float32Array.of(5, 6),
  origin: [0, 0.5] as [number, number],
  explained: [0.75, 0.25] as [number, number],
};
const history = writeHistory({ ...tinyHistory, samples: [samples], clouds: [cloud] });
const [whole, reported] = tinyProject.runs as [
  (typeof tinyProject.runs)[number],
  (typeof tinyProject.runs)[number],
];
const full = writeProject({
  ...tinyProject,
  runs: [{ ...whole, file: writeCheckpoint(tinyCheckpoint, history) }],
});

beforeAll(async () => {
  // Told by their content: neither name says project, and one says table.
  await writeFile(path('full.csv'), full);
  await writeFile(path('ada.posterior-lab.zip'), tinyProjectFile);
});

async function dataOf(file: string): Promise<ReportData> {
  const html = await readFile(file, 'utf8');
  return JSON.parse(/<script type="application\/json" id="report">([^<]*)<\/script>/.exec(html)?.[1] ?? '');
}

test('a report takes every run of a project with all that the project holds, and says what it does not', async () => {
  const out = path('report.html');
  const from = ['--run', path('full.csv'), '--run', path('ada.posterior-lab.zip')];
  const { code, stdout, stderr } = await labHere(['report', ...from, '--out', out]);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('3 runs, ');
  const { title, runs, notes } = await dataOf(out);
  expect(title).toBe('full.csv, ada');
  expect(runs.map(({ label, dataset }) => [label, dataset])).toEqual([
    ['Latent diffusion (full.csv: amber heron)', 'räume.csv'],
    ['Latent diffusion (ada: amber heron)', 'räume.csv'],
    ['Latent diffusion (ada: <b>brisk</b> owl)', 'Reveal'],
  ]);
  expect(notes).toEqual([
    'full.csv: a project holds neither the scores nor the whole matrix of its runs, so they are left out.',
    'ada: a project holds neither the scores nor the whole matrix of its runs, so they are left out.',
  ]);
  const [first, ...others] = runs;
  expect(first).toMatchObject({
    steps: 2,
    losses: [
      [0, 2, 1.5, 0, 0.25, null, 1, 0.5],
      [1, 1, 1.5, 0, 0.25, null, 1, 0.5],
    ],
    curves: [
      {
        step: 2,
        residual: 0.001,
        quadrature: 16,
        series: 5,
        points: [[1, 0.1, 0.05, 0.2, 0.7, 0.6, 0.8], {}],
      },
    ],
    cloud: { encoded: [1, 2, 3, 4], sampled: [5, 6], origin: [0, 0.5], explained: [0.75, 0.25] },
  });
  const { real, generated, ...size } = first?.samples ?? {};
  expect(size).toEqual({ count: 24, seqLen: 2, featureSize: 1 });
  expect(real).toEqual(Array(48).fill(null));
  expect(generated?.mean).toEqual(Array(48).fill(3));
  // Nothing is invented: what a project does not hold is not there.
  const absent = ['record', 'features', 'evaluation', 'matrix'];
  expect(absent.filter((key) => runs.some((run) => key in run))).toEqual([]);
  expect(others.map((run) => ['samples' in run, 'cloud' in run, run.steps])).toEqual([
    [false, false, 2],
    [false, false, 2],
  ]);
});

test('what is no project, or a damaged one, is said in one sentence', async () => {
  const file = reported.file.map((byte, n, { length }) => (n === length - 1 ? byte ^ 1 : byte));
  await writeFile(path('damaged'), writeProject({ ...tinyProject, runs: [whole, { ...reported, file }] }));
  await writeFile(path('cut'), full.slice(0, -30));
  await mkdir(path('empty'));
  const said = async (name: string) => {
    const { code, stderr } = await labHere(['report', '--run', path(name), '--out', path('none.html')]);
    expect(code).toBe(2);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    return stderr;
  };
  expect(await said('cut')).toContain('cut: This is not a project of Posterior Lab: it is no zip file');
  expect(await said('empty')).toContain('holds no run');
  expect(await said('none')).toContain('is neither the folder of a run nor a project');
  expect(await said('damaged')).toMatch(/damaged: The run '<b>brisk<\/b> owl': The checkpoint/);
});
