import { instead } from '../../engine/export/nearestName.ts';
import { measures } from '../../engine/train/experiment/measures.ts';
import { mergeRows } from '../../engine/train/experiment/resultRow.ts';
import { defaultValues, resultTable } from '../../engine/train/experiment/resultTable.ts';
import { type TableFormat, tableFormats, tableText } from '../../engine/train/experiment/tableText.ts';
import { axesGiven, axisFlag } from './axisFlag.ts';
import type { Command } from './command.ts';
import { flagValue, type Given, wordsOf } from './flags.ts';
import { readRows } from './resultsFile.ts';
import { UsageError } from './usageError.ts';
import { writeWhole } from './wholeFile.ts';

export const table: Command = {
  name: 'table',
  summary:
    "Print an experiment's results as a table: mean, standard error, number of runs, floors, relative times.",
  example:
    'npm run lab -- table results/table1.jsonl --rows method,backbone --columns data --values slicedWasserstein',
  words: 'FILE.jsonl...',
  flags: [
    { name: 'format', value: 'NAME', help: `${tableFormats.join(', ')}; markdown if absent` },
    {
      name: 'rows',
      value: 'A,B',
      help: 'axes that tell rows apart; every axis but the seed and those of --columns',
    },
    { name: 'columns', value: 'A,B', help: 'axes of which each label has columns of its own' },
    { ...axisFlag, help: 'only these labels of an axis; may be repeated' },
    { name: 'values', value: 'A,B', help: `what to show; ${defaultValues.join(',')} if absent` },
    { name: 'out', value: 'FILE', help: 'write it there instead' },
  ],
  notes: [
    'Axes: those of the experiment, by name or by the last part of a key (seed for train.seed); data, method, backbone too.',
    `Values: ${measures.map(({ name }) => name).join(', ')}; or a path in a row's evaluation, e.g. noise.all.`,
  ],
  async run(given) {
    const files = wordsOf(given);
    if (files.length === 0) throw new UsageError('name the file of results, e.g. results/table1.jsonl.');
    const format = (flagValue(given, 'format') ?? 'markdown') as TableFormat;
    if (!tableFormats.includes(format)) {
      throw new UsageError(`'--format' is '${format}'${instead(format, tableFormats)}`);
    }
    const results = mergeRows(await readRows(files)).map(({ row }) => row);
    const text = tableText(
      resultTable(results, {
        only: axesGiven(given),
        rows: listFlag(given, 'rows'),
        columns: listFlag(given, 'columns'),
        values: listFlag(given, 'values'),
      }),
      format,
    );
    const out = flagValue(given, 'out');
    if (out === undefined) process.stdout.write(text);
    else await writeWhole(out, text);
    return 0;
  },
};

function listFlag(given: Given, name: string): string[] | undefined {
  return flagValue(given, name)
    ?.split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}
