import { identity, mergeRows } from '../../engine/train/experiment/resultRow.ts';
import { readRows } from './resultsFile.ts';
import { UsageError } from './usageError.ts';
import { writeWhole } from './wholeFile.ts';
import { WriterLock } from './writerLock.ts';

/**
 * `experiment merge OUT IN...`: the rows of shards in one file, each run once. OUT may be one of them, or be there already:
 * it is replaced whole.
 * @throws ExperimentError naming both lines where two rows of one run differ
 */
export async function merge(files: readonly string[]): Promise<number> {
  const [out, ...inputs] = files;
  if (out === undefined || inputs.length === 0) {
    throw new UsageError(
      'merge needs the file to write and those to join: experiment merge OUT.jsonl IN.jsonl...',
    );
  }
  const lock = await WriterLock.take(out);
  try {
    const all = await readRows(inputs);
    const kept = mergeRows(all);
    await writeWhole(out, kept.map(({ row }) => `${JSON.stringify(row)}\n`).join(''));
    const runs = new Set(kept.map(({ row }) => identity(row))).size;
    console.log(`${out}: ${runs} runs, from ${all.length} lines of ${inputs.length} files.`);
    return 0;
  } finally {
    lock.release();
  }
}
