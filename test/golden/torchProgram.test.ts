import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { drawLengths } from '../../src/engine/data/lengths.ts';
import { torchScript } from '../../src/engine/export/torch/script.ts';
import { writeWeightsFile } from '../../src/engine/export/weightsFile.ts';
import { Evaluator } from '../../src/engine/train/evaluator.ts';
import { samplesText } from '../../src/node/commands/results.ts';
import { useGpu } from '../gpu.ts';
import { useFolder } from '../node/lab.ts';
import { python, runPrograms } from '../python.ts';
import { tinyRun } from '../tinyRun.ts';

const gpu = useGpu();
const path = useFolder();
const without = python ? '' : ' (PyTorch not present)';
const features = ['position', 'say "é", or', '=1+1'];
const run = tinyRun('posterior-stable', 'lstm', { features, seqLen: 6, lengths: [6, 2, 3, 6, 3] });
const weights = writeWeightsFile(run.weights, { config: run.config, features });

/** A folder with the program under a name, and files beside it. */
async function placed(folder: string, name: string, files: Record<string, Uint8Array> = {}): Promise<string> {
  await mkdir(path(folder));
  await writeFile(path(folder, name), torchScript(run.exported));
  for (const [file, bytes] of Object.entries(files)) await writeFile(path(folder, file), bytes);
  return path(folder, name);
}

test.skipIf(!python)(
  `the program's series are the lab's of the same seed: names, units and the length of each${without}`,
  async () => {
    const program = await placed('series', 'model.py', { 'model.safetensors': weights });
    const [count, seed] = [300, 2 ** 33 + 7];
    const words = ['generate', '--count', `${count}`, '--seed', `${seed}`, '--out', path('series.csv')];
    expect(await runPrograms([[program, ...words]])).toMatchObject([{ code: 0, stderr: '' }]);

    const evaluator = await Evaluator.create(gpu(), run.config, run.windows, run.weights);
    const latents = await evaluator.sampleLatents(count, seed);
    const generated = { sample: await evaluator.generate(latents, { mode: 'sample', seed }) };
    evaluator.destroy();
    const lengths = drawLengths(run.exported.lengths ?? [], count, seed);
    expect(new Set(lengths)).toEqual(new Set([2, 3, 6]));
    const { scaler } = run.exported;
    const lab = samplesText({ scaler, features, seqLen: 6 }, generated, lengths);
    const [ours, theirs] = [lab, await readFile(path('series.csv'), 'utf8')].map((text) => text.split('\n'));
    expect(theirs?.[0]).toBe(`series,position,position (data),"say ""é"", or",'=1+1`);
    expect(theirs?.[0]).toBe(ours?.[0]?.replace('generation,', ''));
    expect(theirs).toHaveLength(ours?.length ?? 0);
    for (const [n, line] of ours?.slice(1, -1).entries() ?? []) {
      const [series, position, , ...values] = line.split(',').map(Number);
      const row = theirs?.[n + 1]?.split(',').map(Number) ?? [];
      expect(row.slice(0, 2)).toEqual([series, position]);
      for (const [d, value] of values.entries()) expect(row[d + 2]).toBeCloseTo(value, 3);
    }
  },
);

test.skipIf(!python)(`what the program cannot do is refused in a sentence${without}`, async () => {
  const program = await placed('refused', 'model.py', { 'model.safetensors': weights });
  const { weights: others } = tinyRun('posterior-stable', 'lstm', { features, model: { latentSize: 4 } });
  const file = path('refused', 'others.safetensors');
  await writeFile(file, writeWeightsFile(others, { config: run.config, features }));
  await writeFile(path('refused', 'cut.safetensors'), weights.subarray(0, weights.length - 8));
  const cases: [words: string[], reason: string][] = [
    [['generate', '--mode', 'samples'], "--mode: invalid choice: 'samples' (choose from 'sample', "],
    [['generate', '--count', 'x'], "--count: 'x' must be a whole number of at least 1"],
    [['generate', '--count', '0'], "--count: '0' must be a whole number of at least 1"],
    [['generate', '--count'], '--count: expected one argument'],
    [['generate', '--seed', '-1'], "--seed: '-1' must be a whole number of at least 0"],
    [['generate', '--foo', '1'], 'unrecognized arguments: --foo 1'],
    [
      ['generate', '--weights', path('none')],
      `${path('none')}: there is no such file; name the weights with`,
    ],
    [['generate', '--weights', file], 'others.safetensors does not hold the weights of this program'],
    [['generate', '--weights', path('refused', 'cut.safetensors')], 'does not hold the weights of this'],
    [['check', path('refused')], 'holds no evaluation.json: check needs the folder of a run'],
    [['generate', '--count', '1', '--out', path('refused')], 'name another file with --out.'],
    [['chekc'], "invalid choice: 'chekc'"],
  ];
  const out = path('refused', 'series.csv');
  const calls = cases.map(([words]) => [
    program,
    ...words,
    ...(words[0] === 'generate' && !words.includes('--out') && words.at(-1) !== '--count'
      ? ['--out', out]
      : []),
  ]);
  for (const [n, { code, stdout, stderr }] of (await runPrograms(calls)).entries()) {
    expect(stderr).toContain(cases[n]?.[1]);
    expect(stderr).not.toContain('Traceback');
    expect([code, stdout]).toEqual([2, '']);
  }
  expect(existsSync(out)).toBe(false);
});

test.skipIf(!python)(
  `the program finds weights of its own name, as the page saves them, before model.safetensors${without}`,
  async () => {
    const own = await placed('own', 'amber-heron.py', {
      'amber-heron.safetensors': weights,
      'model.safetensors': weights.subarray(0, 100),
    });
    const lone = await placed('lone', 'amber-heron.py');
    const out = (name: string) => ['generate', '--count', '2', '--out', path(name)];
    const [found, missing, named] = await runPrograms([
      [own, ...out('own.csv')],
      [lone, ...out('lone.csv')],
      [lone, ...out('named.csv'), '--weights', path('own', 'amber-heron.safetensors')],
    ]);
    expect([found?.code, named?.code]).toEqual([0, 0]);
    expect(await readFile(path('own.csv'), 'utf8')).toBe(await readFile(path('named.csv'), 'utf8'));
    expect(missing?.code).toBe(2);
    expect(missing?.stderr).toContain('holds no amber-heron.safetensors and no model.safetensors');
    expect(missing?.stderr).toContain('--weights FILE. Save weights on the page');
  },
);
