import { readFile } from 'node:fs/promises';
import { fileReason } from './fileProblem.ts';
import { UsageError } from './usageError.ts';

/** The value in a config file. @throws UsageError in one sentence when it cannot be read or is not JSON */
export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const reason =
      error instanceof SyntaxError ? 'is not JSON' : `cannot be read: ${fileReason(error) ?? error}`;
    throw new UsageError(`the JSON file '${path}' ${reason}.`);
  }
}
