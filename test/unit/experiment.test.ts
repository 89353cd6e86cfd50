import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { defaults, setKeys } from '../../src/engine/train/config.ts';
import { parseExperiment } from '../../src/engine/train/experiment/experimentFile.ts';
import { cells, nameOf, shardOf } from '../../src/engine/train/experiment/grid.ts';
import { measureNamed, measureOf } from '../../src/engine/train/experiment/measures.ts';
import { type PlanePoint, planeData } from '../../src/engine/train/experiment/plane.ts';
import {
  changedKeys,
  flatten,
  identity,
  mergeRows,
  parseRows,
  type ResultRow,
} from '../../src/engine/train/experiment/resultRow.ts';
import { meanAndError, resultTable } from '../../src/engine/train/experiment/resultTable.ts';
import { tableText } from '../../src/engine/train/experiment/tableText.ts';
import { planeSvg } from '../../src/node/commands/planeSvg.ts';

const plan = parseExperiment({
  base: { 'train.steps': 100 },
  axes: {
    'train.seed': [0, 1],
    method: { 'latent diffusion': { 'method.name': 'latent-diffusion' }, '50_% & more': {} },
  },
  profiles: { quick: { set: { 'train.steps': 10 }, axes: { 'train.seed': [7] } } },
});

/** A finished run with what a table needs. */
function row(
  set: Record<string, string>,
  w2: number,
  cpu: number,
  changes: Partial<ResultRow> = {},
): ResultRow {
  const config = flatten(setKeys(defaults, Object.entries(set)));
  const scores = { sample: { slicedWasserstein: { value: w2, floor: 0.5, zero: 1 } } };
  return {
    experiment: 'test',
    labels: { method: set['method.name'] as string, 'train.seed': set['train.seed'] ?? '0' },
    status: 'finished',
    version: '1',
    adapter: 'llvmpipe',
    date: '',
    source: 'reveal',
    config,
    changed: changedKeys(config),
    split: { train: 1, validation: 1, test: 1 },
    steps: 10,
    seconds: { train: 1, trainStep: 0.1, sampling: 1 },
    cpuSeconds: { train: 10 * cpu, trainStep: cpu, sampling: cpu },
    evaluation: { scores } as unknown as ResultRow['evaluation'],
    ...changes,
  };
}

const placed = (...rows: ResultRow[]) =>
  rows.map((one, i) => ({ row: one, place: `results.jsonl:${i + 1}` }));
const ld = { 'method.name': 'latent-diffusion' };
const ps = { 'method.name': 'posterior-stable' };

