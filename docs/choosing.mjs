// node docs/choosing.mjs [--earthquakes FILE] [--steps 600] [--pilot-steps 200] [--seeds 1,2] [--only reveal,sines]: lets
// `choose` pick N, M and lambda_CS for each data set, by pilot runs of seed 0, then makes runs of other seeds with the defaults
// and with the choice, and measures both on the test part; docs/choosing.md reports them. What is in results/choosing-STEPS is
// not made again. `table` prints it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    earthquakes: { type: 'string' },
    steps: { type: 'string', default: '600' },
    'pilot-steps': { type: 'string', default: '200' },
    seeds: { type: 'string', default: '1,2' },
    only: { type: 'string' },
  },
});
const seeds = options.seeds.split(',').map(Number);
const folder = `${root}results/choosing-${options.steps}`;

const base = {
  'method.penaltyShare': 1,
  'train.steps': Number(options.steps),
  'train.batchSize': 16,
  'train.denoiserBatchSize': 64,
  'train.validations': 6,
  'model.hiddenSize': 32,
  'diffusion.width': 64,
  'evaluate.count': 64,
  'evaluate.samples': 100,
  'evaluate.dependenceSeries': 32,
  'evaluate.times': 1,
  'evaluate.costly': false,
};
const generated = { 'model.latentSize': 8, 'data.count': 1000 };
const dataSets = {
  ...(options.earthquakes && {
    earthquakes: {
      'data.source': resolve(options.earthquakes),
      'data.id': 'sequence_id',
      'data.part': 'part',
      'data.time': 'time_days',
      'data.features': ['longitude', 'latitude'],
      'data.window': 24,
      'data.stride': 24,
      'data.gap': 'log',
    },
  }),
  weather: { 'data.source': 'seattle-weather', 'data.window': 24, 'data.stride': 4 },
  reveal: { 'data.source': 'reveal', 'data.window': 32, 'data.stride': 32, ...generated },
  sines: { 'data.source': 'sines', 'data.window': 24, 'data.stride': 24, ...generated },
};

function lab(args, stdio) {
  const { status, stdout } = spawnSync(process.execPath, [`${root}src/node/lab.mjs`, ...args], {
    stdio,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`lab ${args.join(' ')} ended with ${status}.`);
  return stdout;
}

/** The choice for a data set, by pilot runs that are made where they are missing; undefined where the defaults stay. */
function choiceFor(name, settings) {
  const [out, text] = [`${folder}/${name}.json`, `${folder}/${name}.txt`];
  if (!existsSync(out)) {
    const set = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
    const steps = ['--pilot-steps', options['pilot-steps']];
    const printed = lab(
      ['choose', ...set, ...steps, '--seed', '0', '--out', out],
      ['ignore', 'pipe', 'inherit'],
    );
    writeFileSync(text, printed);
    console.log(printed);
  }
  const { inferenceEnd, collapseStart, lambdaCS } = JSON.parse(readFileSync(out, 'utf8')).method;
  if (inferenceEnd === 50 && collapseStart === 900 && lambdaCS === 0.1) return undefined;
  return {
    'method.inferenceEnd': inferenceEnd,
    'method.collapseStart': collapseStart,
    'method.lambdaCS': lambdaCS,
  };
}

const chosen = Object.entries(dataSets).filter(
  ([name]) => !options.only || options.only.split(',').includes(name),
);
mkdirSync(folder, { recursive: true });
const results = `${folder}/runs.jsonl`;
if (positionals[0] === 'table') {
  const values = 'logLikelihood,swap,noise,m0,control';
  lab(['table', results, '--rows', 'data,settings', '--values', values], 'inherit');
} else {
  for (const [name, own] of chosen) {
    const choice = choiceFor(name, { ...base, ...own });
    const settings = { defaults: {}, ...(choice && { chosen: choice }) };
    const plan = {
      title: 'The defaults and the choice',
      base,
      axes: { 'train.seed': seeds, data: { [name]: own }, settings },
    };
    const file = `${folder}/${name}-runs.json`;
    writeFileSync(file, JSON.stringify(plan));
    lab(['experiment', file, '--out', results], 'inherit');
  }
}
