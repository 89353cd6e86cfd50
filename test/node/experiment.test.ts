import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ResultRow } from '../../src/engine/train/experiment/resultRow.ts';
import type { ReportData } from '../../src/engine/train/reportData.ts';
import { type LabResult, lab, labHere, useFolder } from './lab.ts';
import { tinyRun } from './tinyRun.ts';

const path = useFolder();
const tiny = { ...tinyRun, 'train.steps': 6 };
const plan = {
  title: 'Tiny',
  base: tiny,
  axes: {
    'train.seed': [0, 1],
    method: { 'latent diffusion': { 'method.name': 'latent-diffusion' }, 'posterior-stable': {} },
  },
};

const experiment = (out: string, ...more: string[]) =>
  ['experiment', path('tiny.json'), '--out', path(out), ...more] as const;
const rowsOf = async (file: string): Promise<ResultRow[]> =>
  (await readFile(path(file), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

/** Rows without what a clock measured, in the order of their runs. */
function measured(rows: readonly ResultRow[]): unknown[] {
  return rows.map(({ date: _, seconds: _s, cpuSeconds: _c, evaluation, ...row }) => {
    const { seconds: _e, ...rest } = evaluation ?? {};
    return { ...row, evaluation: rest };
  });
}

let whole: LabResult;
let all: ResultRow[];
beforeAll(async () => {
  await writeFile(path('tiny.json'), JSON.stringify(plan));
  whole = await labHere(experiment('whole.jsonl', '--keep', path('kept')));
  all = await rowsOf('whole.jsonl');
});

describe('experiment', () => {
  test('adds a line for every run, with all that a table needs', async () => {
    expect(whole.code).toBe(0);
    expect(whole.stdout).toContain('Tiny: 0 of 4 runs are done.');
    expect(all.map(({ labels }) => Object.values(labels))).toEqual([
      ['0', 'latent diffusion'],
      ['0', 'posterior-stable'],
      ['1', 'latent diffusion'],
      ['1', 'posterior-stable'],
    ]);
    for (const row of all) {
      expect(row).toMatchObject({ status: 'finished', steps: 6, source: 'reveal', experiment: 'Tiny' });
      expect(row.changed).toMatchObject({ 'train.steps': 6, 'data.count': 60 });
      expect(row.evaluation?.dependence.m0ByPosition).toHaveLength(8);
      expect(row.seconds.sampling).toBeGreaterThan(0);
      expect(row.cpuSeconds.trainStep).toBeGreaterThan(0);
    }
    const { code, stdout } = await labHere([
      'table',
      path('whole.jsonl'),
      '--values',
      'slicedWasserstein,trainingTime',
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\| latent diffusion \| 2 \| [\d.]+ ± [\d.]+ \| [\d.]+ \| 1\.000 ± [\d.]+ \|/);
  });

  test('in two shards at once gives the rows of one, in its order', async () => {
    const shards = ['0/2', '1/2'].map((shard, i) => lab(experiment(`shard-${i}.jsonl`, '--shard', shard)));
    for (const { code } of await Promise.all(shards)) expect(code).toBe(0);
    const merged = [
      'merge',
      path('merged.jsonl'),
      path('shard-0.jsonl'),
      path('shard-1.jsonl'),
      path('shard-0.jsonl'),
    ];
    expect((await labHere(['experiment', ...merged])).stdout).toContain('4 runs, from 6 lines of 3 files');
    expect(measured(await rowsOf('merged.jsonl'))).toEqual(measured(all));
  });

  test('copies what another experiment has measured, under its own names, and makes the rest', async () => {
    const axes = { 'train.seed': [0, 2], kind: { stable: { 'method.name': 'posterior-stable' } } };
    await writeFile(path('other.json'), JSON.stringify({ title: 'Other', base: tiny, axes }));
    const args = ['experiment', path('other.json'), '--out', path('other.jsonl')];
    const { code, stdout } = await labHere([...args, '--known', path('whole.jsonl')]);
    expect(code).toBe(0);
    expect(stdout).toContain('Other: 1 of 2 runs are done.');
    const [copied, made] = await rowsOf('other.jsonl');
    const labels = { 'train.seed': '0', kind: 'stable' };
    expect(copied).toEqual({ ...all[1], experiment: 'Other', labels });
    expect(made?.labels['train.seed']).toBe('2');
  });

  test('goes on after a kill, and drops a torn line', async () => {
    const killed = await lab(experiment('killed.jsonl'), (text, signal) => {
      if (/^2\/4 /m.test(text)) signal('SIGKILL');
    });
    expect(killed.code).toBe(null);
    const before = await readFile(path('killed.jsonl'), 'utf8');
    const done = before.split('\n').length - 1;
    expect(done).toBeLessThan(4);
    await appendFile(path('killed.jsonl'), JSON.stringify(all[done]).slice(0, 300));
    const { code, stdout } = await labHere(experiment('killed.jsonl'));
    expect(code).toBe(0);
    expect(stdout).toContain('its last line was torn');
    expect(stdout).toContain(`Tiny: ${done} of 4 runs are done.`);
    expect((await readFile(path('killed.jsonl'), 'utf8')).startsWith(before)).toBe(true);
    expect(measured(await rowsOf('killed.jsonl'))).toEqual(measured(all));
    expect((await labHere(experiment('killed.jsonl'))).stdout).toBe('Tiny: 4 of 4 runs are done.\n');
  });

  test('writes a run that fails as a row with its reason, and does not try it again', async () => {
    const args = experiment(
      'failed.jsonl',
      '--axis',
      'seed=0',
      '--set',
      'train.learningRate=1',
      '--set',
      'train.clip=1000000',
    );
    const literal = [
      '--set',
      'method.penalty=literal',
      '--set',
      'method.lambdaCS=1000',
      '--set',
      'train.steps=400',
    ];
    const { code, stdout } = await labHere([...args, ...literal, '--axis', 'method=posterior-stable']);
    expect(stdout).toContain('1/1  seed 0, posterior-stable: failed after');
    expect(code).toBe(1);
    const [row] = await rowsOf('failed.jsonl');
    expect(row).toMatchObject({ status: 'failed', failure: { cause: 'non-finite' } });
    expect(row?.evaluation).toBeUndefined();
    const again = await labHere([...args, ...literal, '--axis', 'method=posterior-stable']);
    expect(again.stdout).toContain('1 of 1 runs are done');
  });
});

describe('report', () => {
  const title = '</title><script>alert("1")</script><!-- & é';

  test('is one file that carries its script, its styles and the runs, and asks for nothing', async () => {
    const kept = await readdir(path('kept'));
    expect(kept).toHaveLength(4);
    const runs = kept.slice(0, 2).flatMap((name) => ['--run', path('kept', name)]);
    const out = path('report.html');
    const args = ['report', ...runs, '--results', path('whole.jsonl'), '--title', title, '--out', out];
    expect((await labHere(args)).code).toBe(0);
    const html = await readFile(out, 'utf8');
    expect(html).toContain("default-src 'none'");
    expect(html.match(/<\/script/gi)).toHaveLength(2);
    expect(html.match(/<!--/g)).toBeNull();
    const markup = html.replaceAll(/<script[\s\S]*?<\/script>/g, '');
    expect(/<(link|img|iframe)|@import|url\((?!["']?data:)| src=/.exec(markup)).toBeNull();
    const json = /<script type="application\/json" id="report">([^<]*)<\/script>/.exec(html)?.[1];
    const data: ReportData = JSON.parse(json ?? '');
    expect(data.title).toBe(title);
    expect(data.plane?.points).toHaveLength(4);
    const [run] = data.runs;
    expect(run?.losses).toHaveLength(6);
    expect(run?.matrix?.values).toHaveLength(64);
    expect(run?.samples?.generated.mean).toHaveLength((run?.samples?.count ?? 0) * 8);
    expect(run?.cloud?.encoded).toHaveLength(8);
    expect(run?.evaluation?.dependence.points).toHaveLength(8);
    expect(run?.notes).toEqual([]);
  });

  test('of results alone may be an SVG; what it is not given is said', async () => {
    const out = path('plane.svg');
    const args = ['report', '--results', path('whole.jsonl'), '--out', out];
    const drawn = await labHere([...args, '--x', 'swap', '--y', 'slicedWasserstein']);
    expect(drawn.code).toBe(0);
    expect(drawn.stdout).toContain(`${out}: 4 runs.`);
    const svg = await readFile(out, 'utf8');
    expect(svg.match(/<title>/g)).toHaveLength(5); // of the picture, and of each run
    expect(svg).toContain('Sliced Wasserstein-2 over its floor');
    const { code, stderr } = await labHere([...args, '--y', 'slicedWaserstein']);
    expect(code).toBe(2);
    expect(stderr).toContain("did you mean 'slicedWasserstein'?");
  });
});

test('what cannot be done is said in one sentence', async () => {
  await writeFile(
    path('no-data.json'),
    JSON.stringify({ axes: { data: { quakes: { 'data.source': 'none.csv' } } } }),
  );
  const said = async (...args: string[]) => {
    const { code, stderr } = await labHere(['experiment', ...args]);
    expect(code).toBe(2);
    return stderr;
  };
  expect(await said(path('no-data.json'))).toContain('give it by --data quakes=FILE');
  expect(await said(path('tiny.json'), '--shard', '2/2')).toContain('must be I/N with I from 0 to N - 1');
});
