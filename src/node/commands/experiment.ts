import { basename, join } from 'node:path';
import { closeGpu, type Gpu } from '../../engine/gpu/device.ts';
import { type Cell, nameOf, shardOf } from '../../engine/train/experiment/grid.ts';
import {
  changedKeys,
  flatten,
  identity,
  isSettled,
  mergeRows,
  type PlacedRow,
  type ResultRow,
} from '../../engine/train/experiment/resultRow.ts';
import { openNodeGpu } from '../gpu.ts';
import { axisFlag } from './axisFlag.ts';
import type { Command } from './command.ts';
import { ExperimentClock } from './experimentClock.ts';
import { folderName, type PlannedRun, plannedRuns, readGrid, sourceName } from './experimentGrid.ts';
import { merge } from './experimentMerge.ts';
import { measureRun } from './experimentRun.ts';
import { flagValue, valuesOf, wordsOf } from './flags.ts';
import { Interrupt, Interrupted } from './interrupt.ts';
import { duration, ProgressLine } from './progressLine.ts';
import { type ReadData, readData } from './readData.ts';
import { ResultsFile, readRows } from './resultsFile.ts';
import { UsageError } from './usageError.ts';
import { version } from './version.ts';

export const experiment: Command = {
  name: 'experiment',
  summary: 'Make every run of a grid, and add each to a results file as it ends.',
  example:
    'npm run lab -- experiment experiments/table1.json --profile quick --data earthquakes=earthquakes_jp.csv',
  words: 'FILE.json | merge OUT.jsonl IN.jsonl...',
  flags: [
    {
      name: 'out',
      value: 'FILE',
      help: 'results, a line a run; results/<name of the experiment>.jsonl if absent',
    },
    { name: 'profile', value: 'NAME', help: "one of the file's profiles, e.g. quick" },
    axisFlag,
    { name: 'set', value: 'a.b=c', many: true, help: 'any key of the config, in every run; may be repeated' },
    {
      name: 'data',
      value: 'NAME=FILE',
      many: true,
      help: "file of that choice of the axis 'data'; may be repeated",
    },
    { name: 'shard', value: 'I/N', help: 'every N-th run from the I-th on, I from 0 to N - 1' },
    {
      name: 'keep',
      value: 'DIR',
      help: 'keep each run in a folder of its own, as train does, e.g. for a report',
    },
    {
      name: 'known',
      value: 'FILE',
      many: true,
      help: 'results of other experiments: a run that is in them is copied, not made again; may be repeated',
    },
    { name: 'list', help: 'say what there is to do, and do nothing' },
  ],
  notes: [
    'A run whose result is there is not made again; so after Ctrl-C, or worse, the same line goes on where it stopped.',
    'merge joins the results of shards: npm run lab -- experiment merge all.jsonl shard-0.jsonl shard-1.jsonl',
  ],
  async run(given) {
    const [file, ...others] = wordsOf(given);
    if (file === undefined)
      throw new UsageError('name the file of the experiment, e.g. experiments/table1.json.');
    if (file === 'merge') return merge(others);
    if (others.length > 0)
      throw new UsageError(`'${others[0]}' is one file too many: an experiment is one file.`);
    const shard = shardFlag(flagValue(given, 'shard'));
    const { title: titled, grid } = await readGrid(file, given);
    const runs = await plannedRuns(shardOf(grid, shard.index, shard.count));
    const name = basename(file, '.json') + (shard.count > 1 ? `-${shard.index}-of-${shard.count}` : '');
    const out = flagValue(given, 'out') ?? join('results', `${name}.jsonl`);
    const title = titled || name;
    const of = shard.count > 1 ? `, this shard's ${runs.length} of ${grid.length}` : '';
    const count = (left: number) =>
      console.log(`${title}: ${runs.length - left} of ${runs.length} runs are done${of}.`);
    if (flagValue(given, 'list') !== undefined) {
      const left = new Set(leftOf(runs, await ResultsFile.peek(out)).left);
      count(left.size);
      for (const run of runs) console.log(`${left.has(run) ? 'left' : 'done'}  ${nameOf(run.cell.labels)}`);
      return 0;
    }
    const results = await ResultsFile.open(out);
    try {
      if (results.wasTorn)
        console.log(`${out}: its last line was torn, and was dropped; that run is made again.`);
      const known = valuesOf(given, 'known');
      if (known.length > 0)
        copyKnown(leftOf(runs, results.rows).left, mergeRows(await readRows(known)), results, title);
      const { rows, left } = leftOf(runs, results.rows);
      count(left.length);
      if (left.length === 0) return 0;
      return await makeRuns(left, results, title, new ExperimentClock(rows), flagValue(given, 'keep'));
    } finally {
      results.close();
    }
  },
};

