import { bytes } from '../format.ts';
import { lab } from '../lab.ts';
import { useLab } from '../store.ts';

/** Larger tables are for the command: the columns of a table stay in the tab, at a third of the text or so. */
const largest = 4 * 2 ** 30;

/** Opens what was dropped, picked or pasted, or says why it is not even read; the data before it stay. */
export async function openFiles(files: readonly File[]): Promise<void> {
  const [file] = files;
  if (!file) return;
  const problem = await problemOf(file, files.length);
  if (problem === undefined) lab.openFile(file);
  else
    useLab.setState(({ data }) => ({
      data: { ...data, openFailure: { name: file.name, failure: { message: problem } } },
    }));
}

async function problemOf(file: File, dropped: number): Promise<string | undefined> {
  if (dropped > 1)
    return `${dropped} files were given at once: give one, with an id column if it holds several series.`;
  if (file.size > largest) {
    return `The file is ${bytes(file.size)}, and a tab reads at most ${bytes(largest)}: leave out columns or rows, or train with the command.`;
  }
  try {
    // A folder looks like a file until it is read.
    await file.slice(0, 1).arrayBuffer();
    return undefined;
  } catch {
    return 'It cannot be read: it is a folder, was moved, or may not be opened. Choose the file itself.';
  }
}
