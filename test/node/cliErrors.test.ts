import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { main } from '../../src/node/main.ts';
import { lab, program, useFolder } from './lab.ts';

const path = useFolder();

const scores = { sample: { slicedWasserstein: { value: 1, floor: 0.5, zero: 1 } } };
/** A line of results. */
const row = {
  ...{
    experiment: 'test',
    labels: { method: 'vae' },
    status: 'finished',
    version: '1',
    adapter: 'llvmpipe',
    date: '',
  },
  ...{ source: 'reveal', config: { 'method.name': 'vae' }, changed: {}, steps: 10, evaluation: { scores } },
  split: { train: 1, validation: 1, test: 1 },
  seconds: { train: 1, trainStep: 0.1, sampling: 1 },
  cpuSeconds: { train: 1, trainStep: 0.1, sampling: 1 },
};

/** Runs the command in this process. */
async function run(...args: string[]) {
  const stderr = vi.spyOn(console, 'error').mockImplementation(() => {});
  const stdout = vi.spyOn(console, 'log').mockImplementation(() => {});
  const code = await main(args);
  const result = { code, stderr: stderr.mock.calls.join('\n'), stdout: stdout.mock.calls.join('\n') };
  vi.restoreAllMocks();
  return result;
}

describe('a wrong command line', () => {
  test.each([
    ['trian'.split(' '), "lab: unknown command 'trian'; did you mean 'train'?"],
    [['train', '--stpes', '3'], "lab: unknown flag '--stpes'; did you mean '--steps'?"],
    [['train', '--set', 'method.lamdaCS=1'], "did you mean 'method.lambdaCS'?"],
    [['train', '--set', 'method.lambdaCS'], "lab: '--set method.lambdaCS' is not of the form key=value."],
    [['train', '--steps', 'many', '--out', 'x'], '\'train.steps\' is "many", but must be a number'],
    [['train', '--steps', '--seed', '1'], "lab: '--steps' needs a value: --steps N."],
    [['train', '--steps', '10', '--steps', '20'], "lab: '--steps' is given twice."],
    [['train', '--method', 'gan', '--out', 'x'], '"latent-diffusion" or "posterior-stable"'],
    [['train', 'reveal'], "lab: 'reveal' belongs to no flag"],
    [['train', '--data', 'reveal'], "lab: '--out DIR' is missing."],
    [
      ['train', '--config', 'no.json', '--out', 'x'],
      "lab: the JSON file 'no.json' cannot be read: there is no such file or folder.",
    ],
    [
      ['table', 'no.jsonl'],
      "lab: the results file 'no.jsonl' cannot be read: there is no such file or folder.",
    ],
    [['info', '--method', 'gan'], '\'method.name\' is "gan"'],
    [['train', '--steps', '0', '--out', 'x'], "lab: 'train.steps' is 0, but must be at least 1."],
    [['evaluate', '--run', 'no-such-run'], "lab: 'no-such-run' holds no run: there is no config.json in it."],
    [['generate', '--run', 'no-such-run'], "lab: '--out FILE' is missing."],
  ])('%j ends with code 2 and one sentence', async (args, message) => {
    const { code, stderr } = await run(...args);
    expect(stderr).toContain(message);
    expect(stderr.split('\n')).toHaveLength(1);
    expect(code).toBe(2);
  });

  test('ends the process with code 2 too', async () => {
    const { code, stderr, stdout } = await lab(['train', '--data', 'revael', '--out', path('run')]);
    expect(stderr).toBe(
      "lab: revael: There is no such file, and no built-in data of that name; did you mean 'reveal'?\n",
    );
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});

describe('a file that cannot be used', () => {
  const files: Record<string, string | Uint8Array> = {
    'ragged.csv': 'id,t,x,y\na,1,1,2\na,2,3\n',
    'text.csv': 'id,t,x\na,1,1\na,2,oops\na,3,2\n',
    'constant.csv': 't,x,y\n1,1,5\n2,2,5\n3,1,5\n',
    'missing.csv': 't,x,y\n1,1,NA\n2,2,\n3,1,NA\n',
    'short.csv': 't,x\n1,1\n2,2\n3,1\n',
    'twice.csv': 't,x\n1,1\n1,2\n3,1\n',
    'unsorted.csv': 't,x\n3,1\n1,2\n2,1\n',
    'empty.csv': '',
    'header.csv': 't,x\n',
    'one-row.csv': 't,x\n1,2\n',
    'binary.csv': randomBytes(3000),
  };
  beforeAll(async () => {
    await mkdir(path('data'));
    for (const [name, content] of Object.entries(files)) await writeFile(path('data', name), content);
  });

  test.each([
    ['ragged.csv', [], 'Row 3 '],
    ['text.csv', ['--features', 'x'], "Row 3, column 'x': 'oops' is not a number."],
    ['constant.csv', ['--features', 'x,y'], "Column 'y'"],
    ['missing.csv', ['--features', 'x,y'], "Column 'y'"],
    ['short.csv', [], 'a window needs 24'],
    ['twice.csv', ['--time', 't'], "Row 3, column 't'"],
    ['unsorted.csv', ['--time', 't'], "Row 3, column 't'"],
    ['empty.csv', [], 'empty'],
    ['header.csv', [], 'no rows'],
    ['one-row.csv', ['--features', 'x', '--time', 't'], ''],
    ['binary.csv', [], 'not text'],
  ])('%s %j', async (name, flags, message) => {
    const file = path('data', name);
    const { code, stderr } = await run('train', '--data', file, ...flags, '--out', path('bad', 'run'));
    expect(stderr).toContain(`lab: ${file}: `);
    expect(stderr).toContain(message);
    expect(stderr.split('\n')).toHaveLength(1);
    expect(code).toBe(2);
    expect(existsSync(path('bad'))).toBe(false);
  });
});

test('a pipe is no data, and that is said', async () => {
  const fifo = path('pipe.csv');
  execFileSync('mkfifo', [fifo]);
  const writer = spawn('bash', ['-c', 'printf "t,x\\n1,2\\n" > "$0"', fifo]);
  const { code, stderr } = await run('train', '--data', fifo, '--out', path('piped'));
  writer.kill();
  expect(stderr).toBe(`lab: ${fifo}: This is a pipe or a device: write it to a file, and name that.`);
  expect(code).toBe(2);
});

describe('an output folder', () => {
  test('that is not empty is left alone', async () => {
    await mkdir(path('full'));
    await writeFile(path('full', 'thesis.txt'), 'years of work');
    const { code, stderr } = await run('train', '--data', 'reveal', '--out', path('full'));
    expect(stderr).toContain('is not empty: choose another --out, or add --force');
    expect(code).toBe(2);
    const forced = await run('train', '--data', 'reveal', '--out', path('full'), '--force');
    expect(forced.stderr).toContain('holds files, but no run that --force could replace');
    expect(forced.code).toBe(2);
    expect(await readdir(path('full'))).toEqual(['thesis.txt']);
  });

  test('below a file is refused before anything is read', async () => {
    const out = path('full', 'thesis.txt', 'run');
    const { code, stderr, stdout } = await run('train', '--data', 'reveal', '--out', out);
    expect(stderr).toBe(`lab: '${out}' is not a folder that can be written to.`);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  test('a results file that is a folder is named in one sentence', async () => {
    const { code, stderr } = await run('table', path('full'));
    expect(stderr).toBe(`lab: the results file '${path('full')}' cannot be read: it is a folder.`);
    expect(code).toBe(2);
  });

  test('that is a file is refused', async () => {
    const { code, stderr } = await run('train', '--data', 'reveal', '--out', path('full', 'thesis.txt'));
    expect(stderr).toContain('is not a folder');
    expect(code).toBe(2);
  });
});

describe('a file to write', () => {
  const table = (out: string) => run('table', path('row.jsonl'), '--out', out);
  beforeAll(() => writeFile(path('row.jsonl'), `${JSON.stringify(row)}\n`));

  test('on a full disk ends with code 1 and one sentence', async () => {
    const { code, stderr } = await table('/dev/full');
    expect(stderr).toBe("lab: '/dev/full' cannot be read or written: the disk is full.");
    expect(code).toBe(1);
    expect((await stat('/dev/full')).isCharacterDevice()).toBe(true);
  });

  test('in a folder that is not there makes it', async () => {
    expect((await table(path('new', 'folder é', 'table.md'))).code).toBe(0);
    expect(await readdir(path('new', 'folder é'))).toEqual(['table.md']);
  });

  test('of a report has a name that says what it is', async () => {
    const { code, stderr } = await run('report', '--results', path('row.jsonl'), '--out', path('report.txt'));
    expect(stderr).toContain('must end in .html or .svg');
    expect(code).toBe(2);
  });

  test('of a report with a choice of axes has to be a picture, since the page has both to choose from', async () => {
    for (const flag of ['x', 'y']) {
      const out = path('axes.html');
      const { code, stderr } = await run(
        'report',
        '--results',
        path('row.jsonl'),
        '--out',
        out,
        `--${flag}`,
        'swap',
      );
      expect(stderr).toBe(`lab: '--${flag}' is for an .svg: an .html has both axes to choose from.`);
      expect(code).toBe(2);
      expect(existsSync(out)).toBe(false);
    }
  });

  test('that hours would be spent on is tried before them', async () => {
    const config = path('record.json');
    await writeFile(config, JSON.stringify({ base: { data: { source: 'reveal' } }, runs: [{ label: 'a' }] }));
    const { code, stderr } = await run('record', '--config', config, '--out', path('new'));
    expect(stderr).toBe(`lab: '${path('new')}' cannot be read or written: it is a folder.`);
    expect(code).toBe(2);
  });

  test('behind a link is replaced, and the link stays', async () => {
    await writeFile(path('target.md'), 'older');
    await symlink(path('target.md'), path('link.md'));
    expect((await table(path('link.md'))).code).toBe(0);
    expect(await readFile(path('target.md'), 'utf8')).toContain('| vae | 1 |');
    expect((await lstat(path('link.md'))).isSymbolicLink()).toBe(true);
  });
});

test('a reader that goes away, as head does, makes no stack trace', async () => {
  await writeFile(path('results.jsonl'), `${JSON.stringify(row)}\n`);
  const script = '{ sleep 0.5; "$0" "$1" table "$2"; echo "code $?" >&2; } | true';
  const child = spawn('bash', ['-c', script, process.execPath, program, path('results.jsonl')]);
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  await once(child, 'close');
  expect(stderr).toBe('code 0\n');
});

describe('help', () => {
  test('lists the commands, and the flags of each with the keys they set', async () => {
    const general = await run('--help');
    for (const name of ['info', 'train', 'evaluate', 'generate']) {
      expect(general.stdout).toContain(`  ${name}`);
      const { stdout, code } = await run(name, '--help');
      expect(stdout).toContain(`npm run lab -- ${name}`);
      expect(code).toBe(0);
    }
    expect((await run('help', 'train')).stdout).toMatch(/--steps N .*\[train\.steps\]/);
    expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test('of the data says what a file would become, without a GPU', async () => {
    const { stdout, code } = await run('info', '--data', 'seattle-weather', '--features', 'wind,temp_max');
    expect(stdout).toContain('time: date; windows of 24.');
    expect(stdout).toMatch(/wind {2}3\.\d+, 1\.\d+/);
    expect(stdout).toMatch(/A run takes [\d.]+ MiB of GPU memory/);
    expect(code).toBe(0);
  });
});
