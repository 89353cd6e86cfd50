// npm run bench -- [--only W3] [--rounds 3] [--limit 900] [--torch] [--json FILE]: every contestant on every workload, one
// after the other on the same adapter, each in a process of its own; medians over the rounds.
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = fileURLToPath(new URL('.', import.meta.url));
const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    limit: { type: 'string', default: '900' },
    torch: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});

/** Runs a command and returns what it prints; its errors go to the terminal. */
function run(command, args, seconds) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: here,
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: seconds * 1000,
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', () => resolve(''));
    child.on('close', () => resolve(output));
  });
}

const rowOf = (output) => {
  const line = output.split('\n').find((text) => text.startsWith('ROW '));
  return line && JSON.parse(line.slice(4));
};

if (!existsSync(`${here}/node_modules`)) await run('npm', ['ci', '--silent'], 600);
const workloads = options.only ? options.only.split(',') : ['W2', 'W3', 'W4', 'W5'];
const rows = [];
for (const workload of workloads) {
  const contestants = ['ours', 'tfjs', ...(options.torch ? ['torch-cpu', 'torch-cuda'] : [])];
  for (const name of contestants) {
    process.stderr.write(`${workload} ${name} ...\n`);
    const torch = name.startsWith('torch');
    const args = torch
      ? ['torch_bench.py', name.slice(6), workload, options.rounds]
      : ['contestant.mjs', name, workload, options.rounds];
    const row = rowOf(
      await run(torch ? (process.env.PYTHON ?? 'python3') : process.execPath, args, Number(options.limit)),
    );
    if (row) rows.push(row);
    else if (!torch) process.stderr.write(`${workload} ${name}: no result within ${options.limit} s\n`);
  }
}

const format = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
console.log(`Adapter: ${rows.find((row) => row.contestant === 'ours')?.adapter ?? 'none'}\n`);
console.log(
  '| workload | contestant | CPU ms | wall ms | CPU, of ours | dispatches | submits | GPU MiB | first step s | loss |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |');
for (const row of rows) {
  const base = rows.find((other) => other.workload === row.workload && other.contestant === 'ours');
  const cells = [
    row.workload,
    row.contestant,
    format(row.cpuMilliseconds),
    format(row.wallMilliseconds),
    base ? format(row.cpuMilliseconds / base.cpuMilliseconds) : '',
    row.dispatches === undefined ? '' : format(row.dispatches),
    row.submits === undefined ? '' : format(row.submits),
    row.peakBytes === undefined ? '' : format(row.peakBytes / 2 ** 20),
    format(row.firstStepSeconds),
    row.loss === undefined ? '' : format(row.loss),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
if (options.json) writeFileSync(options.json, `${JSON.stringify(rows, null, 2)}\n`);
