// node docs/runs.mjs [--earthquakes FILE] [--seeds 0,1,2] [--only reveal]: makes the runs that docs/results.md reports, one
// after the other, into runs/<data>-<method>-<seed>; a run that is finished is not made again. `table` prints their tables.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    earthquakes: { type: 'string' },
    seeds: { type: 'string', default: '0,1,2' },
    only: { type: 'string' },
  },
});

const set = (settings) => Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
const earthquakes = ['--data', options.earthquakes ?? '', '--id', 'sequence_id', '--time', 'time_days'];
const evaluation = { 'evaluate.count': 32, 'evaluate.samples': 400 };
const common = { 'train.batchSize': 32, 'method.penaltyShare': 1, ...evaluation };
const sizes = { 'model.hiddenSize': 48, ...common };
const small = { 'model.hiddenSize': 32, 'model.latentSize': 8, ...common };

const reveal = [
  ...['--data', 'reveal', '--window', '32', '--steps', '1500'],
  ...set({ ...small, 'data.count': 3500, 'data.split.train': 0.572, 'data.split.validation': 0.143 }),
  ...set({ 'data.split.test': 0.285 }),
];

/** Reveal with a fixed spread, with a learned one, and with forget gates that start as PyTorch's do; on weather windows overlap. */
const dataSets = {
  reveal: [...reveal, ...set({ 'model.sigma': 0.5 })],
  'reveal-learned-spread': reveal,
  'reveal-closed-gates': [...reveal, ...set({ 'model.forgetBias': 0 })],
  weather: [
    ...['--data', 'seattle-weather', '--window', '24', '--stride', '4', '--steps', '1800'],
    ...set(sizes),
  ],
  ...(options.earthquakes && {
    earthquakes: [
      ...[...earthquakes, '--features', 'longitude,latitude', '--window', '24', '--stride', '24'],
      ...['--steps', '3000', ...set({ ...sizes, 'data.gap': 'log' })],
    ],
  }),
};
const methods = {
  'latent-diffusion': { label: 'latent diffusion', flags: ['--method', 'latent-diffusion'] },
  'lambda-0': { label: 'lambda_CS = 0', flags: [...set({ 'method.lambdaCS': 0 })] },
  'posterior-stable': { label: 'posterior-stable', flags: ['--method', 'posterior-stable'] },
};
const chosen = Object.entries(dataSets).filter(
  ([name]) => !options.only || options.only.split(',').includes(name),
);
const seeds = options.seeds.split(',');
const folder = (data, method, seed) => `runs/${data}-${method}-${seed}`;
const run = (program, args) =>
  spawnSync(process.execPath, [program, ...args], { cwd: root, stdio: 'inherit' }).status ?? 1;

if (positionals[0] === 'table') {
  for (const [data] of chosen) {
    console.log(`\n${data}\n`);
    const done = (method) =>
      seeds
        .map((seed) => folder(data, method, seed))
        .filter((out) => existsSync(`${root}/${out}/evaluation.json`));
    const rows = Object.entries(methods).map(([method, { label }]) => `${label}=${done(method).join(',')}`);
    run(
      'docs/table.mjs',
      rows.filter((text) => !text.endsWith('=')),
    );
  }
} else {
  for (const seed of seeds) {
    for (const [data, dataFlags] of chosen) {
      for (const [method, { flags }] of Object.entries(methods)) {
        const out = folder(data, method, seed);
        if (existsSync(`${root}/${out}/evaluation.json`)) continue;
        console.log(`\n== ${out}`);
        const args = ['train', ...dataFlags, ...flags, '--seed', seed, '--out', out, '--force'];
        if (run('src/node/lab.mjs', args) !== 0) process.exitCode = 1;
      }
    }
  }
}