describe('a grid', () => {
  test('is the product of its axes, the last one fastest', () => {
    expect(cells(plan).map(({ labels }) => nameOf(labels))).toEqual([
      'seed 0, latent diffusion',
      'seed 0, 50_% & more',
      'seed 1, latent diffusion',
      'seed 1, 50_% & more',
    ]);
    const [first] = cells(plan);
    expect(first?.config.method.name).toBe('latent-diffusion');
    expect(first?.config.train).toMatchObject({ steps: 100, seed: 0 });
  });

  test('takes a profile, keys and fewer labels', () => {
    const few = cells(plan, { profile: 'quick', only: [['method', ['latent diffusion']]] });
    expect(few).toHaveLength(1);
    expect(few[0]?.config.train).toMatchObject({ steps: 10, seed: 7 });
    const other = cells(plan, { only: [['seed', ['4', '5', '6']]], set: [['train.steps', '3']] });
    expect(other.map(({ config }) => config.train.seed)).toEqual([4, 4, 5, 5, 6, 6]);
    expect(other[0]?.config.train.steps).toBe(3);
  });

  test('is narrowed to labels that have commas themselves, beside others', () => {
    const commas = parseExperiment({
      axes: {
        method: {
          stable: {},
          'stable, whole batch': { 'method.penaltyShare': 1 },
          none: { 'method.lambdaCS': 0 },
        },
      },
    });
    const labels = (pieces: string[]) =>
      cells(commas, { only: [['method', pieces]] }).map((cell) => cell.labels.method);
    expect(labels(['none', 'stable', 'whole batch'])).toEqual(['none', 'stable, whole batch']);
    expect(labels(['stable', 'none'])).toEqual(['stable', 'none']);
    expect(() => labels(['stable', 'whole'])).toThrow("unknown choice 'whole'");
  });

  test('refuses two names of one run, which would be made twice and lost under one of them', () => {
    const same = parseExperiment({ axes: { gamma: { usual: {}, 'gamma 2': { 'method.gamma': 2 } } } });
    expect(() => cells(same)).toThrow('the runs usual and gamma 2 have the same settings');
  });

  test('is spread over shards, each run in one of them', () => {
    const all = cells(plan);
    const shards = [0, 1, 2].flatMap((index) => shardOf(all, index, 3));
    expect(shards).toHaveLength(4);
    expect(new Set(shards)).toEqual(new Set(all));
  });

  test.each([
    [{ bas: {} }, "unknown key 'bas'; did you mean 'base'?"],
    [{ base: { 'train.step': 3 } }, "'base': unknown config key 'train.step'; did you mean 'train.steps'?"],
    [
      { axes: { 'method.lamdaCS': [0, 1] } },
      "unknown config key 'method.lamdaCS'; did you mean 'method.lambdaCS'?",
    ],
    [
      { axes: { method: { a: { 'method.nam': 'vae' } } } },
      "axis 'method', 'a': unknown config key 'method.nam'",
    ],
    [{ axes: { method: {} } }, "axis 'method' has no choice"],
    [{ profiles: { quick: { sets: {} } } }, "unknown key 'sets'; did you mean 'set'?"],
  ])('refuses %j', (input, message) => {
    expect(() => parseExperiment(input)).toThrow(message);
  });

  test('names the run that cannot be, and what is not there', () => {
    const wrong = parseExperiment({ axes: { 'method.inferenceEnd': [50, 950] } });
    expect(() => cells(wrong)).toThrow(/run inferenceEnd 950: 'method.inferenceEnd' \(950\) must be below/);
    expect(() => cells(plan, { profile: 'quik' })).toThrow("unknown profile 'quik'; did you mean 'quick'?");
    expect(() => cells(plan, { only: [['metod', ['a']]] })).toThrow(
      "unknown axis 'metod'; did you mean 'method'?",
    );
    expect(() => cells(plan, { only: [['method', ['latent']]] })).toThrow(
      "axis 'method': unknown choice 'latent'",
    );
    expect(() => cells(plan, { set: [['train.seed', '1']] })).toThrow('choose its values with --axis');
  });

  const folder = fileURLToPath(new URL('../../experiments', import.meta.url));
  test.each(readdirSync(folder).filter((file) => file.endsWith('.json')))(
    '%s is one, in every profile',
    (file) => {
      const committed = parseExperiment(JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')));
      const whole = cells(committed).length;
      expect(whole).toBeGreaterThan(1);
      for (const profile of Object.keys(committed.profiles)) {
        expect(cells(committed, { profile }).length).toBeLessThan(whole);
      }
    },
  );
});

describe('results', () => {
  test('are known by their config and the content of their data; a key they lack stands at its default', () => {
    const one = row(ps, 1, 1);
    const { 'method.penalty': _, ...older } = one.config;
    expect(identity({ ...one, config: { ...older, 'data.source': 'a.csv' } })).toBe(identity(one));
    expect(identity(row({ ...ps, 'method.penalty': 'softplus' }, 1, 1))).not.toBe(identity(one));
    const { 'method.penaltyShare': _share, ...whole } = one.config;
    const before = { ...one, config: whole }; // from when the whole batch was penalised
    expect(identity(before)).toBe(identity({ ...one, config: { ...one.config, 'method.penaltyShare': 1 } }));
    expect(identity({ ...one, source: 'sha256:12' })).not.toBe(identity(one));
  });

  test('are read without a torn last line, and a line that is none is named', () => {
    const line = JSON.stringify(row(ps, 1, 1));
    const { rows, whole } = parseRows(`${line}\n${line.slice(0, 40)}`, 'r.jsonl');
    expect(rows).toHaveLength(1);
    expect(whole).toBe(line.length + 1);
    const unended = parseRows(`${line}\n${line}`, 'r.jsonl'); // as an editor may leave it
    expect(unended.rows).toHaveLength(2);
    expect(unended.whole).toBe(2 * line.length + 1);
    expect(() => parseRows(`${line}\n{"a":\n`, 'r.jsonl')).toThrow('r.jsonl:2 is not JSON');
    expect(() => parseRows('{"labels":{}}\n', 'r.jsonl')).toThrow("r.jsonl:1 is no result: 'status'");
  });

  test('are merged without duplicates; what contradicts is an error that names both lines', () => {
    const one = row(ps, 1, 1);
    const slower = { ...one, seconds: { ...one.seconds, train: 9 } };
    expect(mergeRows(placed(one, slower, row(ld, 1, 1)))).toHaveLength(2);
    expect(() => mergeRows(placed(one, row(ps, 2, 1)))).toThrow(
      'results.jsonl:1 and results.jsonl:2 are of the same run',
    );
    const lost = { ...one, status: 'failed', failure: { cause: 'device-lost', message: '' } } as const;
    expect(mergeRows(placed({ ...lost, evaluation: undefined }, one))).toEqual([
      { row: one, place: 'results.jsonl:2' },
    ]);
  });
});

describe('a table', () => {
  const results = [
    row({ ...ld, 'train.seed': '0' }, 1, 2),
    row({ ...ld, 'train.seed': '1' }, 2, 4),
    row({ ...ps, 'train.seed': '0' }, 0.5, 6),
    row({ ...ps, 'train.seed': '1' }, 0.5, 6, {
      status: 'failed',
      evaluation: undefined,
      failure: { cause: 'non-finite', message: '' },
    }),
  ];

  test('has mean, standard error, number of runs and floor', () => {
    expect(meanAndError([1, 2, 6])).toEqual({ mean: 3, standardError: Math.sqrt(7 / 3), n: 3 });
    const { rows, rowAxes } = resultTable(results, { values: ['slicedWasserstein', 'trainingTime'] });
    expect(rowAxes).toEqual(['method']);
    expect(rows[0]?.cells[0]).toEqual({ mean: 1.5, standardError: 0.5, n: 2, floor: 0.5, untrusted: 0 });
    expect(rows[1]?.cells.map(({ mean }) => mean)).toEqual([0.5, 2]);
    expect(rows[1]?.failed).toEqual(['non-finite']);
  });

  test('has the floor of the runs that its mean is of', () => {
    const scores = { sample: { slicedWasserstein: { value: null, floor: 0.9, zero: 1 } } };
    const evaluation = { scores } as unknown as ResultRow['evaluation'];
    const { rows } = resultTable([row(ld, 1, 1), row({ ...ld, 'train.seed': '1' }, 1, 1, { evaluation })], {
      values: ['slicedWasserstein'],
    });
    expect(rows[0]?.cells[0]).toMatchObject({ mean: 1, n: 1, floor: 0.5 });
  });

  test('divides times by those of latent diffusion with the same data, networks and adapter only', () => {
    const time = measureNamed('trainingTime');
    expect(measureOf(results[2] as ResultRow, time, results)).toBe(2);
    const elsewhere = row(ps, 1, 6, { adapter: 'SwiftShader' });
    expect(measureOf(elsewhere, time, results)).toBeNaN();
    expect(measureOf(row({ ...ps, 'model.hiddenSize': '8' }, 1, 6), time, results)).toBeNaN();
    // On a GPU that is none of software the wall counts.
    const real = [row(ld, 1, 1, { adapter: 'RTX' }), row(ps, 1, 7, { adapter: 'RTX' })] as const;
    expect(measureOf(real[1], time, real)).toBe(1);
  });

  test('is written as Markdown, LaTeX and CSV', () => {
    const table = resultTable(results, { rows: ['method'], values: ['slicedWasserstein', 'm0'] });
    const markdown = tableText(table, 'markdown');
    expect(markdown).toContain('| latent-diffusion | 2 | 1.500 ± 0.500 | 0.500 | - | 0 |');
    expect(markdown).toContain('| posterior-stable | 1 | 0.500 | 0.500 | - | 1 non-finite |');
    const latex = tableText(table, 'latex');
    expect(latex).toContain('$m_{t,0}$, last third');
    expect(latex).toContain('latent-diffusion & 2 & 1.500 $\\pm$ 0.500 & 0.500 & - & 0 \\\\');
    expect(tableText(table, 'csv')).toContain('latent-diffusion,2,0,1.5,0.5,2,0.5,0,,,0,,0\n');
    const odd = resultTable([row(ld, 1, 1, { labels: { method: '50_% & more' } })], { values: ['control'] });
    expect(tableText(odd, 'latex')).toContain('50\\_\\% \\& more');
  });

  test('says which means are of fewer runs, and which dependence cannot be trusted', () => {
    const measured = (seed: string, m0: number, auc: number | null, trusted: boolean) =>
      row({ ...ld, 'train.seed': seed }, 1, 1, {
        evaluation: {
          dependence: { m0: { lastThird: m0 }, trusted },
          scores: { sample: { discriminativeAuc: { value: auc, floor: 0.5, zero: 1 } } },
        } as unknown as ResultRow['evaluation'],
      });
    const rows = [
      measured('0', 0.1, 0.6, true),
      measured('1', 0.9, null, false),
      measured('2', 0.2, 0.8, true),
    ];
    const table = resultTable(rows, { rows: ['method'], values: ['m0', 'discriminativeAuc'] });
    const markdown = tableText(table, 'markdown');
    expect(markdown).toContain('| latent-diffusion | 3 | 0.400 ± 0.252 † | 0.700 ± 0.100 (n 2) | 0.500 |');
    expect(markdown).toContain('the residual of the sum stayed above 0.01');
  });

  test('puts the labels of an axis into columns', () => {
    const wide = resultTable(results, { rows: ['method'], columns: ['seed'], values: ['slicedWasserstein'] });
    expect(wide.columns.map(({ group }) => group)).toEqual([['0'], ['1']]);
    expect(wide.rows[0]?.cells.map(({ mean }) => mean)).toEqual([1, 2]);
  });

  test('keeps the labels it is told to, its times still relative to all results', () => {
    const only = [['method', ['posterior-stable']]] as const;
    const { rows } = resultTable(results, { only, values: ['trainingTime'] });
    expect(rows.map(({ labels, cells }) => [labels, cells[0]?.mean])).toEqual([[['posterior-stable'], 2]]);
    const seeds = resultTable(results, { only: [['seed', ['1']]], values: ['slicedWasserstein'] });
    expect(seeds.rows.map(({ finished }) => finished)).toEqual([1, 0]);
    const commas = row(ld, 1, 1, { labels: { method: 'LSTM, closed gates' } });
    expect(
      resultTable([...results, commas], { only: [['method', ['LSTM', 'closed gates']]] }).rows,
    ).toHaveLength(1);
  });

  test('shows a digit of every standard error, and two of a small number alone', () => {
    const cell = (...values: number[]) => {
      const rows = values.map((value, seed) => row({ ...ld, 'train.seed': String(seed) }, value, 1));
      const table = resultTable(rows, { rows: ['method'], values: ['slicedWasserstein'] });
      return tableText(table, 'markdown').split('\n')[2]?.split(' | ')[2];
    };
    expect(cell(0.9936, 0.9938)).toBe('0.9937 ± 0.0001');
    expect(cell(-0.0009, -0.0011)).toBe('-0.0010 ± 0.0001');
    expect(cell(0.5, 0.7)).toBe('0.600 ± 0.100');
    expect(cell(0.00149)).toBe('0.0015');
    expect(cell(2e-8, 4e-8)).toBe('3e-8 ± 1e-8');
    expect(cell(123.456)).toBe('123.5');
    expect(cell(0)).toBe('0.000');
    expect(cell(99.9999)).toBe('100.000');
  });

  test('says which keys differ between runs that it averages, seeds aside', () => {
    const shorter = row({ ...ld, 'train.seed': '2', 'train.steps': '10' }, 1, 1);
    const text = (rows: ResultRow[]) => tableText(resultTable(rows, { values: ['control'] }), 'markdown');
    expect(text([...results, shorter])).toContain('Runs of the same labels differ in train.steps');
    expect(text(results)).not.toContain('differ');
  });

  test('refuses values and axes that are not there', () => {
    expect(() => resultTable(results, { values: ['noise.al'] })).toThrow(
      "no result has a value at 'noise.al'",
    );
    expect(() => resultTable(results, { values: [] })).toThrow('no value is named');
    expect(() => resultTable(results, { values: ['contrl'] })).toThrow(
      "unknown value 'contrl'; did you mean 'control'?",
    );
    expect(() => resultTable(results, { rows: ['metho'] })).toThrow(
      "unknown axis 'metho'; did you mean 'method'?",
    );
    const label = (labels: string[]) => () => resultTable(results, { only: [['method', labels]] });
    expect(label(['latent-difusion'])).toThrow(
      "axis 'method': unknown label 'latent-difusion'; did you mean",
    );
    const [seed, method] = [
      ['seed', ['2']],
      ['method', ['posterior-stable']],
    ] as const;
    const one = [...results, row({ ...ld, 'train.seed': '2' }, 1, 1)];
    expect(() => resultTable(one, { only: [seed, method] })).toThrow('no result has all the labels');
  });
});

describe('a plane of quality against control', () => {
  /** A run on these data whose classifier, and that of real against real, reach these areas. */
  const judged = (data: string, auc: number, floor: number) =>
    row(ps, 1, 1, {
      labels: { data, method: 'posterior-stable' },
      evaluation: {
        scores: { sample: { discriminativeAuc: { value: auc, floor, zero: 1 } } },
        control: { correlation: 0.7, spread: 1 },
      } as unknown as ResultRow['evaluation'],
    });

  test('keeps sets of data apart, each with the mean floor of its own runs', () => {
    const { data, points, y } = planeData([
      judged('quakes', 0.9, 0.5),
      judged('quakes', 0.8, 0.6),
      judged('rain', 0.7, 0.4),
    ]);
    expect(data).toEqual(['quakes', 'rain']);
    expect(points.map((point) => [point.data, point.values.discriminativeAuc])).toEqual([
      ['quakes', 0.9],
      ['quakes', 0.8],
      ['rain', 0.7],
    ]);
    expect(y[0]?.floors?.quakes).toBeCloseTo(0.55);
    expect(y[0]?.floors?.rain).toBeCloseTo(0.4);
  });

  test('names runs as everywhere else, says where a good value lies and how few series were compared', () => {
    const measured = (seed: string, comparison: number, trusted: boolean) =>
      row(ps, 1, 1, {
        labels: { 'train.seed': seed, data: 'quakes', method: 'posterior-stable' },
        evaluation: {
          scores: { sample: {} },
          control: { correlation: 0.7, spread: 1 },
          dependence: { m0: { lastThird: 0.5 }, trusted },
          counts: { comparison },
        } as unknown as ResultRow['evaluation'],
      });
    const { points, x, comparison } = planeData([measured('0', 91, true), measured('1', 15, false)]);
    expect(points.map(({ label }) => label)).toEqual([
      'posterior-stable, seed 0, quakes',
      'posterior-stable, seed 1, quakes',
    ]);
    expect(points.map(({ untrusted }) => untrusted)).toEqual([[], ['m0']]);
    expect(comparison).toEqual({ quakes: 15 });
    expect(x.map(({ name, better }) => [name, better])).toEqual([
      ['control', 'one'],
      ['swap', 'higher'],
      ['m0', undefined],
      ['controlSpread', 'one'],
    ]);
  });

  test('as a picture marks what cannot be trusted, names what is missing, and gives long names room', () => {
    const long = 'posterior-stable, fitted reference, with a longer name';
    const point = (m0: number, untrusted: string[]): PlanePoint => ({
      ...{ label: `run at ${m0}`, group: long, data: 'quakes' },
      ...{ values: { m0, auc: 0.7 }, untrusted },
    });
    const points = [point(0.2, []), point(0.4, ['m0']), point(Number.NaN, [])];
    const others = ['a', 'b'].map((group) => ({ ...point(0.1, []), group }));
    const axis = { name: 'm0', label: 'm0' };
    const up = { name: 'auc', label: 'AUC', floors: { quakes: 0.5 } };
    const plane = { points: [...points, ...others], data: ['quakes'], comparison: {}, x: [axis], y: [up] };
    const svg = planeSvg(plane, axis, up);
    expect(svg.match(/fill="#fff" stroke="#0067a8"/g)).toHaveLength(1);
    expect(svg).toContain('Hollow marks');
    expect(svg.replaceAll(/<\/text>\n?<text[^>]*>/g, ' ')).toContain('Not measured: run at NaN.');
    expect(svg).toContain('4 runs</title>');
    const places = [...svg.matchAll(/translate\(([\d.]+) [\d.]+\)"><path[^>]*><text[^>]*>([^<]*)/g)];
    expect(places.map(([, , name]) => name)).toEqual([long, 'a', 'b']);
    expect(new Set(places.map(([, column]) => column)).size).toBe(1);
  });

  test('draws no floor where none was measured, and not one at 0', () => {
    const { y } = planeData([judged('quakes', 0.9, Number.NaN)]);
    expect(y[0]?.floors?.quakes).toBeNaN();
  });
});
