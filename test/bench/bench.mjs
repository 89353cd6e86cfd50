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

/** Runs a command: what it prints, and why there is no more of it; its errors go to the terminal. */
function run(command, args, seconds) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: here,
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: seconds * 1000,
      killSignal: 'SIGKILL',
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', ({ message }) => resolve({ output, failure: message }));
    child.on('close', (code, signal) => {
      const reason = child.killed
        ? `no result within ${seconds} s`
        : `ended with ${signal ?? `code ${code}`}`;
      resolve({ output, failure: reason });
    });
  });
}

const rowOf = (output) => {
  const line = output.split('\n').find((text) => text.startsWith('ROW '));
  return line && JSON.parse(line.slice(4));
};

if (!existsSync(`${here}/node_modules/@tensorflow`)) await run('npm', ['ci', '--silent'], 600);
const workloads = options.only ? options.only.split(',') : ['W2', 'W3', 'W4', 'W5'];
const contestants = ['ours', 'tfjs', 'jaxjs', ...(options.torch ? ['torch-cpu', 'torch-cuda'] : [])];
const rows = [];
for (const workload of workloads) {
  for (const contestant of contestants) {
    process.stderr.write(`${workload} ${contestant} ...\n`);
    const [command, args] = contestant.startsWith('torch')
      ? [process.env.PYTHON ?? 'python3', ['torch_bench.py', contestant.slice(6)]]
      : [process.execPath, ['contestant.mjs', contestant]];
    const { output, failure } = await run(
      command,
      [...args, workload, options.rounds],
      Number(options.limit),
    );
    const row = rowOf(output);
    if (row) rows.push(row);
    else if (output.includes('NONE'))
      process.stderr.write(`${workload} ${contestant}: not on this machine\n`);
    else rows.push({ contestant, workload, failure });
  }
}

const format = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
const optional = (value) => (value === undefined ? '' : format(value));
const adapter = rows.find((row) => row.contestant === 'ours' && row.adapter)?.adapter ?? 'none';
const today = new Date().toISOString().slice(0, 10);
console.log(`Adapter: ${adapter}; Node ${process.version}; ${today}; medians of ${options.rounds} rounds\n`);
console.log(
  '| workload | contestant | CPU ms | wall ms | CPU, of ours | dispatches | submits | GPU MiB | first step s | loss |',
);
console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |');
for (const row of rows) {
  const base = rows.find((other) => other.workload === row.workload && other.contestant === 'ours');
  const cells = row.failure
    ? [row.failure, ...new Array(7).fill('')]
    : [
        format(row.cpuMilliseconds),
        format(row.wallMilliseconds),
        base?.cpuMilliseconds ? format(row.cpuMilliseconds / base.cpuMilliseconds) : '',
        optional(row.dispatches),
        optional(row.submits),
        optional(row.peakBytes && row.peakBytes / 2 ** 20),
        format(row.firstStepSeconds),
        optional(row.loss),
      ];
  console.log(`| ${[row.workload, row.contestant, ...cells].join(' | ')} |`);
}
if (options.json) writeFileSync(options.json, `${JSON.stringify(rows, null, 2)}\n`);