/** The runs that no row settles, and the rows that count. */
function leftOf(runs: readonly PlannedRun[], placed: readonly PlacedRow[]) {
  const rows = mergeRows(placed).map(({ row }) => row);
  const settled = new Set(rows.filter(isSettled).map(identity));
  return { rows, left: runs.filter((run) => !settled.has(run.identity)) };
}

/** Adds what others have measured of these runs, under the names that they have here. */
function copyKnown(
  runs: readonly PlannedRun[],
  known: readonly PlacedRow[],
  results: ResultsFile,
  title: string,
): void {
  const byRun = new Map(known.filter(({ row }) => isSettled(row)).map(({ row }) => [identity(row), row]));
  for (const { identity: key, cell } of runs) {
    const row = byRun.get(key);
    if (row) results.append({ ...row, experiment: title, labels: cell.labels });
  }
}

async function makeRuns(
  runs: readonly PlannedRun[],
  results: ResultsFile,
  title: string,
  clock: ExperimentClock,
  keep: string | undefined,
): Promise<number> {
  const readings = new Map<string, ReadData>();
  const interrupt = new Interrupt();
  const line = new ProgressLine();
  let gpu: Gpu | undefined;
  let failures = 0;
  let name = '';
  try {
    for (const { cell } of runs) await interrupt.until(dataOf(cell, readings)); // what cannot be read is said before hours have passed
    for (const [index, run] of runs.entries()) {
      gpu ??= await interrupt.until(openNodeGpu());
      const { adapterName } = gpu;
      const { cell, source } = run;
      name = nameOf(cell.labels);
      const { data, config } = await dataOf(cell, readings);
      const coming = runs.slice(index + 1).map((one) => one.cell.config);
      const head = `run ${index + 1}/${runs.length} (${name})`;
      const measured = await measureRun(gpu, config, data, {
        interrupt,
        folder: keep && join(keep, folderName(run)),
        onStage: (stage) => line.show(`${head}  evaluating: ${stage}`),
        onProgress: ({ step, steps, secondsLeft }) =>
          line.show(
            `${head}  step ${step}/${steps}  ${clock.left(adapterName, cell.config, secondsLeft, coming)}`,
          ),
      });
      line.end();
      const flat = { ...flatten(cell.config), 'data.source': sourceName(cell.config.data.source) };
      const row: ResultRow = {
        experiment: title,
        labels: cell.labels,
        version,
        source,
        changed: changedKeys(flat),
        config: flat,
        ...measured,
      };
      results.append(row);
      clock.add(row);
      if (measured.status === 'failed') failures++;
      console.log(`${index + 1}/${runs.length}  ${name}: ${outcome(row)}`);
      if (measured.failure?.cause === 'device-lost') {
        closeGpu(gpu);
        gpu = undefined;
      }
    }
  } catch (error) {
    line.end();
    if (error instanceof Interrupted)
      console.log(
        `Stopped${name && ` in ${name}, which is made again next time`}; ${results.path} has the rest.`,
      );
    throw error;
  } finally {
    interrupt.release();
    line.end();
    if (gpu) closeGpu(gpu);
  }
  console.log(
    `Everything is in ${results.path}.${failures > 0 ? ` ${failures} of ${runs.length} runs failed.` : ''}`,
  );
  return failures > 0 ? 1 : 0;
}

function outcome({ failure, evaluation, steps, seconds }: ResultRow): string {
  if (failure) return `failed after ${steps} steps. ${failure.message}`;
  const share = Math.round(100 * (evaluation?.dependence.m0.lastThird ?? 0));
  return `${steps} steps in ${duration(seconds.train)}; over the last third the decoder takes ${share} % from z.`;
}

/** @throws UsageError unless it is of the form I/N with 0 <= I < N */
function shardFlag(text: string | undefined): { index: number; count: number } {
  if (text === undefined) return { index: 0, count: 1 };
  const [, index, count] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index === undefined || count === undefined || index >= count) {
    throw new UsageError(`'--shard' is '${text}', but must be I/N with I from 0 to N - 1, e.g. 0/4 to 3/4.`);
  }
  return { index, count };
}

/** The data of a run, read once for all that have the same. */
async function dataOf({ config }: Cell, readings: Map<string, ReadData>): Promise<ReadData> {
  const key = JSON.stringify(config.data);
  const read = readings.get(key) ?? (await readData(config));
  readings.set(key, read);
  return { data: read.data, config: { ...config, data: read.config.data } };
}
