import { existsSync } from 'node:fs';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { python, runPrograms } from '../python.ts';
import { labHere, useFolder } from './lab.ts';
import { setFlags, tinyRun } from './tinyRun.ts';

const path = useFolder();

beforeAll(async () => {
  const few = { 'diffusion.numTimesteps': 40, 'method.inferenceEnd': 5, 'method.collapseStart': 30 };
  const settings = setFlags({ ...tinyRun, ...few, 'train.steps': 6 });
  expect((await labHere(['train', ...settings, '--out', path('made')])).code).toBe(0);
});
beforeEach(async () => {
  await rm(path('run'), { recursive: true, force: true });
  await cp(path('made'), path('run'), { recursive: true });
});

const json = async (file: string) => JSON.parse(await readFile(path('run', file), 'utf8'));
const rewrite = async (file: string, change: (content: Awaited<ReturnType<typeof json>>) => void) => {
  const content = await json(file);
  change(content);
  await writeFile(path('run', file), JSON.stringify(content));
};
const ddpm = ['--set', 'diffusion.sampler=ddpm', '--set', 'diffusion.sampleSteps=20'];

test('evaluation.json has the settings that the evaluation was made with, config.json those of training', async () => {
  const config = await json('config.json');
  const { evaluate, diffusion } = config;
  expect((await json('evaluation.json')).settings).toEqual({
    evaluate,
    diffusion: { sampler: 'ddim', sampleSteps: diffusion.sampleSteps },
  });
  const args = ['evaluate', '--run', path('run'), ...ddpm, '--set', 'evaluate.latents=sampled'];
  expect((await labHere(args)).code).toBe(0);
  expect((await json('evaluation.json')).settings).toEqual({
    evaluate: { ...evaluate, latents: 'sampled' },
    diffusion: { sampler: 'ddpm', sampleSteps: 20 },
  });
  expect(await json('config.json')).toEqual(config);
});

test.skipIf(!python)(
  `the exported program checks an evaluation with its own settings${python ? '' : ' (PyTorch not present)'}`,
  async () => {
    expect((await labHere(['evaluate', '--run', path('run'), ...ddpm])).code).toBe(0);
    const program = path('run', 'model.py');
    expect((await labHere(['export', '--run', path('run'), '--out', program])).code).toBe(0);
    await cp(path('run'), path('without'), { recursive: true });
    const { settings: _, ...report } = await json('evaluation.json');
    await writeFile(path('without', 'evaluation.json'), JSON.stringify(report));
    const [own, without] = await runPrograms([
      [program, 'check', path('run')],
      [program, 'check', path('without')],
    ]);
    expect(own?.code, own?.stdout).toBe(0);
    expect(without?.code, without?.stdout).toBe(1);
  },
);

test.each([
  [
    'another size',
    'latentSize',
    3,
    /'encoder\.head\.weight' is \[2,8\] in the weights, but \[3,8\] in the run/,
  ],
  [
    'another meaning of the same sizes',
    'sigma',
    0.5,
    /trained with 'model\.sigma' = null, but the run has 0\.5/,
  ],
] as const)(
  'weights that config.json gives %s are refused by all that read them',
  async (_, key, value, reason) => {
    await rewrite('config.json', ({ model }) => Object.assign(model, { [key]: value }));
    for (const [command, file] of [
      ['export', 'model.onnx.zip'],
      ['generate', 'series.csv'],
      ['evaluate', undefined],
    ] as const) {
      const out = file === undefined ? [] : ['--out', path('run', file)];
      const { code, stderr } = await labHere([command, '--run', path('run'), ...out]);
      expect(stderr).toMatch(reason);
      expect(stderr).toContain(`lab: ${path('run', 'model.safetensors')}: `);
      expect(code).toBe(2);
      if (file !== undefined) expect(existsSync(path('run', file))).toBe(false);
    }
  },
);

test('the program of a run of whole series has the lengths by which lab generate ends them', async () => {
  const program = path('run', 'model.py');
  const text = async () => {
    expect((await labHere(['export', '--run', path('run'), '--out', program])).code).toBe(0);
    return readFile(program, 'utf8');
  };
  expect(await text()).not.toContain('lengths": [[');
  const lengths = [
    [3, 1],
    [8, 2],
  ];
  await rewrite('config.json', ({ run }) => Object.assign(run, { lengths }));
  expect(await text()).toContain('"lengths": [[3, 1], [8, 2]]');
});
