import { existsSync } from 'node:fs';
import { readFile, truncate } from 'node:fs/promises';
import { ExperimentError } from '../../engine/train/experiment/experimentFile.ts';
import { type PlacedRow, parseRows, type ResultRow } from '../../engine/train/experiment/resultRow.ts';
import { fileReason } from './fileProblem.ts';
import { UsageError } from './usageError.ts';
import { appendNow } from './wholeFile.ts';
import { WriterLock } from './writerLock.ts';

/** The JSON-lines file of an experiment: one line for each run, written as it ends. */
export class ResultsFile {
  private constructor(
    readonly path: string,
    /** Rows that were there when it was opened, and those that were added since. */
    readonly rows: PlacedRow[],
    /** Whether a torn last line was dropped. */
    readonly wasTorn: boolean,
    readonly lock: WriterLock,
  ) {}

  /**
   * Opens a file to go on with, or one that is not there yet; a torn last line is cut off. Until `close` no other process can.
   * @throws UsageError where another has it open
   */
  static async open(path: string): Promise<ResultsFile> {
    const lock = await WriterLock.take(path);
    try {
      const text = existsSync(path) ? await readResults(path) : '';
      const { rows, whole } = parseRows(text, path);
      const wasTorn = whole < text.length;
      if (wasTorn) await truncate(path, Buffer.byteLength(text.slice(0, whole)));
      if (whole > 0 && text[whole - 1] !== '\n') appendNow(path, '\n');
      return new ResultsFile(path, rows, wasTorn, lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** The rows there are, of a file that others may be writing to; none where there is no file. */
  static async peek(path: string): Promise<readonly PlacedRow[]> {
    return existsSync(path) ? parseRows(await readResults(path), path).rows : [];
  }

  /** Adds a line at once: what has been measured survives whatever comes. */
  append(row: ResultRow): void {
    this.lock.check();
    appendNow(this.path, `${JSON.stringify(row)}\n`);
    this.rows.push({ row, place: this.path });
  }

  close(): void {
    this.lock.release();
  }
}

/**
 * Rows of several results files, those of one experiment in turn: a shard makes every n-th run, and so the rows of shards, files that
 * differ in a number of their names, stand in the experiment's own order again. A torn last line is left out.
 * @throws UsageError where a file cannot be read, ExperimentError naming a line that is no result
 */
export async function readRows(paths: readonly string[]): Promise<PlacedRow[]> {
  const files = await Promise.all(
    inOrder(paths).map(async (path) => parseRows(await readResults(path), path).rows),
  );
  const longest = Math.max(...files.map(({ length }) => length));
  const dealt = Array.from({ length: longest }, (_, n) => files.flatMap((rows) => rows[n] ?? [])).flat();
  if (dealt.length === 0) throw new ExperimentError(`${paths.join(', ')}: there are no results in it yet`);
  const experiments = [...new Set(dealt.map(({ row }) => row.experiment))];
  return experiments.flatMap((title) => dealt.filter(({ row }) => row.experiment === title));
}

/** Shard 2 before shard 10, as no shell lists them; files of other names where they are. */
function inOrder(paths: readonly string[]): string[] {
  const family = (path: string) => path.replace(/\d+/g, '#');
  const families = [...new Set(paths.map(family))];
  return paths.toSorted(
    (a, b) =>
      families.indexOf(family(a)) - families.indexOf(family(b)) ||
      a.localeCompare(b, 'en', { numeric: true }),
  );
}

async function readResults(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`the results file '${path}' cannot be read: ${fileReason(error) ?? error}.`);
  }
}
